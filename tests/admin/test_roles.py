"""What a role allows in the admin is what it allows over the API; what has happened is never edited."""

import pytest
from django.test import Client as Browser

from authspine.identity.models import ApiKey, Membership, Organization, User
from bookings.models import Booking
from clients.models import Client
from professionals.models import Vertical
from tests.admin.office import Row, member, move, one, page, rows, run, signed_in, tenant_models
from tests.fixtures import Maker

READ_ONLY = [
    model
    for model in tenant_models()
    if model._meta.label
    in {
        "bookings.Booking", "bookings.Session", "bookings.Occupancy",
        "payments.PaymentIntent", "payments.Refund", "payments.PaymentMethod", "analytics.AnalyticsEvent",
        "professionals.WorkingHours", "professionals.HoursOverride", "services.Option",
        "clients.Consent",
    }
]  # fmt: skip


@pytest.mark.parametrize("model", READ_ONLY, ids=lambda model: model._meta.label)
def test_history_refuses_every_change(furnished: Organization, superuser: User, model: type[Row]) -> None:
    browser, row = signed_in(superuser, furnished), one(furnished, model)
    before = {str(found.pk) for found in rows(furnished, model._meta.label)}
    assert browser.post(page(model, "change", row.pk), {"status": "confirmed"}).status_code == 403
    assert browser.post(page(model, "add"), {}).status_code == 403
    assert browser.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    run(browser, model, "delete_selected", row, post="yes")
    assert {str(found.pk) for found in rows(furnished, model._meta.label)} == before


def may(browser: Browser, model: type[Row], what: str, *args: object) -> bool:
    status = browser.get(page(model, what, *args)).status_code
    assert status in (200, 403)
    return status == 200


@pytest.mark.parametrize(
    ("role", "sees", "writes", "rules"),
    [
        ("readonly", True, False, False),
        ("professional", True, False, False),
        ("staff", True, True, False),
        ("admin", True, True, True),
        ("owner", True, True, True),
    ],
)
def test_a_role_decides(furnished: Organization, role: str, sees: bool, writes: bool, rules: bool) -> None:
    browser = signed_in(member(furnished, role))
    assert may(browser, Client, "changelist") is sees
    assert may(browser, Client, "add") is writes
    if role != "professional":  # who sees no client of others
        assert may(browser, Client, "delete", one(furnished, Client).pk) is writes
    assert may(browser, Vertical, "add") is rules
    assert may(browser, ApiKey, "changelist") is rules
    assert may(browser, Membership, "changelist") is rules
    assert not may(browser, User, "changelist")
    assert not may(browser, Organization, "changelist")


def test_who_may_only_read_moves_no_booking(make: Maker) -> None:
    booking = make.booking()
    browser = signed_in(member(make.organization, "readonly"))
    assert browser.post(move(booking, "confirm"), {"_form_submitted": "on"}).status_code == 403
    run(browser, Booking, "confirm_selected", booking)
    assert one(make.organization, Booking).status == "pending"


def test_the_lists_of_a_role_are_those_that_it_may_see(furnished: Organization) -> None:
    shown = signed_in(member(furnished, "staff")).get("/admin/").content.decode()
    assert page(Booking, "changelist") in shown
    assert page(ApiKey, "changelist") not in shown
    assert page(User, "changelist") not in shown
