"""What becomes of a booking over HTTP: requests and their answers, its policy, and changes of what one has seen."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from tests.factories import hour
from tests.fixtures import Maker
from tests.rest import ROOT, Api, refused


def path_of(booking: Any) -> str:
    return f"/bookings/{booking.id}"


@pytest.fixture
def request_path(make: Maker) -> str:
    """Of a request at ten o'clock of a working day."""
    return path_of(make.booking(service=make.service(requires_approval=True)))


def test_a_request_is_approved(api_client: Api, request_path: str) -> None:
    asked = api_client.get(request_path).json()
    assert asked["status"] == "requested"
    refused(api_client.post(f"{request_path}/confirm"), 409, "invalid_transition")
    approved = api_client.post(f"{request_path}/approve")
    assert (approved.status_code, approved.json()["status"], approved.json()["version"]) == (200, "confirmed", 2)
    for verb in ("approve", "decline"):
        refused(api_client.post(f"{request_path}/{verb}"), 409, "invalid_transition")


def test_a_request_is_declined_and_its_time_free(api_client: Api, request_path: str, make: Maker) -> None:
    declined = api_client.post(f"{request_path}/decline", {"reason": "Away"}).json()
    told = (declined["status"], declined["cancellation_reason"], declined["cancelled_by"])
    assert told == ("declined", "Away", "key")
    again = {"client": str(make.client().id), "service": declined["service"], "starts_at": declined["starts_at"]}
    assert api_client.post("/bookings", again).json()["status"] == "requested"


def test_from_its_deadline_on_a_request_is_declined_and_its_time_free(
    api_client: Api, request_path: str, make: Maker
) -> None:
    asked = api_client.get(request_path).json()
    deadline = datetime.fromisoformat(asked["hold_expires_at"])
    day = {"service": asked["service"], "from": asked["starts_at"], "to": asked["ends_at"]}
    with time_machine.travel(deadline - timedelta(microseconds=1), tick=False):
        assert api_client.get(request_path).json()["status"] == "requested"
        assert api_client.get("/availability", **day).json()["days"] == []
    with time_machine.travel(deadline, tick=False):
        assert api_client.get(request_path).json()["status"] == "declined"
        for verb in ("approve", "decline", "cancel"):
            refused(api_client.post(f"{request_path}/{verb}"), 409, "invalid_transition")
        [found] = api_client.get("/availability", **day).json()["days"]
        assert [slot["starts_at"] for slot in found["slots"]] == [asked["starts_at"]]
        again = {"client": str(make.client().id), "service": asked["service"], "starts_at": asked["starts_at"]}
        assert api_client.post("/bookings", again).status_code == 201


POLICY = {
    "cancellation_window_minutes": 120,
    "cancellation_fee_bps": 2000,
    "cancellation_fee_cents": 100,
    "no_show_fee_bps": 10_000,
    "reschedule_window_minutes": 60,
    "max_reschedules": 2,
}


def test_a_policy_tells_what_a_time_would_cost(api_client: Api, make: Maker) -> None:
    """A fifth of 75.00 and a dollar, from two hours before the start on; as agreed, whatever the service asks later."""
    booking = make.booking(service=make.service(policy=POLICY))
    api_client.post(f"{path_of(booking)}/confirm")
    api_client.patch(f"/services/{booking.session.service_id}", {"policy": {"cancellation_fee_cents": 7500}})

    def told(at: datetime) -> Any:
        answer = api_client.get(f"{path_of(booking)}/policy", at=at.isoformat())
        assert answer.status_code == 200
        return answer.json()

    def money(cents: int) -> dict[str, Any]:
        return {"amount_cents": cents, "currency": "USD"}

    late = told(hour(9))
    assert late == {
        "at": hour(9).isoformat(),
        "cancellation": {"allowed": True, "free_until": hour(8).isoformat(), "fee": money(1600)},
        "no_show": {"fee": money(7500)},
        "reschedule": {"allowed": True, "until": hour(9).isoformat(), "left": 2},
        "deposit": money(0),
    }
    assert told(hour(8))["cancellation"]["fee"] == money(0)
    assert told(hour(9) + timedelta(microseconds=1))["reschedule"]["allowed"] is False
    api_client.post(f"{path_of(booking)}/cancel")
    assert told(hour(9))["cancellation"]["allowed"] is told(hour(9))["reschedule"]["allowed"] is False
    assert api_client.get(f"{path_of(booking)}/policy").status_code == 200


# Each from a status in which it is allowed.
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "confirm": ("held", {}),
    "cancel": ("held", {}),
    "reschedule": ("held", {"starts_at": hour(14).isoformat()}),
    "approve": ("requested", {}),
    "decline": ("requested", {}),
    "complete": ("confirmed", {}),
    "no-show": ("confirmed", {}),
}


@pytest.mark.parametrize("verb", CHANGES)
def test_who_saw_an_older_version_changes_nothing(api_client: Api, make: Maker, verb: str) -> None:
    status, body = CHANGES[verb]
    path = path_of(make.booking(service=make.service(requires_approval=status == "requested")))
    seen = api_client.get(path)
    # What somebody else did meanwhile.
    if status == "confirmed":
        api_client.post(f"{path}/confirm")
    else:
        api_client.post(f"{path}/reschedule", {"starts_at": hour(11).isoformat()})
    now = api_client.get(path)

    def change(tag: str) -> Any:
        told: dict[str, Any] = {"content_type": "application/json", "headers": {"If-Match": tag}}
        return api_client.http.post(f"{ROOT}{path}/{verb}", json.dumps(body), **told)

    refused(change(seen["ETag"]), 412, "precondition_failed")
    assert api_client.get(path).json() == now.json()
    changed = change(now["ETag"])
    assert (changed.status_code, changed.json()["version"]) == (200, now.json()["version"] + 1)
    refused(change(now["ETag"]), 412, "precondition_failed")
