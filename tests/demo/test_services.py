"""Services in the demo: published, changed, withdrawn, offered again."""

from typing import Any

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from services.models import Service
from tests.demo.visitor import Visitor, fault, said, value
from tests.fixtures import Maker


def filled(professional: object, **changes: Any) -> dict[str, Any]:
    return {
        "professional": professional,
        "name": "Haircut",
        "price": "45.00",
        "location_type": "in_person",
        "recurrence": "one_time",
        "duration_minutes": 60,
        "capacity": 1,
        "buffer_before_minutes": 0,
        "buffer_after_minutes": 15,
        "min_notice_minutes": 0,
        "horizon_days": 90,
        "requires_approval": "no",
    } | changes


def only(visitor: Visitor) -> Service:
    with organization_scope(visitor.organization, SYSTEM):
        return Service.objects.get()


def test_a_service_is_published(visitor: Visitor, make: Maker) -> None:
    page = visitor.press("service-new", **filled(make.professional().id, deposit="5", slot_interval_minutes=30))
    assert "Service published: Haircut" in said(page)
    assert "$45.00" in page
    found = only(visitor)
    assert (found.price_cents, found.deposit_cents, found.slot_interval_minutes) == (4500, 500, 30)


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("professional", "", "Choose who offers it."),
        ("name", " ", "Enter what it is called."),
        ("price", "", "Enter a price; 0 is free."),
        ("price", "4,50", "Enter an amount such as 45.00."),
        ("price", "-1", "Enter an amount such as 45.00."),
        ("price", "1.005", "Enter an amount such as 45.00."),
        ("price", "999999999", "That is too much for one payment."),
        ("deposit", "45.01", "The deposit cannot be more than the price."),
        ("duration_minutes", "0", "Ensure this value is greater than or equal to 1."),
        ("duration_minutes", "", "Enter how many minutes it takes."),
    ],
)
def test_errors_stand_beside_their_fields(visitor: Visitor, make: Maker, field: str, wrong: str, told: str) -> None:
    page = visitor.press("service-new", **filled(make.professional().id) | {field: wrong})
    assert fault(page, field) == told
    assert told in said(page)


def test_the_verticals_templates_fill_the_form(visitor: Visitor, make: Maker) -> None:
    professional = make.professional(vertical="beauty")
    page = visitor.open("service-new", professional=professional.id, template=1)
    assert (value(page, "name"), value(page, "price"), value(page, "duration_minutes")) == (
        "Hair Color",
        "80.00",
        "120",
    )
    for nonsense in ("9", "x", "-1"):
        assert value(visitor.open("service-new", professional=professional.id, template=nonsense), "name") == ""
    assert visitor.open("service-new", professional="x", template="0")


def test_a_service_is_changed_and_keeps_its_professional(visitor: Visitor, make: Maker) -> None:
    service = make.service(name="Old")
    page = visitor.open("service-edit", service.id)
    assert (value(page, "name"), value(page, "price"), value(page, "deposit")) == ("Old", "75.00", "0.00")
    page = visitor.press("service-edit", service.id, **filled(service.professional_id, price="50"))
    assert "Saved: Haircut" in said(page)
    assert only(visitor).price_cents == 5000


def test_a_service_is_withdrawn_and_offered_again(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    page = visitor.press("service-withdraw", service.id)
    assert "Withdrawn" in said(page)
    assert "Free times" not in page
    page = visitor.press("service-offer", service.id)
    assert "On offer again" in said(page)


def test_search_finds_by_name(visitor: Visitor, make: Maker) -> None:
    make.service(name="Deep tissue massage")
    assert "Deep tissue" in visitor.open("services", search="tis")
    assert "Deep tissue" not in visitor.open("services", search="massages")
