"""Services in the admin: money as people write it, and every change through the journeys."""

from typing import Any

import pytest

from authspine.identity.models import User
from authspine.kernel.money import Money
from services.models import Service
from tests.admin.office import faults, member, one, page, rows, run, signed_in
from tests.fixtures import Maker


@pytest.fixture
def staff(make: Maker) -> User:
    return member(make.organization)


def form(**fields: Any) -> dict[str, Any]:
    sold = {"name": "Haircut", "description": "", "price": "75.00", "deposit": "", "currency": "USD"}
    times = {"duration_minutes": "60", "slot_interval_minutes": "", "min_notice_minutes": "0", "horizon_days": "90"}
    seats = {"capacity": "1", "buffer_before_minutes": "0", "buffer_after_minutes": "0"}
    kind = {"location_type": "in_person", "recurrence": "one_time", "metadata": "{}"}
    return sold | times | seats | kind | fields


def service(make: Maker) -> Any:
    return one(make.organization, Service)


def events(make: Maker) -> list[Any]:
    found = rows(make.organization, "analytics.AnalyticsEvent")
    return [(e.type, e.actor, e.data.get("fields")) for e in found if e.type.startswith("service.")]


def test_a_service_is_published(make: Maker, staff: User) -> None:
    professional = make.professional()
    sent = form(professional=professional.pk, price="1234.5", deposit="20", currency="EUR")
    assert signed_in(staff).post(page(Service, "add"), sent).status_code == 302
    made = service(make)
    assert (made.price_cents, made.deposit_cents, made.currency) == (123450, 2000, "EUR")
    assert (made.professional_id, made.active) == (professional.pk, True)
    assert events(make) == [("service.created", f"user:{staff.id}", None)]
    assert "€1,234.50" in signed_in(staff).get(page(Service, "changelist")).content.decode()


@pytest.mark.parametrize(
    ("changes", "expected", "fields"),
    [
        ({"price": "80"}, (8000, 0, "USD"), ["price"]),
        ({"deposit": "75.00"}, (7500, 7500, "USD"), ["deposit"]),
        ({"currency": "JPY", "price": "75"}, (75, 0, "JPY"), ["deposit", "price"]),
    ],
)
def test_money_is_changed(make: Maker, staff: User, changes: Any, expected: Any, fields: list[str]) -> None:
    row = make.service(name="Haircut")
    response = signed_in(staff).post(page(Service, "change", row.pk), form(active="on", **changes))
    assert response.status_code == 302
    found = service(make)
    assert (found.price_cents, found.deposit_cents, found.currency) == expected
    assert events(make)[-1] == ("service.updated", f"user:{staff.id}", fields)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price": "75.001"}, "price"),
        ({"price": "-1"}, "price"),
        ({"price": "much"}, "price"),
        ({"price": "999999999"}, "price"),
        ({"price": "75.50", "currency": "JPY"}, "price"),
        ({"deposit": "75.01"}, "deposit"),
        ({"currency": "XXX"}, "currency"),
        ({"duration_minutes": "0"}, "duration_minutes"),
        ({"duration_minutes": "1441"}, "duration_minutes"),
        ({"capacity": "0"}, "capacity"),
        ({"slot_interval_minutes": "0"}, "slot_interval_minutes"),
        ({"name": ""}, "name"),
        ({"location_type": "moon"}, "location_type"),
    ],
)
def test_wrong_fields_are_told(make: Maker, staff: User, changes: Any, field: str) -> None:
    row = make.service(name="Haircut")
    assert set(faults(signed_in(staff).post(page(Service, "change", row.pk), form(active="on", **changes)))) == {field}
    assert events(make) == [("service.created", "system", None)]


def test_switching_a_service_off_withdraws_it(make: Maker, staff: User) -> None:
    row = make.service(name="Haircut")
    browser = signed_in(staff)
    browser.post(page(Service, "change", row.pk), form(name="Cut"))
    assert (service(make).name, service(make).active) == ("Cut", False)
    assert [type for type, *_ in events(make)][1:] == ["service.updated", "service.deactivated"]
    browser.post(page(Service, "change", row.pk), form(name="Cut", active="on"))
    assert service(make).active
    assert run(browser, Service, "withdraw_selected", row) == [("success", "Cut: withdrawn from sale.")]
    assert not service(make).active


def test_the_professional_of_a_service_stays(make: Maker, staff: User) -> None:
    row, other = make.service(name="Haircut"), make.professional()
    signed_in(staff).post(page(Service, "change", row.pk), form(active="on", professional=other.pk, price="1"))
    assert service(make).professional_id == row.professional_id
    assert service(make).price_cents == Money(100, "USD").amount_cents


def test_a_foreign_professional_is_none(make: Maker, staff: User, foreign_professional: Any) -> None:
    sent = form(professional=foreign_professional.pk)
    assert set(faults(signed_in(staff).post(page(Service, "add"), sent))) == {"professional"}


@pytest.fixture
def foreign_professional() -> Any:
    from tests.fixtures import new_organization

    return Maker(new_organization()).professional()
