"""Analytics in the demo: figures, the chart with its table, and events as they arrive."""

from datetime import UTC, datetime, timedelta

from authspine.demo import chart
from tests.demo.visitor import Visitor
from tests.fixtures import Maker


def test_every_step_arrives_as_an_event(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    visitor.press("booking-confirm", booking.id)
    piece = visitor.open("events", htmx=True)
    assert piece.index("Booking confirmed") < piece.index("Booking created") < piece.index("Client created")
    assert "<html" not in piece
    assert "Ana García" in piece


def test_events_are_shown_by_type(visitor: Visitor, make: Maker) -> None:
    make.booking()
    page = visitor.open("events", type="client.created")
    assert "Client created" in page
    assert "Booking created" not in page
    assert "Booking created" in visitor.open("events", type="no.such")


def test_figures_and_conversion(visitor: Visitor, make: Maker) -> None:
    visitor.press("booking-confirm", make.booking().id)
    page = visitor.open("analytics")
    assert "<strong>100%</strong><small>1 of 1 clients" in page
    assert "<strong>0%</strong><small>0 of 1 clients" in page
    assert 'booking.confirmed</code></th><td class="number">1</td>' in page


def test_any_period_is_a_page(visitor: Visitor, make: Maker) -> None:
    make.client()
    for days in ("7", "30", "90", "365", "x", "0", "99999999"):
        assert "The same figures as a table" in visitor.open("analytics", days=days)


def test_bars_add_up_and_end_at_the_round_figure() -> None:
    starts = [datetime(2026, 12, 1, tzinfo=UTC) + timedelta(days=day) for day in range(3)]
    series = [
        {"bucket_start": starts[0], "type": "booking.created", "count": 30},
        {"bucket_start": starts[0], "type": "client.created", "count": 5},
        {"bucket_start": starts[0], "type": "professional.created", "count": 2},
        {"bucket_start": starts[2], "type": "newsletter.opened", "count": 1},
    ]
    drawn = chart.draw(series, starts)
    assert drawn.top == 50
    assert [(row.counts, row.total) for row in drawn.rows] == [
        ([30, 0, 7, 0], 37),
        ([0, 0, 0, 0], 0),
        ([0, 0, 0, 1], 1),
    ]
    first = [part for part in drawn.parts if part.x == 0]
    assert sum(part.height for part in first) == round(37 / 50 * chart.HEIGHT, 1)
    assert min(part.y for part in first) == round(chart.HEIGHT - 37 / 50 * chart.HEIGHT, 1)
    assert all(part.x + part.width <= chart.WIDTH + 0.1 for part in drawn.parts)


def test_a_chart_of_nothing_is_a_chart() -> None:
    drawn = chart.draw([], [datetime(2026, 12, 1, tzinfo=UTC)])
    assert (drawn.parts, drawn.top) == ([], 1)
