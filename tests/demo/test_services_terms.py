"""The rules of a service in the demo: when it can be booked, on which terms, and how much of it."""

from datetime import date
from typing import Any

import pytest

from authspine.demo.rules_in_words import facts
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from services.queries import get
from tests.demo.test_services import filled, only
from tests.demo.visitor import Visitor, fault, value
from tests.fixtures import Maker

TERMS = {
    "slot_interval_minutes": 30,
    "slot_offset_minutes": 15,
    "bookable_from": "2027-01-01",
    "bookable_to": "2027-12-31",
    "requires_approval": "yes",
    "cancellation_window_minutes": 2880,
    "cancellation_fee_bps": "12.5",
    "cancellation_fee_cents": "5",
    "max_reschedules": "2",
    "max_open_holds": "none",
    "day_bookings": 8,
    "month_minutes": 600,
}


def test_every_rule_of_a_service_is_set_and_shown(visitor: Visitor, make: Maker) -> None:
    place = make.location()
    page = visitor.press("service-new", **filled(make.professional().id, location=place.id, **TERMS))
    found = only(visitor)
    assert (found.slot_offset_minutes, found.location_id, found.requires_approval) == (15, place.id, True)
    assert (found.bookable_from, found.bookable_to) == (date(2027, 1, 1), date(2027, 12, 31))
    assert found.policy == {
        "cancellation_window_minutes": 2880,
        "cancellation_fee_bps": 1250,
        "cancellation_fee_cents": 500,
        "max_reschedules": 2,
        "max_open_holds": None,
    }
    assert found.booking_limits == {"day": {"bookings": 8}, "month": {"minutes": 600}}
    for told in ("every 30 min, 15 min later", "until 31 Dec 2027", "until 48 h before", "costs 12.5 % and $5.00",
                 "Most bookings a day", "is a request", "2 times", "Main Street"):  # fmt: skip
        assert told in page


def test_saving_the_form_as_it_stands_changes_nothing(visitor: Visitor, make: Maker) -> None:
    visitor.press("service-new", **filled(make.professional().id, **TERMS))
    before = only(visitor)
    page = visitor.open("service-edit", before.id)
    shown = {name: value(page, name) for name in (*filled(""), *TERMS, "max_future_bookings")}
    assert (shown["cancellation_fee_bps"], shown["max_open_holds"], shown["max_future_bookings"]) == (
        "12.5",
        "none",
        "",
    )
    chosen: dict[str, Any] = {"professional": before.professional_id, "requires_approval": "yes"}
    chosen |= {"location_type": "in_person", "recurrence": "one_time"}
    visitor.press("service-edit", before.id, **shown | chosen)
    after = only(visitor)
    assert (after.policy, after.booking_limits) == (before.policy, before.booking_limits)
    assert (after.slot_offset_minutes, after.bookable_to) == (15, date(2027, 12, 31))


@pytest.mark.parametrize(
    ("field", "wrong", "told"),
    [
        ("cancellation_fee_bps", "101", "Ensure this value is less than or equal to 100."),
        ("cancellation_fee_bps", "1.005", "Enter a share such as 12.5, with two digits after the point at most."),
        ("cancellation_fee_bps", "NaN", "Enter a share such as 12.5, with two digits after the point at most."),
        ("no_show_fee_cents", "1e3", "Enter an amount such as 45.00."),
        ("max_reschedules", "-1", "Enter a number from 0 to 32767, or “none” for no limit."),
        ("max_open_holds", "0", "Enter a number from 1 to 32767, or “none” for no limit."),
        ("max_open_holds", "9" * 5000, "Enter a number from 1 to 32767, or “none” for no limit."),
        ("hold_minutes", "0", "Ensure this value is greater than or equal to 1."),
        ("day_bookings", "-1", "Ensure this value is greater than or equal to 0."),
        ("bookable_to", "2026-12-31", "The last date must not be before the first."),
        ("slot_offset_minutes", "1440", "Ensure this value is less than or equal to 1439."),
        ("min_notice_minutes", "99999999", "Ensure this value is less than or equal to 527040."),
        ("location", "elsewhere", "Choose a location from the list."),
        ("buffer_after_minutes", "10080", "Ensure this value is less than or equal to 1440."),
        ("capacity", "0", "Ensure this value is greater than or equal to 1."),
    ],
)
def test_a_wrong_rule_stands_beside_its_field(visitor: Visitor, make: Maker, field: str, wrong: str, told: str) -> None:
    make.location()
    page = visitor.press("service-new", **filled(make.professional().id, **TERMS) | {field: wrong})
    assert fault(page, field) == told
    assert value(page, field) == wrong or field == "location"
    assert value(page, "cancellation_window_minutes") == "2880"


def test_an_empty_rule_says_what_the_vertical_has(visitor: Visitor, make: Maker) -> None:
    service = make.service(professional=make.professional(vertical="beauty"))
    page = visitor.open("service-edit", service.id)
    assert "as in Beauty & Wellness." in page
    assert "Empty: as in the vertical." in visitor.open("service-new")


def test_rules_in_words(visitor: Visitor, make: Maker) -> None:
    free = {"cancellation_fee_bps": 0, "cancellation_fee_cents": 0, "no_show_fee_bps": 10_000, "max_reschedules": 1}
    service = make.service(policy={"no_show_fee_cents": 0} | free, booking_limits={"week": {"bookings": 3}})
    with organization_scope(visitor.organization, SYSTEM):
        told = dict(facts(get(service.id)))
    assert told["Cancelling later"] == "costs nothing"
    assert told["Not coming"] == "costs 100 %"
    assert told["Can be moved"].endswith(", 1 time")
    assert told["Most bookings a week"] == "3"
    assert "Requests are answered" not in told
