"""`/clients/{id}/legal-hold`: it works; then one test per way to fail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from clients.models import Client
from tests.fixtures import Maker, new_organization
from tests.rest import Api, caller, refused

MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"


@pytest.fixture
def client(make: Maker) -> str:
    return f"/clients/{make.client().id}"


def told(api: Api, verb: str) -> int:
    return len(api.get("/analytics/events", event_type=f"client.legal_hold_{verb}").json()["results"])


def test_it_works(admin: Api, client: str) -> None:
    hold = f"{client}/legal-hold"
    refused(admin.get(hold), 404, "not_found")
    put = admin.put(hold, {"reference": "2026/114"})
    assert put.status_code == 200
    assert put.json() == {"reference": "2026/114", "until": None, "set_at": put.json()["set_at"]}
    assert admin.get(hold).json() == put.json()
    refused(admin.delete(client), 409, "legal_hold")

    gone = admin.delete(hold)
    assert (gone.status_code, gone.content) == (204, b"")
    refused(admin.get(hold), 404, "not_found")
    refused(admin.delete(hold), 404, "not_found")
    assert (told(admin, "set"), told(admin, "lifted")) == (1, 1)
    assert admin.delete(client).status_code == 204


def test_the_same_again_changes_nothing(admin: Api, client: str) -> None:
    asked = {"reference": "2026/114", "until": "2199-01-01"}
    first = admin.put(f"{client}/legal-hold", asked).json()
    changed = admin.get(client).json()["updated_at"]
    assert admin.put(f"{client}/legal-hold", asked).json() == first
    assert admin.get(client).json()["updated_at"] == changed
    assert told(admin, "set") == 1


def test_a_hold_that_goes_on_is_held_since_its_beginning(admin: Api, client: str) -> None:
    hold = f"{client}/legal-hold"
    first = admin.put(hold, {"reference": "2026/114"}).json()
    longer = admin.put(hold, {"reference": "2026/114", "until": "2199-01-01"}).json()
    assert longer == first | {"until": "2199-01-01"}
    assert admin.put(hold, {"reference": "2026/115"}).json()["set_at"] > first["set_at"]
    assert told(admin, "set") == 3


def test_a_client_with_bookings_is_not_taken_off_the_list_either(admin: Api, make: Maker) -> None:
    client = make.booking().client
    admin.put(f"/clients/{client.id}/legal-hold", {"reference": "2026/114"})
    refused(admin.delete(f"/clients/{client.id}"), 409, "legal_hold")
    with organization_scope(make.organization, SYSTEM):
        assert Client.objects.get(id=client.id).deleted_at is None


def test_what_is_on_file_of_one_who_is_held_stays(admin: Api, make: Maker) -> None:
    client = make.client()
    make.payment_method(client=client)
    admin.post(f"/clients/{client.id}/consents", {"purpose": "photos", "text_version": "1", "method": "paper"})
    admin.put(f"/clients/{client.id}/legal-hold", {"reference": "2026/114"})
    refused(admin.delete(f"/clients/{client.id}"), 409, "legal_hold")
    assert admin.get("/payments/methods", client=str(client.id)).json()["results"]
    assert admin.get(f"/clients/{client.id}/consents").json()["results"]


def test_the_last_date_counts_in_the_organizations_zone() -> None:
    """In Auckland the 11th begins at 11:00 UTC of the 10th."""
    organization = new_organization(timezone="Pacific/Auckland")
    admin, client = caller(organization, "admin"), Maker(organization).client()
    with time_machine.travel(datetime(2027, 1, 10, 10, 59, tzinfo=UTC), tick=False):
        held = admin.put(f"/clients/{client.id}/legal-hold", {"reference": "1", "until": "2027-01-10"})
        assert held.status_code == 200
        refused(admin.delete(f"/clients/{client.id}"), 409, "legal_hold")
    with time_machine.travel(datetime(2027, 1, 10, 11, tzinfo=UTC), tick=False):
        over = admin.put(f"/clients/{client.id}/legal-hold", {"reference": "2", "until": "2027-01-10"})
        refused(over, 400, "validation_error", "until")
        assert admin.get(f"/clients/{client.id}/legal-hold").json()["reference"] == "1"
        assert admin.delete(f"/clients/{client.id}").status_code == 204


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "reference"),
        ({"reference": " "}, "reference"),
        ({"reference": "x" * 101}, "reference"),
        ({"reference": "two\nlines"}, "reference"),
        ({"reference": "1", "until": "soon"}, "until"),
        ({"reference": "1", "until": (datetime.now(UTC) - timedelta(days=2)).date().isoformat()}, "until"),
        ({"reference": "1", "reason": "She sues us"}, "reason"),
    ],
)
def test_wrong_fields_are_told(admin: Api, client: str, sent: Any, field: str) -> None:
    refused(admin.put(f"{client}/legal-hold", sent), 400, "validation_error", field)
    refused(admin.get(f"{client}/legal-hold"), 404, "not_found")


def test_a_client_who_does_not_exist_is_not_held(admin: Api) -> None:
    refused(admin.get(f"/clients/{MISSING}/legal-hold"), 404, "not_found")
    refused(admin.put(f"/clients/{MISSING}/legal-hold", {"reference": "1"}), 404, "not_found")
    refused(admin.delete(f"/clients/{MISSING}/legal-hold"), 404, "not_found")


def test_it_takes_an_admin(admin: Api, api_client: Api, reader: Api, client: str) -> None:
    hold = f"{client}/legal-hold"
    refused(api_client.put(hold, {"reference": "1"}), 403, "permission_denied")
    admin.put(hold, {"reference": "1"})
    refused(api_client.delete(hold), 403, "permission_denied")
    assert reader.get(hold).json()["reference"] == "1"
