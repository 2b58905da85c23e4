"""A sealed export: what is known of people opens with its key, in its place, and nowhere else."""

import base64
import json
from collections.abc import Callable, Iterator
from itertools import islice, repeat
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import Organization, User
from authspine.kernel import strict_json
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import Key, new_key
from authspine.kernel.errors import Invalid
from authspine.kernel.ids import new_id
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator.exporting.sealing import (
    FIELDS,
    MODELS,
    ExportKeyWanted,
    Seal,
    personal_fields,
    read_key,
    sealed_sections,
)
from authspine.orchestrator.importing import IMPORTERS, size
from authspine.privacy import blind
from clients.models import Client
from payments.models import RefundRequest
from tests.fixtures import new_organization
from tests.journeys.documents import (
    at,
    booking,
    bring_in,
    client,
    copy,
    document,
    professional,
    refund,
    refusals,
    taken_out,
)

KEY = new_key()

# What has something encrypted and is in no export, each with its reason.
NEVER_TOLD = {
    KeyedRequest: "answers of this installation to its own callers",
    RefundRequest: "names people who can sign in here",
}


def canary(kind: str, field: str) -> str:
    return f"canary.{kind}.{field}@example.com"


def told(kind: str) -> dict[str, Any]:
    """A value for everything that is personal in this kind: none can be forgotten."""
    if kind == "intake_answers":
        answer = canary(kind, "content")
        return {"content": [{"id": "wash", "prompt": "Wash?", "type": "text", "answer": answer}]}
    columns = {name: MODELS[kind]._meta.get_field(name) for name in FIELDS[kind]}
    return {
        name: {"canary": [canary(kind, name), "ß 佐藤"]}
        if type(column).__name__ == "EncryptedJSON"
        else canary(kind, name)
        for name, column in columns.items()
    }


def canaries() -> dict[str, Any]:
    away = {"id": "o1", "starts_at": at(20), "ends_at": at(21), **told("time_off")}
    answers = {"id": "n1", **told("intake_answers")}
    cancelled = booking("b2", 11, status="cancelled", intake_answers=[answers], **told("bookings"))
    return document(
        clients=[client(**told("clients")), client("c2")],
        professionals=[professional(time_off=[away], **told("professionals"))],
        bookings=[booking(), cancelled],
        refunds=[refund(**told("refunds"))],
    )


@pytest.fixture
def found(organization: Organization) -> dict[str, Any]:
    """A sealed export, parsed."""
    assert bring_in(organization, canaries())["refused"] == []
    sealed: dict[str, Any] = strict_json.loads(taken_out(organization, key=KEY))
    return sealed


def test_whatever_is_encrypted_here_is_sealed_there() -> None:
    """Nobody has to remember it: what comes over by an importer and has an encrypted column is sealed."""
    carried = {importer.kind: importer.model for importer in IMPORTERS.values()}
    for importer in IMPORTERS.values():
        carried |= importer.contains
    assert {kind: model for kind, model in carried.items() if personal_fields(model)} == MODELS
    encrypted = {model for model in apps.get_models() if issubclass(model, TenantModel) and personal_fields(model)}
    assert encrypted == {*MODELS.values(), *NEVER_TOLD}
    assert FIELDS["clients"] == ["email", "name", "phone", "preferences", "metadata", "notes"]


def test_a_sealed_export_tells_of_nobody(organization: Organization) -> None:
    bring_in(organization, canaries())
    clear, sealed = taken_out(organization), taken_out(organization, key=KEY)
    missing = [f"{kind}.{name}" for kind, names in FIELDS.items() for name in names if canary(kind, name) not in clear]
    assert missing == []
    assert "canary" not in sealed
    assert "佐藤" not in sealed
    assert base64.b64encode(KEY.secret).decode() not in sealed
    assert taken_out(organization, key=KEY) != sealed


def test_its_head_says_under_which_key(found: dict[str, Any]) -> None:
    assert list(found)[:3] == ["format", "version", "sealed"]
    assert (found["format"], found["version"]) == ("auth-spine", 1)
    assert found["sealed"].keys() == {"document", "key"}
    assert found["sealed"]["key"] == KEY.id.hex()


def test_opened_it_is_the_one_in_clear(organization: Organization, found: dict[str, Any]) -> None:
    seal, clear = Seal.of(found.pop("sealed"), KEY), copy(organization)
    opened = {
        kind: [seal.opened(kind, record) for record in records] if isinstance(records, list) else records
        for kind, records in found.items()
    }
    assert opened == clear
    assert opened != found


def test_it_comes_in_with_its_key(organization: Organization, found: dict[str, Any]) -> None:
    twin = new_organization()
    first, second = bring_in(twin, found, key=KEY), bring_in(twin, found, key=KEY)
    assert first["refused"] == second["refused"] == []
    assert first["imported"] == second["unchanged"]
    with organization_scope(twin, SYSTEM):
        email = canary("clients", "email")
        there = Client.objects.get(email_key=blind.email_index(Client, email))
        assert (there.email, there.notes) == (email, canary("clients", "notes"))
        assert there.user_id == User.objects.get_by_natural_key(email).id
    assert personal(copy(twin)) == personal(copy(organization))


def personal(found: dict[str, Any]) -> list[str]:
    """What a document in clear says of people, whatever the ids."""
    inside = [("time_off", found["professionals"]), ("intake_answers", found["bookings"])]
    lists = {kind: found[kind] for kind in FIELDS.keys() & found.keys()}
    lists |= {kind: [part for record in holders for part in record[kind]] for kind, holders in inside}
    assert lists.keys() == FIELDS.keys()
    return sorted(
        str([kind, *(record[name] for name in FIELDS[kind])]) for kind, records in lists.items() for record in records
    )


@pytest.mark.parametrize("key", [None, new_key()], ids=["none", "another"])
def test_without_its_key_nothing_is_written(found: dict[str, Any], key: Key | None) -> None:
    twin = new_organization()
    before, logins = taken_out(twin), User.objects.count()
    with pytest.raises(ExportKeyWanted, match=f"sealed under the key {KEY.id.hex()}") as refusal:
        bring_in(twin, found, key=key)
    assert refusal.value.field == "Export-Key"
    with pytest.raises(ExportKeyWanted):
        size(found, key)
    assert (taken_out(twin), User.objects.count()) == (before, logins)


def test_a_key_that_nothing_needs_is_no_fault(organization: Organization) -> None:
    assert bring_in(organization, document(), key=KEY)["refused"] == []


@pytest.mark.parametrize(
    "head", [None, "yes", {}, {"document": "d", "key": "k"}, {"document": str(new_id()), "key": 1}, {"key": "k"}]
)
def test_a_head_that_is_none_is_refused(organization: Organization, head: Any) -> None:
    with pytest.raises(Invalid, match="sealed: must be the id") as refusal:
        bring_in(organization, document() | {"sealed": head}, key=KEY)
    assert refusal.value.field == "sealed"


def flipped(value: Any) -> Any:
    raw = bytearray(base64.b64decode(value["sealed"]))
    raw[-1] ^= 1
    return {"sealed": base64.b64encode(raw).decode()}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (flipped, "does not open"),
        (lambda value: {"sealed": value["sealed"][:-8]}, "does not open"),
        (lambda value: {"sealed": ""}, "does not open"),
        (lambda value: {"sealed": "é"}, "does not open"),
        (lambda value: {"sealed": None}, "does not open"),
        (lambda value: {"sealed": 7}, "does not open"),
        (lambda value: value | {"more": 1}, "stands in clear"),
        (lambda value: "Somebody else", "stands in clear"),
        (lambda value: 7, "stands in clear"),
    ],
)
def test_a_damaged_value_is_refused_with_its_place(
    found: dict[str, Any], change: Callable[[Any], Any], why: str
) -> None:
    twin = new_organization()
    record = found["clients"][0]
    record["name"] = change(record["name"])
    away = found["professionals"][0]["time_off"][0]
    away["reason"] = change(away["reason"])
    report = bring_in(twin, found, key=KEY)
    details = {(one["kind"], one["id"]): one["detail"] for one in report["refused"]}
    assert details["clients", record["id"]].startswith(f"name: {why}")
    assert details["professionals", found["professionals"][0]["id"]].startswith(f"time_off.0.reason: {why}")
    assert {one["code"] for one in report["refused"]} <= {"validation_error", "not_found"}
    assert report["imported"]["clients"] == 1
    assert "canary" not in json.dumps(report)


def test_people_are_not_asked_for_one_by_one(organization: Organization) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            taken_out(organization, key=KEY)
        return len(captured)

    bring_in(organization, canaries())
    taken_out(organization, key=KEY)
    before = statements()
    numbers = range(10, 18)
    more = {
        "clients": [client(f"c{n}") for n in numbers],
        "bookings": [booking(f"b{n}", n, client=f"c{n}", notes="Left the keys") for n in numbers],
    }
    assert bring_in(organization, document(**more))["imported"]["bookings"] == len(numbers)
    assert statements() == before


def test_a_damaged_email_makes_no_login(found: dict[str, Any]) -> None:
    found["clients"][0]["email"] = flipped(found["clients"][0]["email"])
    before = User.objects.count()
    report = bring_in(new_organization(), found, key=KEY)
    assert ("clients", found["clients"][0]["id"], "validation_error") in refusals(report)
    assert User.objects.count() == before


# By themselves, without a database.

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def records(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """A record with anything in what is personal, and something else beside it."""
    record: dict[str, Any] = {"id": str(draw(st.uuids())), "external_id": draw(TEXTS)}
    record |= {name: draw(TEXTS | st.dictionaries(TEXTS, VALUES, max_size=3)) for name in FIELDS[kind]}
    inside = {"professionals": "time_off", "bookings": "intake_answers"}.get(kind)
    return record | ({inside: draw(st.lists(records(inside), max_size=2))} if inside else {})


@given(st.sampled_from(sorted(FIELDS)).flatmap(lambda kind: st.tuples(st.just(kind), records(kind))))
def test_whatever_it_says_it_says_again(given: tuple[str, dict[str, Any]]) -> None:
    kind, record = given
    before, seal = json.dumps(record), Seal.new(KEY)
    written = json.loads(json.dumps(seal.sealed(kind, record)))
    assert all(not written[name] or set(written[name]) == {"sealed"} for name in FIELDS[kind])
    assert written["external_id"] == json.loads(before)["external_id"]
    assert json.dumps(Seal.of(seal.head(), KEY).opened(kind, written)) == before


def test_a_value_opens_in_its_own_place_alone() -> None:
    seal, id = Seal.new(KEY), str(new_id())
    moved = seal.sealed("clients", dict.fromkeys(FIELDS["clients"], "") | {"id": id, "name": "Ana"})["name"]
    assert seal.opened("clients", {"id": id, "name": moved})["name"] == "Ana"
    other = Seal(KEY, UUID(int=7))
    for reader, kind, field, record in (
        (seal, "clients", "notes", id),
        (seal, "bookings", "notes", id),
        (seal, "clients", "name", str(new_id())),
        (seal, "clients", "name", "c1"),
        (seal, "clients", "name", None),
        (other, "clients", "name", id),
        (Seal(new_key(), UUID(seal.head()["document"])), "clients", "name", id),
    ):
        with pytest.raises(Invalid, match=f"{field}: does not open"):
            reader.opened(kind, {"id": record, field: moved})


def test_records_are_sealed_as_they_are_read() -> None:
    """One at a time: of a section without an end, too, the first come out."""

    def endless() -> Iterator[dict[str, Any]]:
        for number in repeat(7):
            yield dict.fromkeys(FIELDS["refunds"], "Late") | {"id": str(UUID(int=number))}

    [(kind, told)] = sealed_sections(Seal.new(KEY), [("refunds", endless())])
    assert kind == "refunds"
    assert [list(record["reason"]) for record in islice(told, 3)] == [["sealed"]] * 3


@pytest.mark.parametrize(
    "text", ["", "a", "é" * 44, base64.b64encode(bytes(31)).decode(), "A" * 43, "A" * 42 + "==" + "\0"]
)
def test_what_is_no_key_is_refused_and_not_quoted(text: str) -> None:
    with pytest.raises(Invalid, match=r"^The key of an export is 32 random bytes in base64\.$"):
        read_key(text)


def test_a_key_is_read_in_both_alphabets() -> None:
    secret = bytes(range(223, 255))
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert read_key(encode(secret).decode() + "\n").secret == secret
