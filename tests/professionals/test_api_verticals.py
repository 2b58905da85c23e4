"""`/verticals`: six to start with; making and replacing one is for keys of the scope `admin`."""

from typing import Any

import pytest

from tests.rest import Api, refused

SPA: dict[str, Any] = {
    "slug": "spa",
    "display_name": "Spa & Sauna",
    "service_templates": [
        {"name": "Massage", "duration_minutes": 50, "price_cents": 9000, "location_type": "in_person"}
    ],
    "compliance": {
        "requires_verification": True,
        "data_retention_days": 730,
        "allowed_payment_methods": ["card", "cash"],
    },
    "policies": {
        "hold_minutes": 20,
        "min_notice_minutes": 60,
        "cancellation_window_minutes": 720,
        "cancellation_fee_bps": 2500,
        "cancellation_fee_cents": 500,
        "no_show_fee_bps": 10_000,
        "no_show_fee_cents": 0,
        "reschedule_window_minutes": 120,
        "max_reschedules": 2,
        "deposit_bps": 2000,
        "approval_minutes": 60,
        "max_open_holds": None,
        "max_future_bookings": 4,
    },
    "intake_questions": [
        {
            "id": "heart",
            "prompt": "Heart trouble?",
            "type": "choice",
            "options": ["yes", "no"],
            "required": True,
            "max_length": 500,
        }
    ],
    "metadata": {"colour": "teal"},
    "external_id": None,
}


def test_it_works(admin: Api) -> None:
    created = admin.post("/verticals", SPA)
    assert created.status_code == 201
    assert {name: created.json()[name] for name in SPA} == SPA
    assert created.headers["Location"].endswith("/verticals/spa")
    assert admin.follow(created.headers["Location"]).json() == created.json()


def test_an_organization_starts_with_six(reader: Api) -> None:
    found = reader.get("/verticals").json()["results"]
    assert {row["slug"] for row in found} == {"beauty", "fitness", "consulting", "education", "health", "home_services"}


def test_what_is_shown_can_be_sent_back(admin: Api) -> None:
    for shown in admin.get("/verticals").json()["results"]:
        body = {name: shown[name] for name in SPA}
        replaced = admin.put(f"/verticals/{shown['slug']}", body)
        assert replaced.status_code == 200
        assert replaced.json() == shown | {"updated_at": replaced.json()["updated_at"]}


def test_put_makes_a_vertical_where_there_is_none(admin: Api) -> None:
    made = admin.put("/verticals/spa", {"display_name": "Spa"})
    assert made.status_code == 201
    assert made.headers["Location"].endswith("/verticals/spa")
    assert made.json()["policies"]["hold_minutes"] == 15
    assert made.json()["compliance"]["allowed_payment_methods"] == ["card"]


def test_put_replaces_as_a_whole(admin: Api) -> None:
    admin.post("/verticals", SPA)
    replaced = admin.put("/verticals/spa", {"display_name": "Spa", "policies": {"hold_minutes": 5}}).json()
    assert replaced["service_templates"] == replaced["intake_questions"] == []
    assert replaced["policies"]["hold_minutes"] == 5
    left_out = {name: replaced["policies"][name] for name in SPA["policies"]}
    assert left_out == {
        "hold_minutes": 5,
        "min_notice_minutes": 0,
        "cancellation_window_minutes": 1440,
        "cancellation_fee_bps": 0,
        "cancellation_fee_cents": 0,
        "no_show_fee_bps": 0,
        "no_show_fee_cents": 0,
        "reschedule_window_minutes": 0,
        "max_reschedules": None,
        "deposit_bps": 0,
        "approval_minutes": 1440,
        "max_open_holds": None,
        "max_future_bookings": None,
    }


def test_a_slug_is_taken_once(admin: Api) -> None:
    refused(admin.post("/verticals", SPA | {"slug": "beauty"}), 409, "slug_exists", "slug")


def test_a_slug_cannot_change(admin: Api) -> None:
    refused(admin.put("/verticals/beauty", SPA), 400, "validation_error", "slug")


def test_one_that_does_not_exist(reader: Api) -> None:
    refused(reader.get("/verticals/spa"), 404, "not_found")


def inside(part: str, **changed: Any) -> dict[str, Any]:
    return SPA | {part: SPA[part] | changed}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (SPA | {"slug": "S P A"}, "slug"),
        (SPA | {"display_name": ""}, "display_name"),
        (inside("policies", hold_minutes=0), "policies.hold_minutes"),
        (inside("policies", hold_minutes=1441), "policies.hold_minutes"),
        (inside("policies", cancellation_fee_bps=10_001), "policies.cancellation_fee_bps"),
        (inside("policies", cancellation_fee_cents=-1), "policies.cancellation_fee_cents"),
        (inside("policies", no_show_fee_bps=10_001), "policies.no_show_fee_bps"),
        (inside("policies", deposit_bps=10_001), "policies.deposit_bps"),
        (inside("policies", deposit_bps=None), "policies.deposit_bps"),
        (inside("policies", approval_minutes=43_201), "policies.approval_minutes"),
        (inside("policies", max_open_holds=0), "policies.max_open_holds"),
        (inside("policies", max_future_bookings=0), "policies.max_future_bookings"),
        (inside("policies", max_reschedules=-1), "policies.max_reschedules"),
        (inside("policies", more=1), "policies.more"),
        (inside("compliance", allowed_payment_methods=["barter"]), "compliance.allowed_payment_methods.0"),
        (inside("compliance", requires_verification="yes"), "compliance.requires_verification"),
        (inside("compliance", data_retention_days=0), "compliance.data_retention_days"),
        (SPA | {"compliance": None}, "compliance"),
        (SPA | {"policies": []}, "policies"),
        (SPA | {"service_templates": {}}, "service_templates"),
        (SPA | {"service_templates": [{"name": "x"}]}, "service_templates.0"),
        (SPA | {"intake_questions": [{"id": "a", "prompt": "b", "type": "essay"}]}, "intake_questions.0.type"),
        (SPA | {"intake_questions": [{"id": "A b", "prompt": "b", "type": "text"}]}, "intake_questions.0.id"),
        (SPA | {"intake_questions": [{"id": "a", "prompt": "b", "type": "choice"}]}, "intake_questions"),
        (SPA | {"intake_questions": [{"id": "a", "prompt": "b", "type": "text"}] * 2}, "intake_questions"),
    ],
)
def test_a_vertical_of_the_wrong_shape(admin: Api, body: Any, field: str) -> None:
    response = admin.post("/verticals", body)
    assert (response.status_code, response.json()["code"]) == (400, "validation_error")
    assert {fault["field"] for fault in response.json()["errors"]} >= {field} or any(
        fault["field"].startswith(field) for fault in response.json()["errors"]
    )
