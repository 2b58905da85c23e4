"""Idempotency keys over HTTP: one effect and one answer, whoever asks again; named by the rows of the matrix."""

import hashlib
import json
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.idempotency import actions as idempotency_actions
from authspine.idempotency.actions import KEPT
from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict, Invalid, Missing, Stale, Unavailable
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from clients.models import Client
from tests.fixtures import Maker, new_organization
from tests.rest import Api, caller, refused

KEY = "8e03978e-40d5-43e8-bc93-6894a57f9324"
ANA = {"email": "ana@example.com", "name": "Ana"}
STUDIO = {"name": "Studio", "timezone": "UTC"}


def kept(organization: Organization) -> list[KeyedRequest]:
    with organization_scope(organization, SYSTEM):
        return list(KeyedRequest.objects.order_by("created_at", "id"))


def people(organization: Organization) -> int:
    with organization_scope(organization, SYSTEM):
        return Client.objects.count()


def alter(organization: Organization, **fields: Any) -> None:
    with organization_scope(organization, SYSTEM):
        KeyedRequest.objects.update(**fields)


def same(first: Any, again: Any) -> None:
    """The second is the first one's answer, byte for byte, and says so."""
    assert (again.status_code, again.content) == (first.status_code, first.content)
    for name in ("Content-Type", "Location", "ETag", "Cache-Control", "Vary", "Allow"):
        assert again.headers.get(name) == first.headers.get(name), name
    assert ("Idempotent-Replayed" in first.headers, again.headers["Idempotent-Replayed"]) == (False, "true")


def test_a_request_that_is_sent_again_gets_the_same_answer(api_client: Api, organization: Organization) -> None:
    first = api_client.post("/clients", ANA, key=KEY)
    assert first.status_code == 201
    assert "Location" in first.headers
    for path in ("/clients", "/clients/"):
        same(first, api_client.post(path, ANA, key=KEY))
    assert people(organization) == 1


def test_an_answer_with_a_tag_or_without_a_body_is_repeated_whole(api_client: Api, make: Maker) -> None:
    booking = make.booking()
    confirm = f"/bookings/{booking.id}/confirm"
    first = api_client.post(confirm, key=KEY)
    assert "ETag" in first.headers
    same(first, api_client.post(confirm, key=KEY))


def test_without_a_key_each_is_carried_out(api_client: Api, organization: Organization) -> None:
    for email in ("a@example.com", "b@example.com"):
        assert api_client.post("/clients", ANA | {"email": email}).status_code == 201
    assert (people(organization), kept(organization)) == (2, [])


@pytest.mark.parametrize("body", [ANA | {"name": "Anna"}, b'{"name": "Ana", "email": "ana@example.com"}', b""])
def test_a13_with_another_body_it_is_refused(api_client: Api, organization: Organization, body: Any) -> None:
    first = api_client.post("/clients", ANA, key=KEY)
    for _ in range(2):
        refused(api_client.post("/clients", body, key=KEY), 422, "idempotency_mismatch", "Idempotency-Key")
    same(first, api_client.post("/clients", ANA, key=KEY))
    assert people(organization) == 1


def test_a13_another_version_in_if_match_is_another_request(api_client: Api, make: Maker) -> None:
    booking = make.booking()
    confirm = f"/bookings/{booking.id}/confirm"
    tag = f'"{booking.version}-{booking.id}"'
    first = api_client.post(confirm, key=KEY, **{"If-Match": tag})
    assert first.status_code == 200
    same(first, api_client.post(confirm, key=KEY, **{"If-Match": tag}))  # and not a 412, though it is stale by now
    refused(api_client.post(confirm, key=KEY), 422, "idempotency_mismatch", "Idempotency-Key")


def test_a14_other_organizations_and_other_callers_are_independent(organization: Organization) -> None:
    other = new_organization()
    callers = [(organization, caller(organization)), (other, caller(other, "admin"))]
    answers = [api.post("/clients", ANA, key=KEY) for _, api in callers]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    for (whose, api), answer in zip(callers, answers, strict=True):
        same(answer, api.post("/clients", ANA, key=KEY))
        assert (people(whose), len(kept(whose))) == (1, 1)
    colleague = caller(organization).post("/clients", ANA, key=KEY)
    refused(colleague, 409, "email_exists", "email")
    assert "Idempotent-Replayed" not in colleague.headers


def test_a15_another_route_is_another_request(api_client: Api, make: Maker) -> None:
    first, second = make.booking(), make.booking()
    answers = [api_client.post(f"/bookings/{booking.id}/confirm", key=KEY) for booking in (first, second)]
    assert [answer.json()["id"] for answer in answers] == [str(first.id), str(second.id)]
    cancelled = api_client.post(f"/bookings/{first.id}/cancel", key=KEY)
    assert cancelled.json()["status"] == "cancelled"
    assert not [answer for answer in (*answers, cancelled) if "Idempotent-Replayed" in answer.headers]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE"])
def test_a15_another_method_takes_no_key(admin: Api, make: Maker, method: str) -> None:
    """Nobody is to believe in a protection that is not there."""
    path = "/verticals/beauty" if method == "PUT" else f"/clients/{make.client().id}"
    answer = admin.send(method, path, {}, headers={"Idempotency-Key": KEY})
    assert answer.status_code == 400
    if method != "HEAD":
        refused(answer, 400, "idempotency_key_not_taken", "Idempotency-Key")


@pytest.mark.parametrize("wrong", [{"name": "Ana"}, ANA | {"email": "nonsense"}, ANA | {"age": 3}, b"{", b"[]"])
def test_a16_what_has_the_wrong_shape_is_not_kept(api_client: Api, organization: Organization, wrong: Any) -> None:
    assert api_client.post("/clients", wrong, key=KEY).status_code == 400
    assert kept(organization) == []
    assert api_client.post("/clients", ANA, key=KEY).status_code == 201


def test_a16_nor_is_what_is_refused_before_it_is_looked_at(api_client: Api, reader: Api, make: Maker) -> None:
    refused(reader.post("/clients", ANA, key=KEY), 403, "permission_denied")
    refused(Api().post("/clients", ANA, key=KEY), 401, "not_authenticated")
    text = api_client.send("POST", "/clients", b"x", content_type="text/plain", headers={"Idempotency-Key": KEY})
    refused(text, 415, "unsupported_media_type")
    refused(api_client.post(f"/bookings/{make.booking().id}/confirm", {"x": 1}, key=KEY), 400, "validation_error", "x")
    assert kept(make.organization) == []


def test_what_the_state_of_things_refuses_is_an_answer(api_client: Api, organization: Organization) -> None:
    """It is not done later either, by a repetition that was on its way: a new try has a new key."""
    with organization_scope(organization, SYSTEM):
        there = clients.register(email=ANA["email"], name="Ana")
    first = api_client.post("/clients", ANA, key=KEY)
    refused(first, 409, "email_exists", "email")
    with organization_scope(organization, SYSTEM):
        clients.delete(there.id)
    same(first, api_client.post("/clients", ANA, key=KEY))
    assert api_client.post("/clients", ANA, key="another").status_code == 201
    missing = f"/bookings/{uuid.uuid4()}/confirm"
    same(api_client.post(missing, key=KEY), api_client.post(missing, key=KEY))


@pytest.mark.parametrize(
    ("error", "status", "is_kept"),
    [(Invalid(), 400, False), (Missing(), 404, True), (Conflict(), 409, True), (Stale(), 412, False),
     (Unavailable(), 503, False)],
)  # fmt: skip
def test_what_is_kept_of_refusals(
    api_client: Api,
    organization: Organization,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    status: int,
    is_kept: bool,
) -> None:
    """And none has an effect: what was written before it is undone."""
    register = clients.register

    def refuse(**fields: Any) -> Client:
        register(**fields)
        raise error

    monkeypatch.setattr(clients, "register", refuse)
    assert api_client.post("/clients", ANA, key=KEY).status_code == status
    assert people(organization) == 0
    monkeypatch.setattr(clients, "register", register)
    assert api_client.post("/clients", ANA, key=KEY).status_code == (status if is_kept else 201)


def test_a_fault_of_ours_is_never_kept(
    api_client: Api, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(**fields: Any) -> Client:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(clients, "register", crash)
        with pytest.raises(RuntimeError, match="a bug"):
            api_client.post("/clients", ANA, key=KEY)
    assert kept(organization) == []
    assert api_client.post("/clients", ANA, key=KEY).status_code == 201


def test_an_answer_that_cannot_be_kept_undoes_the_effect(
    api_client: Api, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second write fails, and the first is gone: never the one without the other."""

    def fail(*args: Any, **kwargs: Any) -> bool:
        raise Unavailable

    with monkeypatch.context() as patched:
        patched.setattr(idempotency_actions, "answer", fail)
        refused(api_client.post("/clients", ANA, key=KEY), 503, "unavailable")
    assert (people(organization), kept(organization)) == (0, [])


def test_while_it_is_carried_out_it_is_in_flight(
    api_client: Api, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The claim is committed before the handler runs, so that others see it."""
    register, seen = clients.register, list[Any]()
    with monkeypatch.context() as patched:
        # What another connection sees while this one is in the handler.
        def look(**fields: Any) -> Client:
            def ask() -> None:
                seen.append(api_client.post("/clients", ANA, key=KEY))
                seen.append(api_client.post("/clients", ANA | {"name": "B"}, key=KEY))
                connection.close()

            other = threading.Thread(target=ask)
            other.start()
            other.join()
            return register(**fields)

        patched.setattr(clients, "register", look)
        assert api_client.post("/clients", ANA, key=KEY).status_code == 201
    refused(seen[0], 409, "idempotency_in_flight", "Idempotency-Key")
    refused(seen[1], 422, "idempotency_mismatch", "Idempotency-Key")
    assert people(organization) == 1


def unanswered(organization: Organization, lease: timedelta) -> None:
    """As if the process had been killed within the handler."""
    alter(organization, status=None, headers=None, content=None, lease_until=clock.now() + lease)


def test_a_claim_is_taken_over_when_its_lease_has_run_out(api_client: Api, organization: Organization) -> None:
    assert api_client.post("/locations", STUDIO, key=KEY).status_code == 201
    unanswered(organization, timedelta(seconds=30))
    refused(api_client.post("/locations", STUDIO, key=KEY), 409, "idempotency_in_flight", "Idempotency-Key")
    unanswered(organization, timedelta(0))
    refused(
        api_client.post("/locations", STUDIO | {"name": "B"}, key=KEY), 422, "idempotency_mismatch", "Idempotency-Key"
    )
    again = api_client.post("/locations", STUDIO, key=KEY)
    assert (again.status_code, "Idempotent-Replayed" in again.headers) == (201, False)
    same(again, api_client.post("/locations", STUDIO, key=KEY))
    assert [row.run for row in kept(organization)] == [2]


def test_whoever_was_overtaken_commits_nothing(
    api_client: Api, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its lease ran out while it was at work, and somebody else has the claim."""
    register = clients.register

    def dawdle(**fields: Any) -> Client:
        KeyedRequest.objects.update(run=2)
        return register(**fields)

    monkeypatch.setattr(clients, "register", dawdle)
    refused(api_client.post("/clients", ANA, key=KEY), 409, "idempotency_in_flight", "Idempotency-Key")
    assert people(organization) == 0


def test_after_thirty_days_it_is_a_new_request(api_client: Api, organization: Organization) -> None:
    first = api_client.post("/locations", STUDIO, key=KEY)
    alter(organization, created_at=clock.now() - KEPT + timedelta(minutes=1))
    same(first, api_client.post("/locations", STUDIO, key=KEY))
    alter(organization, created_at=clock.now() - KEPT)
    again = api_client.post("/locations", STUDIO | {"name": "Other"}, key=KEY)
    assert (again.status_code, again.json()["name"]) == (201, "Other")
    same(again, api_client.post("/locations", STUDIO | {"name": "Other"}, key=KEY))


GARBAGE = ["", " ", "a b", "a,b", "x" * 256, "é", "a\tb", "\x7f", "☃"]


@pytest.mark.parametrize("key", GARBAGE)
def test_d16_what_is_no_key_is_refused(api_client: Api, organization: Organization, key: str) -> None:
    answer = api_client.post("/clients", ANA, key=key)
    refused(answer, 400, "bad_idempotency_key", "Idempotency-Key")
    assert (people(organization), kept(organization)) == (0, [])


@pytest.mark.parametrize("key", ["!", "~", "x" * 255, '"8e03978e"', "a;b=c/%"])
def test_every_visible_character_is_taken(api_client: Api, key: str) -> None:
    same(api_client.post("/clients", ANA, key=key), api_client.post("/clients", ANA, key=key))


def test_a_request_without_a_body_has_a_key_as_well(api_client: Api, make: Maker) -> None:
    confirm = f"/bookings/{make.booking().id}/confirm"
    first = api_client.send("POST", confirm, b"", headers={"Idempotency-Key": KEY})
    same(first, api_client.send("POST", confirm, b"", headers={"Idempotency-Key": KEY}))


def test_an_import_has_a_key_as_well(admin: Api, organization: Organization) -> None:
    """A journey with one long scope of its own: the report is kept in it."""
    document = {"clients": [{"id": "c1", "email": "ana@example.com", "name": "Ana"}]}
    first = admin.post("/import", document, key=KEY)
    assert first.json()["imported"]["clients"] == 1
    same(first, admin.post("/import", document, key=KEY))


def test_nothing_of_the_request_is_kept_but_a_digest(api_client: Api, organization: Organization) -> None:
    api_client.post("/clients", ANA, key=KEY)
    [row] = kept(organization)
    told = [str(value) for name, value in vars(row).items() if name != "content"]
    assert not [text for text in told if "ana" in text.lower()]
    assert (row.method, row.route, row.key, row.status) == ("POST", "/api/platform/clients", KEY, 201)
    assert row.principal.startswith("key:")


def statements(api: Api, key: str | None, email: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert api.post("/clients", ANA | {"email": email}, key=key).status_code == 201
    return [query["sql"] for query in captured.captured_queries]


def test_a_key_costs_two_statements(api_client: Api) -> None:
    """The claim, with BEGIN, COMMIT and the scope around it, and the answer in the scope of the effect."""
    statements(api_client, None, "first@example.com")
    plain = statements(api_client, None, "second@example.com")
    keyed = statements(api_client, KEY, "third@example.com")
    assert len([sql for sql in keyed if "idempotency_keyedrequest" in sql]) == 2
    assert len(keyed) == len(plain) + 2 + 3
    with CaptureQueriesContext(connection) as captured:
        assert api_client.post("/clients", ANA | {"email": "third@example.com"}, key=KEY).status_code == 201
    assert len([one for one in captured.captured_queries if "idempotency_keyedrequest" in one["sql"]]) == 2


def test_what_was_sent_cannot_be_found_by_trying(api_client: Api, organization: Organization) -> None:
    """The digest is made with a key: who has the table, and not the keys, has nothing to compare a guess with."""
    body = {"name": "Ana", "email": "ana@example.com"}
    assert api_client.post("/clients", body, key="a-key").status_code == 201
    digest = hashlib.sha256()
    for part in (b"write key", b"", b"", json.dumps(body).encode()):
        digest.update(b"%d:%b" % (len(part), part))
    with organization_scope(organization, SYSTEM):
        assert KeyedRequest.objects.get(key="a-key").fingerprint != digest.hexdigest()
