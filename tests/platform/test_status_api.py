"""The status over HTTP."""

from tests.fixtures import Maker
from tests.rest import Api, refused


def test_it_tells_what_there_is(reader: Api, make: Maker) -> None:
    make.client()
    told = reader.get("").json()
    assert list(told) == ["version", "database", "modules", "verticals", "counts"]
    assert told["counts"] == {"clients": 1, "professionals": 0, "services": 0, "bookings": 0, "events": 2}
    assert told["modules"]["bookings"] == "ok"


def test_strangers_are_told_nothing() -> None:
    refused(Api().get(""), 401, "not_authenticated")
