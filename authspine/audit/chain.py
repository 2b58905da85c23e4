"""The chain of an organization's entries: made in batches, and proved by reading all of it.

It proves what was numbered: what is changed, removed or put in afterwards does not fit the hashes around it. Whoever
owns the database can make the whole chain anew, which no table can show; hence the heads, to be kept elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import connection

from authspine.audit.heads import Head
from authspine.audit.seals import TEXT
from authspine.kernel import tenancy

# So many entries a transaction: a third of a second, so that nobody waits for the lock for long.
BATCH: Final = 5_000
# More than this is not told one by one.
MOST_TOLD: Final = 20

_STORED: Final = (
    f"SELECT e.number, e.id, e.hash, {TEXT} FROM audit_entry e"  # noqa: S608 (text of ours)
    " WHERE e.organization_id = %s AND e.number IS NOT NULL ORDER BY e.number, e.id"
)


@dataclass
class Proof:
    """What an organization's chain is found to be: how long, where it ends, what is wrong with it, and how many
    entries are in no chain yet.
    """

    count: int = 0
    waiting: int = 0
    number: int = 0
    hash: bytes = b""
    faults: list[str] = field(default_factory=list)
    wrong: int = 0

    def tell(self, fault: str) -> None:
        self.wrong += 1
        if len(self.faults) < MOST_TOLD:
            self.faults.append(fault)


def pending() -> list[UUID]:
    """The organizations with entries that have no number yet, also those that are closed. Called outside of a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_pending()")
        return [organization for (organization,) in cursor.fetchall()]


def organizations() -> set[UUID]:
    """Whoever has an entry or a head, also who was removed since. Called outside of a scope."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_organizations()")
        return {organization for (organization,) in cursor.fetchall()}


def extend(most: int = BATCH) -> int:
    """Number and hash what is committed and has no number, the oldest first; how many. Runs in a scope.

    One at a time in an organization, by a lock that no booking asks for.
    """
    tenancy.current()
    with connection.cursor() as cursor:
        cursor.execute("SELECT audit_chain(%s)", [most])
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def head() -> Head | None:
    """Where the chain of the scope's organization is said to end; None where it is said to have no entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT number, hash FROM audit_head WHERE organization_id = %s", [tenancy.organization_id()])
        row = cursor.fetchone()
    return Head(tenancy.organization_id(), row[0], bytes(row[1])) if row else None


def prove(*, kept: Iterable[Head] = (), progress: Callable[[int], object] = lambda done: None) -> Proof:
    """Read the whole chain of the scope's organization, which is best a snapshot, and compute every hash anew; `kept`
    are heads that it had. Changes nothing: what is wrong must not be built upon before it is told.
    """
    proof = Proof(waiting=_waiting())
    expected = {(each.number, each.hash) for each in kept}
    for number, row, stored, text in _stored():
        proof.count += 1
        _compare(proof, number, row, bytes(stored), text)
        expected.discard((number, proof.hash))
        if proof.count % 1000 == 0:
            progress(1000)
    progress(proof.count % 1000)
    _compare_head(proof, head())
    for number, _ in sorted(expected):
        proof.tell(f"the head that was kept at {number} does not stand: the chain was made anew or cut off before it")
    return proof


def _compare_head(proof: Proof, head: Head | None) -> None:
    """The head with the last entry, which `proof` has come to."""
    if head is None:
        if proof.number:
            proof.tell(f"the head is missing; the last entry is {proof.number}")
    elif head.number > proof.number:
        proof.tell(f"the entries {proof.number + 1} to {head.number}, the last ones, are missing")
    elif head.number < proof.number:
        proof.tell(f"the head was set back to {head.number}; the last entry is {proof.number}")
    elif head.hash != proof.hash:
        proof.tell(f"the head stands at {head.number} with another hash than the last entry")


def _compare(proof: Proof, number: int, row: int, stored: bytes, text: str) -> None:
    """One entry with the one before. What is wrong is told, and the next is compared with what stands here."""
    if number <= proof.number:
        proof.tell(f"the entry {number} (id {row}) stands there twice: one was put in")
    elif number > proof.number + 1:
        last = number - 1
        gone = f"the entry {last} is" if last == proof.number + 1 else f"the entries {proof.number + 1} to {last} are"
        proof.tell(f"{gone} missing")
    elif sha256(proof.hash + text.encode()).digest() != stored:
        proof.tell(f"the entry {number} (id {row}) is not what it was, or the hash of the one before is not")
    proof.number, proof.hash = number, stored


def _stored() -> Iterator[tuple[int, int, Any, str]]:
    connection.ensure_connection()
    assert connection.connection is not None
    with closing(connection.connection.cursor(name="audit_chain")) as cursor:
        cursor.itersize = 2000
        cursor.execute(_STORED, [tenancy.organization_id()])
        yield from cursor


def _waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_entry WHERE organization_id = %s AND number IS NULL",
            [tenancy.organization_id()],
        )
        return int(cursor.fetchone()[0])
