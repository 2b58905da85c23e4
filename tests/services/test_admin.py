"""Services in the admin: money as people write it, and every change through the journeys."""

from datetime import date
from typing import Any

import pytest

from authspine.identity.models import User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from professionals.models import Location
from services.models import Downtime, Offer, Resource, Service
from tests.admin.office import faults, member, one, page, rows, run, said, signed_in
from tests.fixtures import Maker


@pytest.fixture
def staff(make: Maker) -> User:
    return member(make.organization)


def form(**fields: Any) -> dict[str, Any]:
    sold = {"name": "Haircut", "description": "", "price": "75.00", "deposit": "", "currency": "USD"}
    times = {"duration_minutes": "60", "slot_interval_minutes": "", "min_notice_minutes": "0", "horizon_days": "90"}
    seats = {"capacity": "1", "buffer_before_minutes": "0", "buffer_after_minutes": "0"}
    kind = {"location_type": "in_person", "recurrence": "one_time", "metadata": "{}"}
    rules = {"slot_offset_minutes": "0", "bookable_from": "", "bookable_to": "", "policy": "{}", "booking_limits": "{}"}
    rules |= {"intake_questions": "[]"}
    return sold | times | seats | kind | rules | fields


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
        ({"slot_offset_minutes": "1440"}, "slot_offset_minutes"),
        ({"policy": '{"patience": 1}'}, "policy"),
        ({"policy": "[]"}, "policy"),
        ({"booking_limits": '{"day": {}}'}, "booking_limits"),
        ({"intake_questions": '{"id": "a"}'}, "intake_questions"),
        ({"intake_questions": '[{"id": "a", "prompt": "A?", "type": "choice"}]'}, "intake_questions"),
        ({"bookable_from": "2026-12-02", "bookable_to": "2026-12-01"}, "bookable_to"),
        ({"location": "01a20714-91af-71ac-8f24-8ecdeea3c4d5"}, "location"),
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


def test_the_rules_of_a_service_are_changed(make: Maker, staff: User) -> None:
    row = make.service(name="Haircut")
    with organization_scope(make.organization, SYSTEM):
        place = Location.objects.create(name="Studio", timezone="UTC")
    rules = {
        "policy": '{"hold_minutes": 5}',
        "booking_limits": '{"day": {"bookings": 3}}',
        "requires_approval": "on",
        "location": str(place.pk),
        "bookable_from": "2026-12-01",
    }
    browser = signed_in(staff)
    assert browser.post(page(Service, "change", row.pk), form(active="on", **rules)).status_code == 302
    found = service(make)
    assert (found.policy, found.booking_limits) == ({"hold_minutes": 5}, {"day": {"bookings": 3}})
    assert (found.requires_approval, found.location_id, found.bookable_from) == (True, place.pk, date(2026, 12, 1))
    assert events(make)[-1][2] == sorted(rules)
    assert browser.post(page(Service, "change", row.pk), form(active="on", policy="")).status_code == 302
    assert (service(make).policy, service(make).booking_limits, service(make).location_id) == ({}, {}, None)


def test_an_offer_is_made_changed_and_taken_back(make: Maker, staff: User) -> None:
    row, other, browser = make.service(), make.professional(), signed_in(staff)
    sent = {"service": row.pk, "professional": other.pk, "price": "80", "duration_minutes": "", "priority": "2"}
    assert browser.post(page(Offer, "add"), sent | {"active": "on"}).status_code == 302
    own, made = rows(make.organization, "services.Offer")
    assert (made.price_cents, made.duration_minutes, made.priority, made.active) == (8000, None, 2, True)
    change = page(Offer, "change", made.pk)
    assert browser.post(change, {"price": "80.00", "duration_minutes": "45", "priority": "2"}).status_code == 302
    _, changed = rows(make.organization, "services.Offer")
    assert (changed.price_cents, changed.duration_minutes, changed.active) == (8000, 45, False)
    assert browser.post(change, {"price": "", "duration_minutes": "45", "priority": "0"}).status_code == 302
    assert [offer.price_cents for offer in rows(make.organization, "services.Offer")] == [None, None]
    wrong = {"price": "80.001", "duration_minutes": "0", "priority": "-1"}
    assert set(faults(browser.post(change, wrong))) == set(wrong)
    assert browser.post(page(Offer, "delete", made.pk), {"post": "yes"}).status_code == 302
    assert said(browser.post(page(Offer, "delete", own.pk), {"post": "yes"}, follow=True))[-1][0] == "error"
    assert [offer.pk for offer in rows(make.organization, "services.Offer")] == [own.pk]
    assert [fields for type, _, fields in events(make) if type == "service.updated"] == [["offers"]] * 4


def test_a_resource_is_added_changed_and_deleted(make: Maker, staff: User) -> None:
    browser = signed_in(staff)
    sent = {"name": "Room", "kind": "room", "timezone": "Europe/Berlin", "active": "on", "metadata": "{}"}
    hours = "Mon 09:00-17:00\n\nsun 22:00–02:00\n"
    assert browser.post(page(Resource, "add"), sent | {"hours": hours}).status_code == 302
    room = one(make.organization, Resource)
    assert (room.hours, room.timezone) == ([[0, 540, 1020], [6, 1320, 120]], "Europe/Berlin")
    change = page(Resource, "change", room.pk)
    assert "Sun 22:00-02:00" in browser.get(change).content.decode()
    kept = {"hours": "Mon 09:00-17:00\r\nSun 22:00-02:00", "name": "Room 1"}
    assert browser.post(change, sent | kept).status_code == 302
    updated = [e for e in rows(make.organization, "analytics.AnalyticsEvent") if e.type == "resource.updated"]
    assert [event.data["fields"] for event in updated] == [["name"]]
    assert browser.post(change, sent | kept | {"hours": ""}).status_code == 302
    assert one(make.organization, Resource).hours == []
    for wrong in ("Mon", "Mon 09:00", "Someday 09:00-10:00", "Mon 09:00-12:00\nMon 11:00-13:00", "Mon 9-10"):
        assert set(faults(browser.post(change, sent | {"hours": wrong}))) == {"hours"}
    assert browser.post(page(Resource, "delete", room.pk), {"post": "yes"}).status_code == 302
    assert list(rows(make.organization, "services.Resource")) == []


def test_downtime_is_entered_and_replaced(make: Maker, staff: User) -> None:
    room, browser = make.resource(), signed_in(staff)
    sent = {"resource": room.pk, "starts_at_0": "2099-01-01", "starts_at_1": "09:00", "reason": "Paint"}
    sent |= {"ends_at_0": "2099-01-01", "ends_at_1": "10:00"}
    assert browser.post(page(Downtime, "add"), sent).status_code == 302
    period = one(make.organization, Downtime)
    assert browser.post(page(Downtime, "change", period.pk), sent | {"reason": "Repair"}).status_code == 302
    [again] = rows(make.organization, "services.Downtime")
    assert (again.resource_id, again.starts_at, again.reason) == (room.pk, period.starts_at, "Repair")
    told = faults(browser.post(page(Downtime, "change", again.pk), sent | {"ends_at_1": "09:00"}))
    assert told == {"ends_at": ["The end must be after the start."]}


def test_questions_are_typed_as_json(make: Maker, staff: User) -> None:
    row = make.service(name="Haircut")
    typed = '[{"id": "scalp", "prompt": "Dry?", "type": "choice", "options": ["yes", "no"]}]'
    sent = form(active="on", intake_questions=typed)
    assert signed_in(staff).post(page(Service, "change", row.pk), sent).status_code == 302
    whole = {"id": "scalp", "prompt": "Dry?", "type": "choice", "options": ["yes", "no"]}
    assert service(make).intake_questions == [whole | {"required": False, "max_length": 500}]
    assert events(make)[-1] == ("service.updated", f"user:{staff.id}", ["intake_questions"])
