"""`/bookings`: it works; then one test per way to fail."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from authspine.kernel import clock
from tests.factories import hour, working_day
from tests.fixtures import Maker
from tests.rest import Api, refused

MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


@pytest.fixture
def wanted(make: Maker) -> dict[str, Any]:
    """A body that holds ten o'clock of a working day."""
    client, service = make.client(), make.service()
    return {"client": str(client.id), "service": str(service.id), "starts_at": hour(10).isoformat()}


def test_it_works(api_client: Api, wanted: dict[str, Any], make: Maker) -> None:
    before = clock.now()
    created = api_client.post("/bookings", wanted | {"notes": "By the window", "external_id": "web-1"})
    assert created.status_code == 201
    booking = created.json()
    assert list(booking) == [
        *("id", "external_id", "created_at", "updated_at", "client", "service", "professional", "vertical"),
        *("starts_at", "ends_at", "timezone", "status", "total", "deposit", "fee", "hold_expires_at", "notes"),
        *("cancelled_by", "cancellation_reason", "location", "reschedules", "version"),
    ]
    assert {name: booking[name] for name in wanted} == wanted
    assert booking["ends_at"] == hour(11).isoformat()
    assert booking["status"] == "held"
    assert booking["total"] == {"amount_cents": 7500, "currency": "USD"}
    assert (booking["vertical"], booking["timezone"], booking["version"]) == ("consulting", "UTC", 1)
    assert booking["hold_expires_at"] > (before + timedelta(minutes=14)).isoformat()
    assert api_client.follow(created.headers["Location"]).json() == booking

    confirmed = api_client.post(f"/bookings/{booking['id']}/confirm")
    assert (confirmed.status_code, confirmed.json()["status"]) == (200, "confirmed")
    completed = api_client.post(f"/bookings/{booking['id']}/complete")
    assert (completed.status_code, completed.json()["status"]) == (200, "completed")


def test_a_client_who_does_not_come(api_client: Api, make: Maker) -> None:
    path = f"/bookings/{make.booking().id}"
    api_client.post(f"{path}/confirm")
    assert api_client.post(f"{path}/no-show").json()["status"] == "no_show"


def test_cancelling_frees_the_time(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted).json()
    cancelled = api_client.post(f"/bookings/{booking['id']}/cancel", {"reason": "Ill"}).json()
    assert (cancelled["status"], cancelled["cancellation_reason"], cancelled["cancelled_by"]) == (
        "cancelled",
        "Ill",
        "key",
    )
    assert api_client.post("/bookings", wanted).status_code == 201


def test_rescheduling_keeps_the_id(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted).json()
    path = f"/bookings/{booking['id']}/reschedule"
    moved = api_client.post(path, {"starts_at": hour(14).isoformat()})
    assert moved.status_code == 200
    assert (moved.json()["id"], moved.json()["starts_at"]) == (booking["id"], hour(14).isoformat())
    assert api_client.post("/bookings", wanted).status_code == 201
    refused(api_client.post(path, {"starts_at": hour(10).isoformat()}), 409, "slot_taken", "starts_at")
    assert api_client.get(f"/bookings/{booking['id']}").json()["starts_at"] == hour(14).isoformat()


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"starts_at": hour(10) + timedelta(minutes=30)}, "not_a_slot"),
        ({"starts_at": hour(20)}, "outside_hours"),
        ({"starts_at": hour(10) - timedelta(days=30)}, "in_the_past"),
        ({"starts_at": hour(10) + timedelta(days=364)}, "horizon"),
    ],
)
def test_a_start_that_is_not_offered(api_client: Api, wanted: dict[str, Any], changed: Any, code: str) -> None:
    response = api_client.post("/bookings", wanted | {"starts_at": changed["starts_at"].isoformat()})
    refused(response, 409, code)


def test_a_time_that_is_taken(api_client: Api, wanted: dict[str, Any]) -> None:
    assert api_client.post("/bookings", wanted).status_code == 201
    refused(api_client.post("/bookings", wanted), 409, "slot_taken", "starts_at")


def test_staff_may_take_any_time_that_is_free(api_client: Api, wanted: dict[str, Any]) -> None:
    late = wanted | {"starts_at": hour(20).isoformat(), "override": True}
    assert api_client.post("/bookings", late).status_code == 201
    refused(api_client.post("/bookings", late), 409, "slot_taken", "starts_at")


def test_a_service_that_is_withdrawn(api_client: Api, wanted: dict[str, Any]) -> None:
    api_client.delete(f"/services/{wanted['service']}")
    refused(api_client.post("/bookings", wanted), 409, "service_inactive")


def test_a_professional_who_must_be_verified(api_client: Api, make: Maker) -> None:
    service = make.service(professional=make.professional(vertical="beauty"))
    body = {"client": str(make.client().id), "service": str(service.id), "starts_at": hour(10).isoformat()}
    refused(api_client.post("/bookings", body), 409, "professional_unverified")
    api_client.post(f"/professionals/{service.professional_id}/verify")
    assert api_client.post("/bookings", body).status_code == 201


def test_a_service_with_notice(api_client: Api, make: Maker) -> None:
    service = make.service(min_notice_minutes=60 * 24 * 30)
    body = {"client": str(make.client().id), "service": str(service.id), "starts_at": hour(10).isoformat()}
    refused(api_client.post("/bookings", body), 409, "notice")


@pytest.mark.parametrize("field", ["client", "service", "professional"])
def test_an_id_that_does_not_exist_is_named(api_client: Api, wanted: dict[str, Any], field: str) -> None:
    refused(api_client.post("/bookings", wanted | {field: MISSING}), 404, "not_found", field)


def test_another_professional_than_the_services(api_client: Api, wanted: dict[str, Any], make: Maker) -> None:
    other = str(make.professional().id)
    response = api_client.post("/bookings", wanted | {"professional": other})
    refused(response, 409, "not_offered", "professional")


@pytest.mark.parametrize("field", ["total", "status", "ends_at", "deposit", "version", "hold_expires_at", "vertical"])
def test_what_the_server_decides_cannot_be_sent(api_client: Api, wanted: dict[str, Any], field: str) -> None:
    refused(api_client.post("/bookings", wanted | {field: 1}), 400, "validation_error", field)


MOVES = {"confirm": {"held"}, "complete": {"confirmed"}, "no-show": {"confirmed"}, "cancel": {"held", "confirmed"}}
WAY_TO = {
    "held": [],
    "confirmed": ["confirm"],
    "completed": ["confirm", "complete"],
    "no_show": ["confirm", "no-show"],
    "cancelled": ["cancel"],
}


@pytest.mark.parametrize("status", WAY_TO)
def test_every_other_move_is_refused(api_client: Api, make: Maker, status: str) -> None:
    path = f"/bookings/{make.booking().id}"
    for step in WAY_TO[status]:
        assert api_client.post(f"{path}/{step}").status_code == 200
    for move, from_statuses in MOVES.items():
        if status not in from_statuses:
            refused(api_client.post(f"{path}/{move}"), 409, "invalid_transition")
    assert api_client.get(path).json()["status"] == status


def test_a_hold_past_its_deadline_reads_as_expired_everywhere(api_client: Api, wanted: dict[str, Any]) -> None:
    booking = api_client.post("/bookings", wanted).json()
    path = f"/bookings/{booking['id']}"
    with time_machine.travel(clock.now() + timedelta(minutes=16), tick=True):
        assert api_client.get(path).json()["status"] == "expired"
        assert api_client.get("/bookings", status="held").json()["results"] == []
        assert [row["id"] for row in api_client.get("/bookings", status="expired").json()["results"]] == [booking["id"]]
        refused(api_client.post(f"{path}/confirm"), 409, "invalid_transition")
        assert api_client.post("/bookings", wanted).status_code == 201


def test_one_that_does_not_exist(api_client: Api) -> None:
    refused(api_client.get(f"/bookings/{MISSING}"), 404, "not_found")
    for move in ("confirm", "cancel", "complete", "no-show"):
        refused(api_client.post(f"/bookings/{MISSING}/{move}"), 404, "not_found")
    move_to = {"starts_at": hour(10).isoformat()}
    refused(api_client.post(f"/bookings/{MISSING}/reschedule", move_to), 404, "not_found")


def test_a_booking_has_no_put_and_is_not_deleted(api_client: Api, make: Maker) -> None:
    path = f"/bookings/{make.booking().id}"
    for response in (api_client.put(path, {}), api_client.patch(path, {}), api_client.delete(path)):
        refused(response, 405, "method_not_allowed")


def test_filters(api_client: Api, make: Maker) -> None:
    early = make.booking(starts_at=hour(9))
    late = make.booking(starts_at=hour(15))
    api_client.post(f"/bookings/{late.id}/confirm")

    def found(**query: Any) -> list[str]:
        return [row["id"] for row in api_client.get("/bookings", **query).json()["results"]]

    assert found() == [str(late.id), str(early.id)]
    assert found(client=early.client_id) == [str(early.id)]
    assert found(professional=late.session.professional_id) == [str(late.id)]
    assert found(service=early.session.service_id) == [str(early.id)]
    assert found(status="confirmed") == [str(late.id)]
    assert found(status="held") == [str(early.id)]
    assert found(starts_after=hour(15).isoformat()) == [str(late.id)]
    assert found(starts_before=hour(15).isoformat()) == [str(early.id)]
    assert found(starts_after=hour(9).isoformat(), starts_before=hour(15).isoformat()) == [str(early.id)]
    assert found(client=early.client_id, status="confirmed") == []
    assert found(client=MISSING) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("status", "pending"),
        ("status", ""),
        ("client", "1"),
        ("client", ""),
        ("starts_after", "2026-12-01"),
        ("starts_before", "2026-12-01T10:00:00"),
    ],
)
def test_a_filter_of_the_wrong_shape(api_client: Api, name: str, value: str) -> None:
    refused(api_client.get("/bookings", **{name: value}), 400, "validation_error", name)


def test_availability_works(api_client: Api, make: Maker) -> None:
    service = make.service()
    day = working_day()
    query = {"from": day.isoformat(), "to": (day + timedelta(days=1)).isoformat()}
    for asked in ({"service": service.id}, {"professional": service.professional_id}):
        found = api_client.get("/availability", **asked, **query)
        assert found.status_code == 200
        [only] = found.json()["days"]
        assert (found.json()["timezone"], only["date"]) == ("UTC", day.date().isoformat())
        assert [slot["starts_at"] for slot in only["slots"]] == [hour(h).isoformat() for h in range(9, 17)]
        assert only["slots"][0] == {
            "starts_at": hour(9).isoformat(),
            "ends_at": hour(10).isoformat(),
            "professionals": [str(service.professional_id)],
            "seats_left": 1,
        }


def test_what_availability_shows_can_be_held_and_is_gone_then(api_client: Api, wanted: dict[str, Any]) -> None:
    query = {
        "service": wanted["service"],
        "from": hour(9).isoformat(),
        "to": hour(12).isoformat(),
        "timezone": "Asia/Tokyo",
    }
    shown = api_client.get("/availability", **query).json()
    assert shown["timezone"] == "Asia/Tokyo"
    second = shown["days"][0]["slots"][1]["starts_at"]
    assert second.endswith("+09:00")
    assert api_client.post("/bookings", wanted | {"starts_at": second}).status_code == 201
    left = api_client.get("/availability", **query).json()["days"][0]["slots"]
    assert second not in [slot["starts_at"] for slot in left]
    assert len(left) == 2


@pytest.mark.parametrize("asked", ["service", "professional"])
def test_availability_of_nobody(api_client: Api, asked: str) -> None:
    query = {asked: MISSING, "from": hour(9).isoformat(), "to": hour(12).isoformat()}
    refused(api_client.get("/availability", **query), 404, "not_found", asked)
