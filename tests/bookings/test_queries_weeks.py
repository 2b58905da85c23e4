"""Who is booked in a week, and what comes next."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.kernel import clock
from authspine.kernel.tenancy import Scope
from authspine.orchestrator import bookings
from bookings import queries
from bookings.models import Booking
from bookings.queries.weeks import Engagement
from services.models import Service
from tests.factories import BookingFactory, ServiceFactory, hour, working_day


def of(service: Service, *, since: int = 0, until: int = 24) -> list[Engagement]:
    return queries.agenda(service.professional_id, hour(since), hour(until), now=clock.now())


def lapse(*holds: Booking) -> None:
    late = clock.now() - timedelta(seconds=1)
    Booking.objects.filter(id__in=[hold.id for hold in holds]).update(hold_expires_at=late)


def test_who_is_booked_with_the_buffers_around(scope: Scope) -> None:
    service = ServiceFactory(buffer_before_minutes=5, buffer_after_minutes=15)
    late, early = (BookingFactory(service=service, starts_at=hour(of_day)) for of_day in (14, 10))
    found = of(service)
    assert [one.bookings for one in found] == [[early], [late]]
    assert found[0].session.starts_at - found[0].occupied_from == timedelta(minutes=5)
    assert found[0].occupied_until - found[0].session.ends_at == timedelta(minutes=15)


def test_those_who_sit_in_one_session_stand_together(scope: Scope) -> None:
    service = ServiceFactory(capacity=3)
    seated = [BookingFactory(service=service) for _ in range(2)]
    assert [one.bookings for one in of(service)] == [seated]


def test_who_has_cancelled_or_let_a_hold_lapse_is_gone(scope: Scope) -> None:
    service = ServiceFactory(capacity=3)
    gone, lapsed, stays = (BookingFactory(service=service) for _ in range(3))
    bookings.cancel(gone.id)
    lapse(lapsed)
    assert [one.bookings for one in of(service)] == [[stays]]
    lapse(stays)
    assert of(service) == []


def test_a_span_ends_before_it_touches(scope: Scope) -> None:
    service = ServiceFactory()
    BookingFactory(service=service, starts_at=hour(10))
    assert of(service, since=11) == []
    assert of(service, until=10) == []
    assert len(of(service, since=10, until=11)) == 1


def test_somebody_elses_time_is_not_shown(scope: Scope) -> None:
    BookingFactory()
    assert of(ServiceFactory()) == []


def test_a_full_week_takes_two_statements(scope: Scope) -> None:
    service = ServiceFactory()
    for of_day in range(9, 17):
        BookingFactory(service=service, starts_at=hour(of_day))
    with CaptureQueriesContext(connection) as captured:
        for one in of(service):
            assert one.session.service.name
            assert one.bookings[0].client.name
    assert len(captured) == 2


def test_what_comes_next_is_open_and_ahead(scope: Scope) -> None:
    service = ServiceFactory()
    later, sooner, gone, lapsed = (BookingFactory(service=service, starts_at=hour(at)) for at in (14, 10, 11, 12))
    bookings.cancel(gone.id)
    lapse(lapsed)
    bookings.confirm(later.id)
    assert list(queries.coming(clock.now())) == [sooner, later]
    assert list(queries.coming(working_day() + timedelta(hours=10, seconds=1))) == [later]
