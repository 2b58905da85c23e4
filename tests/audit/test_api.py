"""The audit over HTTP: filters, pages, and nothing that is sealed is opened."""

import pytest

from authspine.identity.models import Organization
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import auditing
from clients.models import Client
from tests.audit.entries import entries
from tests.audit.test_writes import STAFF
from tests.fixtures import Maker
from tests.rest import Api


def asked(api: Api, **filters: str) -> list[dict[str, object]]:
    response = api.get("/audit", **filters)
    assert response.status_code == 200, response.content
    found: list[dict[str, object]] = response.json()["results"]
    return found


def test_an_entry_is_told_without_opening_it(organization: Organization, make: Maker, admin: Api) -> None:
    client = make.client(name="Ana García", phone="")
    (made,) = asked(admin, resource="clients.Client", verb="create")
    told = made["changes"]
    assert isinstance(told, dict)
    assert told["name"] == told["email"] == {"sealed": True}
    assert told["phone"] is None
    assert told["data_key"] == told["tokens"] == told["external_id"] == {"withheld": True}
    assert told["user_id"] == told["legal_hold_reference"] == {"withheld": True}
    assert told["erased_at"] is None
    assert (made["row"], made["person"], made["people"]) == (str(client.id), str(client.id), None)
    with organization_scope(organization, STAFF):
        row = Client.objects.get(id=client.id)
        row.name, row.legal_hold_reference, row.legal_hold_at = "Ana", "A-1", row.created_at
        row.deleted_at = row.created_at
        row.save()
    (changed,) = asked(admin, resource="clients.Client", verb="change")
    told = changed["changes"]
    assert isinstance(told, dict)
    assert told["name"] == [{"sealed": True}, {"sealed": True}]
    assert told["legal_hold_reference"] == {"withheld": True}
    assert told["deleted_at"][0] is None
    assert told["deleted_at"][1].startswith(f"{row.created_at:%Y-%m-%dT%H}")


def test_it_is_chained_after_a_while(organization: Organization, admin: Api) -> None:
    assert {(one["number"], one["hash"]) for one in asked(admin)} == {(None, None)}
    auditing.extend(organization)
    hashes = {entry.number: bytes(entry.hash or b"").hex() for entry in entries(organization)}
    assert {one["number"]: one["hash"] for one in asked(admin, limit="200")} == hashes


def test_the_filters(organization: Organization, make: Maker, admin: Api) -> None:
    client, other = make.client(), make.client()
    with organization_scope(organization, STAFF):
        Client.objects.filter(id=client.id).update(legal_hold_reference="A", legal_hold_at=client.created_at)
    admin.get("/clients")
    assert {one["row"] for one in asked(admin, row=str(client.id))} == {str(client.id)}
    assert len(asked(admin, row=str(client.id))) == 2
    assert [one["verb"] for one in asked(admin, person=str(other.id))] == ["read", "create"]
    assert [one["verb"] for one in asked(admin, actor=str(STAFF))] == ["change"]
    assert [one["people"] for one in asked(admin, verb="read")] == [[str(other.id), str(client.id)]]
    assert asked(admin, request_id="nothing") == []
    at = str(asked(admin, verb="read")[0]["at"])
    assert [one["verb"] for one in asked(admin, after=at)] == ["read"]
    assert at not in {one["at"] for one in asked(admin, before=at)}
    assert asked(admin, resource="clients.Client", person=str(client.id), verb="delete") == []


@pytest.mark.parametrize(
    ("parameter", "value"), [("verb", "look"), ("row", "x"), ("person", "1"), ("after", "yesterday"), ("who", "me")]
)
def test_what_cannot_be_asked(admin: Api, parameter: str, value: str) -> None:
    assert admin.get("/audit", **{parameter: value}).status_code == 400


def test_its_pages_meet(organization: Organization, make: Maker, admin: Api) -> None:
    for _ in range(3):
        make.client()
    found, answer = [], admin.get("/audit", limit="7").json()
    found += answer["results"]
    while answer["next"]:
        answer = admin.follow(answer["next"]).json()
        found += answer["results"]
    assert len(found) == len(entries(organization))


def test_e9_another_organization_sees_nothing_of_it(
    organization: Organization, make: Maker, admin: Api, stranger: Api
) -> None:
    client = make.client()
    admin.get(f"/clients/{client.id}")
    for filters in ({"row": str(client.id)}, {"person": str(client.id)}):
        assert asked(admin, **filters)
        assert asked(stranger, **filters) == []
    assert stranger.get(f"/clients/{client.id}/access-log").status_code == 404
    assert str(client.id) not in stranger.get("/audit").content.decode()


def test_the_audit_itself_is_looked_at_without_an_entry(organization: Organization, admin: Api) -> None:
    before = len(entries(organization))
    asked(admin)
    assert len(entries(organization)) == before
