"""A day that falls out, over HTTP: it works; then one test per way to fail."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.factories import hour, working_day
from tests.fixtures import Maker
from tests.rest import Api, refused

MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"
DAY = working_day().date()


def fall_out(api: Api, professional: Any, on: date = DAY, **told: Any) -> Any:
    return api.post(f"/professionals/{professional}/cancel-day", {"date": on.isoformat()} | told)


def test_it_works(api_client: Api, make: Maker) -> None:
    """Two of a class and one later on go, in order of time, each with the client who must be told."""
    ben = make.client(name="Ben", email="ben@example.com", phone="+49 30 5550199")
    service = make.service(capacity=2)
    sat = [
        make.booking(service=service, starts_at=at, client=client)
        for at, client in ((hour(15), ben), (hour(10), ben), (hour(10), make.client()))
    ]
    next_day = make.booking(service=service, starts_at=hour(10) + timedelta(days=7))
    answer = fall_out(api_client, service.professional_id, reason="Ill")
    assert answer.status_code == 200
    day = answer.json()
    assert (list(day), day["date"], day["timezone"]) == (["date", "timezone", "bookings"], DAY.isoformat(), "UTC")
    assert [one["id"] for one in day["bookings"]] == [str(sat[number].id) for number in (1, 2, 0)]
    assert day["bookings"][2] == {
        "id": str(sat[0].id),
        "starts_at": hour(15).isoformat(),
        "service": str(service.id),
        "client": {"id": str(ben.id), "name": "Ben", "email": "ben@example.com", "phone": "+49 30 5550199"},
    }
    for one in sat:
        gone = api_client.get(f"/bookings/{one.id}").json()
        assert (gone["status"], gone["cancelled_by"], gone["cancellation_reason"]) == ("cancelled", "key", "Ill")
    assert api_client.get(f"/bookings/{next_day.id}").json()["status"] == "held"
    assert fall_out(api_client, service.professional_id).json()["bookings"] == []


def test_the_date_is_one_of_the_professionals_clock(api_client: Api, make: Maker) -> None:
    """What is in the morning of the day after in Auckland is still on the day before in UTC."""
    service = make.service(professional=make.professional(timezone="Pacific/Auckland"))
    booking = make.booking(service=service, starts_at=hour(22), override=True)
    assert fall_out(api_client, service.professional_id).json()["bookings"] == []
    day = fall_out(api_client, service.professional_id, DAY + timedelta(days=1)).json()
    assert (day["timezone"], [one["id"] for one in day["bookings"]]) == ("Pacific/Auckland", [str(booking.id)])


@pytest.mark.parametrize("on", [date(1970, 1, 1), date(2200, 12, 31)])
def test_the_first_and_the_last_day_there_are(api_client: Api, make: Maker, on: date) -> None:
    assert fall_out(api_client, make.professional().id, on).json()["bookings"] == []


def test_of_nobody(api_client: Api) -> None:
    refused(fall_out(api_client, MISSING), 404, "not_found")


@pytest.mark.parametrize("told", [{"date": None}, {"date": "today"}, {"reason": "x" * 501}, {"client": MISSING}])
def test_a_day_of_the_wrong_shape(api_client: Api, make: Maker, told: dict[str, Any]) -> None:
    refused(fall_out(api_client, make.professional().id, **told), 400, "validation_error", *told)
