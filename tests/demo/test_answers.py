"""The questions of a booking in the demo: with the time that is held, and on the booking's page."""

import re
from typing import Any
from uuid import UUID

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, verticals
from bookings.models import Booking, IntakeAnswers
from services.models import Service
from tests.demo.visitor import Visitor, fault, said
from tests.factories import hour, working_day
from tests.fixtures import Maker

MUST = "This question must be answered."
RISK: dict[str, Any] = {"id": "risk", "prompt": "Any <i>risk</i>?", "type": "text", "required": True, "max_length": 20}
INSURED = {"id": "insured", "prompt": "Insured?", "type": "choice", "options": ["yes", "no"]}


@pytest.fixture
def service(visitor: Visitor, make: Maker) -> Service:
    with organization_scope(visitor.organization, SYSTEM):
        verticals.configure("consulting", intake_questions=[RISK, INSURED])
    found: Service = make.service()
    return found


def take(visitor: Visitor, make: Maker, service: Service, **answers: str) -> str:
    """Press the button of a free time."""
    query = f"?service={service.id}&professional={service.professional_id}&week={working_day().date()}"
    sent: dict[str, Any] = {f"answers.{id}": text for id, text in answers.items()}
    sent |= {"service": service.id, "client": make.client().id, "starts_at": hour(10).isoformat()}
    return visitor.press("calendar", query=query, **sent)


def kept(visitor: Visitor) -> list[dict[str, str | None]]:
    with organization_scope(visitor.organization, SYSTEM):
        return [{one["id"]: one["answer"] for one in row.content} for row in IntakeAnswers.objects.order_by("id")]


def held(visitor: Visitor) -> list[UUID]:
    with organization_scope(visitor.organization, SYSTEM):
        return list(Booking.objects.values_list("id", flat=True))


def control(page: str, id: str) -> str:
    """The tag of a question's control."""
    found = re.search(rf'<(?:textarea|select) name="answers.{id}"[^>]*>', page)
    assert found, id
    return found[0]


def test_the_questions_of_the_service_stand_above_the_free_times(visitor: Visitor, service: Service) -> None:
    page = visitor.open("calendar", service=service.id)
    assert '<label for="id_answers.insured">Insured? <span class="quiet">(optional)</span></label>' in page
    assert '<label for="id_answers.risk">Any <i>risk</i>?</label>' in page, "unescaped by the visitor alone"
    assert 'maxlength="20"' in control(page, "risk")
    assert page.index('name="answers.risk"') < page.index('class="piece free')
    # Another week keeps what was typed; it never stands in an address.
    assert re.search(r'<fieldset class="card" id="questions-[^"]+" hx-preserve>', page)
    assert set(re.findall(r'hx-include="([^"]+)"', page)) == {"#id_client"}


def test_a_prompt_is_text_and_nothing_else(visitor: Visitor, service: Service) -> None:
    shown = visitor.client.get(f"/platform-demo/calendar?service={service.id}").content.decode()
    assert "Any &lt;i&gt;risk&lt;/i&gt;?" in shown
    assert "<i>risk" not in shown


def test_answers_are_kept_with_the_time(visitor: Visitor, make: Maker, service: Service) -> None:
    page = take(visitor, make, service, risk="<b>None</b>", insured="yes")
    assert "Time held" in said(page)
    assert kept(visitor) == [{"risk": "<b>None</b>", "insured": "yes"}]
    shown = visitor.client.get(f"/platform-demo/bookings/{held(visitor)[0]}").content.decode()
    assert "&lt;b&gt;None&lt;/b&gt;" in shown
    assert "<b>None" not in shown


@pytest.mark.parametrize(
    ("answers", "field", "told"),
    [
        ({"risk": ""}, "risk", MUST),
        ({"risk": "x" * 21}, "risk", "Ensure this value has at most 20 characters (it has 21)."),
        ({"risk": "x", "insured": "perhaps"}, "insured", "Choose one of these."),
    ],
)
def test_what_is_wrong_is_told_beside_the_question(
    visitor: Visitor, make: Maker, service: Service, answers: dict[str, str], field: str, told: str
) -> None:
    page = take(visitor, make, service, **answers)
    assert fault(page, f"answers.{field}") == told
    assert told in said(page)
    assert f'href="#id_answers.{field}"' in page
    shown = control(page, field)
    assert 'aria-invalid="true"' in shown
    assert f"id_answers.{field}_error" in shown
    assert held(visitor) == []
    assert hour(10).isoformat() in page


def test_where_nothing_must_be_answered_nothing_need_be(visitor: Visitor, make: Maker) -> None:
    with organization_scope(visitor.organization, SYSTEM):
        verticals.configure("consulting", intake_questions=[INSURED])
    assert "Time held" in said(take(visitor, make, make.service(), insured=""))
    assert kept(visitor) == []


def test_a_booking_without_answers_is_answered_on_its_page(visitor: Visitor, make: Maker, service: Service) -> None:
    booking = make.booking(service=service)
    assert "To be answered before the booking is confirmed." in visitor.open("booking", booking.id)
    page = visitor.press("booking-confirm", booking.id)
    assert said(page) == "× This booking has questions that must be answered before it is confirmed."
    page = visitor.press("booking-answers", booking.id, **{"answers.risk": "", "answers.insured": "no"})
    assert fault(page, "answers.risk") == MUST
    page = visitor.press("booking-answers", booking.id, **{"answers.risk": "None", "answers.insured": "no"})
    assert said(page) == "✓ Answered."
    assert kept(visitor) == [{"risk": "None", "insured": "no"}]
    assert "Confirmed" in said(visitor.press("booking-confirm", booking.id))
    page = visitor.press("booking-answers", booking.id, **{"answers.risk": "Some"})
    assert kept(visitor) == [{"risk": "Some", "insured": None}]
    assert "Change the answers" in page


def test_money_confirms_a_booking_that_nobody_has_answered(visitor: Visitor, make: Maker, service: Service) -> None:
    with organization_scope(visitor.organization, SYSTEM):
        verticals.configure("consulting", allowed_payment_methods=["cash"])
    booking = make.booking(service=service)
    assert "Paid." in said(visitor.press("booking-pay", booking.id, way="cash"))
    assert visitor.booking(booking.id).public_status == "confirmed"


def test_what_is_over_is_shown_and_not_asked(visitor: Visitor, make: Maker, service: Service) -> None:
    booking = make.booking(service=service)
    with organization_scope(visitor.organization, SYSTEM):
        bookings.answer(booking.id, answers={"risk": "None"})
        bookings.cancel(booking.id)
    page = visitor.open("booking", booking.id)
    assert "Any <i>risk</i>?" in page
    assert "answers.risk" not in page
    assert "cannot become answered" in said(visitor.press("booking-answers", booking.id, **{"answers.risk": "x"}))


def test_a_booking_is_moved_without_questions(visitor: Visitor, make: Maker, service: Service) -> None:
    booking = make.booking(service=service)
    page = visitor.open("calendar", move=booking.id)
    assert "answers.risk" not in page
