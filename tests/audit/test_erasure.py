"""F1 in the audit: an erasure leaves the chain whole, and nothing of the person in it can be opened any more."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps

from authspine.audit.models import AuditEntry
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import SealBroken
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import auditing
from authspine.privacy.fields import Sealed, is_encrypted
from tests.audit.chains import verify
from tests.audit.entries import entries
from tests.factories import ClientFactory
from tests.privacy.canaries import new_world


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
    auditing.prove(organization)
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
