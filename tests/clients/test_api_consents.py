"""`/clients/{id}/consents`: it works; then one test per way to fail."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from clients.models import Consent
from tests.fixtures import Maker
from tests.rest import Api, refused

MISSING = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"
NEWS: dict[str, Any] = {"purpose": "marketing", "text_version": "2026-1", "method": "web_form"}


@pytest.fixture
def path(make: Maker) -> str:
    return f"/clients/{make.client().id}/consents"


def ago(**span: int) -> str:
    return (datetime.now(UTC) - timedelta(**span)).isoformat()


def told(api: Api, type: str) -> list[Any]:
    found = api.get("/analytics/events", event_type=type).json()["results"]
    return [(event["user"], event["data"]) for event in found]


def test_it_works(api_client: Api, path: str) -> None:
    created = api_client.post(path, NEWS | {"external_id": "form-1"})
    assert created.status_code == 201
    given = created.json()
    assert set(given) == {
        "id", "external_id", "created_at", "updated_at", "client", *NEWS, "given_at", "withdrawn_at", "withdrawn_how"
    }  # fmt: skip
    client = path.split("/")[2]
    assert given | NEWS == given
    assert (given["client"], given["external_id"]) == (client, "form-1")
    assert (given["given_at"], given["withdrawn_at"], given["withdrawn_how"]) == (given["created_at"], None, "")
    assert api_client.follow(created.headers["Location"]).json() == given
    assert api_client.get(path).json()["results"] == [given]

    ended = api_client.post(f"{path}/{given['id']}/withdraw", {"how": "email"}).json()
    assert ended["withdrawn_at"] == ended["updated_at"] > given["given_at"]
    assert ended == given | {name: ended[name] for name in ("withdrawn_at", "updated_at")} | {"withdrawn_how": "email"}
    said = {"purpose": "marketing", "version": "2026-1"}
    assert told(api_client, "client.consented") == [(client, said)]
    assert told(api_client, "client.consent_withdrawn") == [(client, said)]

    again = api_client.post(path, NEWS)
    assert again.status_code == 201
    assert [row["withdrawn_at"] is None for row in api_client.get(path).json()["results"]] == [True, False]


def test_what_is_live_is_not_given_again(api_client: Api, path: str) -> None:
    given = api_client.post(path, NEWS).json()
    refused(api_client.post(path, NEWS | {"method": "paper"}), 409, "consent_live")
    assert api_client.get(path).json()["results"] == [given]
    assert len(told(api_client, "client.consented")) == 1


def test_another_text_takes_the_place_of_the_one_before(api_client: Api, path: str) -> None:
    api_client.post(path, NEWS)
    assert api_client.post(path, NEWS | {"text_version": "2026-2"}).status_code == 201
    newer, older = api_client.get(path).json()["results"]
    assert (older["withdrawn_at"], older["withdrawn_how"]) == (newer["given_at"], "replaced")
    assert newer["withdrawn_at"] is None
    assert told(api_client, "client.consent_withdrawn") == []


def test_purposes_and_clients_do_not_touch_each_other(api_client: Api, make: Maker, path: str) -> None:
    other = f"/clients/{make.client().id}/consents"
    for where, purpose in ((path, "marketing"), (path, "photos"), (other, "marketing")):
        assert api_client.post(where, NEWS | {"purpose": purpose}).status_code == 201
    assert len(api_client.get(path).json()["results"]) == 2


def test_it_is_withdrawn_once(api_client: Api, path: str) -> None:
    withdraw = f"{path}/{api_client.post(path, NEWS).json()['id']}/withdraw"
    first = api_client.post(withdraw, {"how": "verbal"}).json()
    refused(api_client.post(withdraw, {"how": "email"}), 409, "consent_withdrawn")
    assert api_client.get(path).json()["results"] == [first]
    assert len(told(api_client, "client.consent_withdrawn")) == 1


def test_what_was_said_on_paper_is_entered_later(api_client: Api, path: str) -> None:
    given = api_client.post(path, NEWS | {"method": "paper", "given_at": ago(days=3)}).json()
    assert given["given_at"] < given["created_at"]
    withdraw = f"{path}/{given['id']}/withdraw"
    refused(
        api_client.post(withdraw, {"how": "paper", "withdrawn_at": ago(days=4)}),
        400,
        "validation_error",
        "withdrawn_at",
    )
    ended = api_client.post(withdraw, {"how": "paper", "withdrawn_at": ago(days=2)}).json()
    assert given["given_at"] < ended["withdrawn_at"] < ended["updated_at"]
    # A form that is found afterwards does not undo what was said after it was filled in.
    for version in ("2026-1", "2025-9"):
        late = NEWS | {"text_version": version, "given_at": ago(days=3)}
        refused(api_client.post(path, late), 400, "validation_error", "given_at")
    assert api_client.post(path, NEWS | {"given_at": ago(days=1)}).status_code == 201


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"purpose": "Marketing"}, "purpose", "invalid_slug"),
        ({"purpose": "x" * 51}, "purpose", "max_length"),
        ({"purpose": ""}, "purpose", "blank"),
        ({"text_version": ""}, "text_version", "blank"),
        ({"text_version": "x" * 51}, "text_version", "max_length"),
        ({"text_version": 1}, "text_version", "not_a_string"),
        ({"method": "telepathy"}, "method", "invalid_choice"),
        ({"method": "replaced"}, "method", "invalid_choice"),
        ({"given_at": "2026-09-01"}, "given_at", "invalid_time"),
        ({"given_at": "2199-01-01T00:00:00Z"}, "given_at", "validation_error"),
        ({"note": "said so at the bar"}, "note", "unknown_field"),
    ],
)
def test_wrong_fields_are_told(api_client: Api, path: str, changed: Any, field: str, code: str) -> None:
    (fault,) = refused(api_client.post(path, NEWS | changed), 400, "validation_error", field)["errors"]
    assert fault["code"] == code
    assert api_client.get(path).json()["results"] == []


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({}, "how"),
        ({"how": "replaced"}, "how"),
        ({"how": ""}, "how"),
        ({"how": "email", "withdrawn_at": "2199-01-01T00:00:00Z"}, "withdrawn_at"),
        ({"how": "email", "reason": "private"}, "reason"),
    ],
)
def test_a_withdrawal_says_how(api_client: Api, path: str, sent: Any, field: str) -> None:
    given = api_client.post(path, NEWS).json()
    refused(api_client.post(f"{path}/{given['id']}/withdraw", sent), 400, "validation_error", field)
    assert api_client.get(path).json()["results"] == [given]


def test_one_of_nobody_or_of_somebody_else_does_not_exist(api_client: Api, make: Maker, path: str) -> None:
    given = api_client.post(path, NEWS).json()["id"]
    other = f"/clients/{make.client().id}/consents"
    for where in (f"{path}/{MISSING}", f"{other}/{given}", f"/clients/{MISSING}/consents/{given}"):
        refused(api_client.get(where), 404, "not_found")
        refused(api_client.post(f"{where}/withdraw", {"how": "email"}), 404, "not_found")
    refused(api_client.get(f"/clients/{MISSING}/consents"), 404, "not_found")
    refused(api_client.post(f"/clients/{MISSING}/consents", NEWS), 404, "not_found")


def test_it_is_never_changed_nor_deleted(admin: Api, path: str) -> None:
    given = f"{path}/{admin.post(path, NEWS).json()['id']}"
    for method in ("put", "patch"):
        refused(getattr(admin, method)(given, {}), 405, "method_not_allowed")
    refused(admin.delete(given), 405, "method_not_allowed")


def test_who_may_only_read_gives_and_withdraws_nothing(api_client: Api, reader: Api, path: str) -> None:
    given = api_client.post(path, NEWS).json()
    assert reader.get(path).json()["results"] == [given]
    refused(reader.post(path, NEWS), 403, "permission_denied")
    refused(reader.post(f"{path}/{given['id']}/withdraw", {"how": "email"}), 403, "permission_denied")


def test_consents_go_with_a_client_who_is_removed_and_stay_with_one_who_stays(api_client: Api, make: Maker) -> None:
    removed, stays = make.client(), make.booking().client
    with organization_scope(make.organization, SYSTEM):
        for client in (removed, stays):
            clients.consent(client.id, **NEWS)
            clients.delete(client.id)
        assert [given.client_id for given in Consent.objects.all()] == [stays.id]
