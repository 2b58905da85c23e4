"""Filters over HTTP: one that is blank asks for nothing, which is never what its sender meant."""

import pytest

from tests.rest import Api, refused


@pytest.mark.parametrize("value", ["", " "])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/clients", "email"),
        ("/services", "vertical"),
        ("/services", "professional"),
        ("/services", "active"),
        ("/professionals", "vertical"),
        ("/professionals", "verified"),
        ("/bookings", "status"),
        ("/bookings", "client"),
        ("/bookings", "starts_after"),
        ("/analytics/events", "event_type"),
        ("/analytics/events", "session_id"),
        ("/analytics/events", "user"),
        ("/analytics/events", "start"),
        ("/analytics", "session_id"),
    ],
)
def test_a_blank_filter_is_refused(api_client: Api, path: str, name: str, value: str) -> None:
    refused(api_client.get(path, **{name: value}), 400, "validation_error", name)


@pytest.mark.parametrize("path", ["/clients", "/professionals", "/services"])
def test_a_blank_search_finds_everything(api_client: Api, path: str) -> None:
    """As an empty search box does."""
    for value in ("", " "):
        assert api_client.get(path, search=value).status_code == 200
