"""A client's whole life, told with canaries; then all that was written down is searched for them."""

import uuid
from typing import Any

import pytest
from django.db import connections

from tests import canaries
from tests.canaries import EMAIL, NAME, NOTES, PHONE, REASON
from tests.factories import hour
from tests.rest import Api


@pytest.fixture
def owner() -> Any:
    with canaries.owner(str(connections["default"].settings_dict["NAME"])) as connection:
        yield connection


def live(api: Api) -> str:
    """Everything that a program tells of a client; the client's id."""
    keyed = {"key": uuid.uuid4().hex}
    who = {"name": NAME, "email": EMAIL, "phone": PHONE, "notes": NOTES, "metadata": {"note": NOTES}}
    client = api.post("/clients", who, **keyed).json()["id"]
    assert api.post("/clients", who, **keyed).json()["name"] == NAME
    assert api.post("/clients", who).status_code == 409
    pro = {"name": "P", "email": f"pro{EMAIL}", "vertical": "beauty", "metadata": {"private": PHONE}}
    professional = api.post("/professionals", pro).json()["id"]
    api.post(f"/professionals/{professional}/verify")
    away = {"starts_at": hour(30).isoformat(), "ends_at": hour(31).isoformat(), "reason": REASON}
    assert api.post(f"/professionals/{professional}/time-off", away).status_code == 201
    service = {
        "professional": professional,
        "name": "Cut",
        "duration_minutes": 60,
        "price": {"amount_cents": 5000, "currency": "USD"},
    }
    service_id = api.post("/services", service).json()["id"]
    booking = {"client": client, "service": service_id, "starts_at": hour(10).isoformat(), "notes": NOTES}
    held = api.post("/bookings", booking, key=uuid.uuid4().hex)
    assert held.json()["notes"] == NOTES
    api.post(f"/bookings/{held.json()['id']}/confirm")
    cancelled = api.post(f"/bookings/{held.json()['id']}/cancel", {"reason": REASON})
    assert cancelled.json()["cancellation_reason"] == REASON
    return str(client)


def read(api: Api, client: str) -> None:
    """Everything comes back out, and is found."""
    for typed in ("cana quet", "5550987", EMAIL):
        assert [row["id"] for row in api.get("/clients", search=typed).json()["results"]] == [client]
    assert api.get(f"/clients/{client}").json()["phone"] == PHONE
    assert api.get("/bookings", client=client).json()["results"][0]["notes"] == NOTES


def test_e26_no_table_holds_a_canary(api_client: Api, owner: Any) -> None:
    read(api_client, live(api_client))
    assert canaries.found(owner, canaries.ALL) == set()


def test_what_stands_in_clear_is_found(api_client: Api, owner: Any) -> None:
    """The control: the search does see what is there."""
    api_client.post("/analytics/events", {"type": "shop.visited", "data": {"said": NAME, "ñ": "Ana García"}})
    found = canaries.found(owner, [NAME, "Ana García"])
    assert found == {("analytics_analyticsevent", NAME), ("analytics_analyticsevent", "Ana García")}
    owner.execute("DELETE FROM analytics_analyticsevent WHERE type = 'shop.visited'")
