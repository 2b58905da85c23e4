"""F1 in the audit: an erasure leaves the chain whole, and nothing of the person in it can be opened any more."""

import json
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from django.apps import apps
from django.db import connections

from authspine.audit.models import AuditEntry
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import SealBroken
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import auditing
from authspine.privacy.fields import Sealed, is_encrypted
from authspine.privacy.tags import TABLES
from clients.models import Client
from professionals.models import Professional
from tests.access.people import link_to
from tests.audit.chains import verify
from tests.audit.entries import entries
from tests.audit.test_tags import audited
from tests.factories import ClientFactory
from tests.privacy.canaries import everywhere, new_world
from tests.rest import new_key
from tests.servers import gunicorn


def sealed_values(entry: AuditEntry) -> Iterator[tuple[str, str]]:
    """Every ciphertext in an entry, with its column."""
    model = _model(entry)
    for field in model._meta.concrete_fields if model else ():
        value = entry.changes.get(field.column) if is_encrypted(field) else None
        for one in value if isinstance(value, list) else [value]:
            if one and one != "\\x":
                yield field.attname, one


def _model(entry: AuditEntry) -> Any:
    return apps.get_model(entry.resource) if "." in entry.resource else None


def opened(organization: Organization) -> list[str]:
    """What whoever has every key that there is can read in the entries."""
    found = []
    for entry in entries(organization):
        for name, value in sealed_values(entry):
            with organization_scope(organization, SYSTEM):
                model = _model(entry)
                # A row that is gone is made again: its place and whose key it is stand in the entry.
                row = model.objects.filter(pk=entry.row).first() or model(pk=entry.row, client_id=entry.person)
                row.__dict__[name] = Sealed(bytes.fromhex(value[2:]))
                try:
                    found.append(str(getattr(row, name)))
                except SealBroken:
                    continue
    return found


def test_f1_an_erasure_leaves_the_chain_whole_and_the_person_unreadable(organization: Organization) -> None:
    world = new_world(organization)
    auditing.extend(organization)
    before = {entry.id: (entry.changes, bytes(entry.hash or b"")) for entry in entries(organization)}
    # The control of the search: with the key everything that was ever written of the person opens.
    words = opened(organization)
    for word in ("name Ruiz", "notes", "first", "why", "nuts"):
        assert any(f"{world.mark}{word}" in text for text in words), word
    assert not any(canary in str(changes) for canary in world.canaries for changes, _ in before.values())

    assert world.api.post(f"/clients/{world.client}/erase").status_code == 200

    assert not [text for text in opened(organization) if any(canary in text for canary in world.canaries)]
    code, said, wrong = verify(organization)
    assert (code, wrong) == (0, []), said
    after = {entry.id: (entry.changes, bytes(entry.hash or b"")) for entry in entries(organization)}
    assert {number: after[number] for number in before} == before
    # That there was a client, with bookings and payments, stays to be answered for; so does who erased them.
    about = entries(organization, person=world.client)
    assert {"clients.Client", "bookings.Booking", "payments.PaymentIntent"} <= {entry.resource for entry in about}
    gone = next(entry for entry in reversed(about) if entry.resource == "clients.Client")
    assert gone.changes["erased_at"][0] is None
    assert gone.changes["data_key"] is None


def test_f1_a_client_without_a_past_goes_and_the_entries_stay(organization: Organization) -> None:
    world = new_world(organization)
    with organization_scope(organization, SYSTEM):
        other = ClientFactory(name=f"{world.mark} alone")
    assert world.api.delete(f"/clients/{other.id}").status_code == 204
    assert {"create", "delete"} <= {entry.verb for entry in entries(organization, row=other.id)}
    assert verify(organization)[0] == 0


def emptied(organization: Organization, erase: Any) -> dict[str, set[str]]:
    """The columns in which `erase` leaves nothing where something was, by table."""
    before = rows(organization)
    erase()
    after, found = rows(organization), {}
    for label, there in before.items():
        left = after[label]
        found[label] = {
            name
            for row, columns in there.items()
            if row in left
            for name, value in columns.items()
            if value not in NOTHING and left[row][name] in NOTHING
        }
    return found


NOTHING: tuple[Any, ...] = (None, "", "\\x", [], {})


def rows(organization: Organization) -> dict[str, dict[str, dict[str, Any]]]:
    """Every row of every audited table, as the triggers see them."""
    found = {}
    with connections["owner"].cursor() as cursor:
        for model in audited():
            if model is not Organization:
                cursor.execute(
                    f'SELECT it.id::text, to_jsonb(it) FROM "{model._meta.db_table}" it WHERE organization_id = %s',
                    [organization.id],
                )
                found[model._meta.label] = {row: json.loads(text) for row, text in cursor.fetchall()}
    return found


def clear(label: str, names: set[str]) -> set[str]:
    """Those that the audit would keep in clear by their tags alone."""
    model = apps.get_model(label)
    sealed = {field.column for field in model._meta.concrete_fields if is_encrypted(field)}
    return names - sealed - {*TABLES[label].hidden.split(), *TABLES[label].clear, "external_id"}


def test_f1_what_an_erasure_empties_is_in_no_entry_in_clear(organization: Organization) -> None:
    """Of people about whom all is known that can be."""
    world = new_world(organization)
    with organization_scope(organization, SYSTEM):
        now = clock.now()
        over = {"legal_hold_reference": "AZ 7", "legal_hold_at": now, "legal_hold_until": now - timedelta(days=2)}
        Client.objects.filter(id=world.client).update(**over)
        pro = Professional.objects.get(id=world.studio.professional.id)
        pro.bio, pro.license, pro.payment_account, pro.external_id = "bio", "L-1", "acct_1", "pro-1"
        pro.specialties, pro.years_of_experience, pro.metadata = ["knees"], 7, {"m": "meta"}
        pro.verified_at, pro.booking_limits = now, {"day": {"bookings": 8}}
        pro.save()
    people = {"clients.Client": world.client, "professionals.Professional": str(pro.id)}
    for label, person in people.items():
        known = rows(organization)[label][person]
        assert {name for name, value in known.items() if value in NOTHING} == {"deleted_at", "erased_at"}, label

    gone: dict[str, set[str]] = {}
    for path in (f"/clients/{world.client}/erase", f"/professionals/{pro.id}/erase"):
        for label, names in emptied(organization, lambda path=path: world.api.post(path)).items():
            gone[label] = gone.get(label, set()) | names
    assert {"name", "notes"} <= gone["clients.Client"]
    assert {"name", "booking_limits"} <= gone["professionals.Professional"]
    assert "notes" in gone["bookings.Booking"]
    assert {label: clear(label, names) for label, names in gone.items()} == {
        label: set(TABLES[label].emptied.split()) for label in gone
    }


def test_f1_from_where_a_client_came_is_in_no_entry(organization: Organization, tmp_path: Path) -> None:
    """The net address of whoever holds a link is the client's own; that of who has a key is kept."""
    world = new_world(organization)
    token, key = link_to(organization, UUID(world.booking)), new_key(organization)
    with gunicorn(tmp_path / "log", workers=1, threads=1) as address:
        asked = f"/api/platform/bookings/{world.booking}"
        for path, bearer, whence in (
            (f"/b/{token}", "", "127.0.0.77"),
            (asked, token, "127.0.0.77"),
            (asked, key, "127.0.0.78"),
        ):
            assert _asked_from(whence, address, path, bearer) == 200
    came = entries(organization, actor=f"client:{world.client}")
    assert came
    assert {(entry.address, entry.request_id) for entry in came} == {("", "asked-1")}
    assert entries(organization, address="127.0.0.78")
    auditing.extend(organization)
    assert world.api.post(f"/clients/{world.client}/erase").status_code == 200
    assert everywhere(organization, "127.0.0.77") == []
    assert verify(organization)[0] == 0


def _asked_from(whence: str, address: str, path: str, bearer: str) -> int:
    connection = HTTPConnection(urlsplit(address).netloc, source_address=(whence, 0))
    headers = {"X-Request-ID": "asked-1"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
    with closing(connection):
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
