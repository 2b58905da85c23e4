"""Keys claimed, answered, let go and forgotten. All of it runs inside a scope of the caller's organization.

A claim is committed before anything is done, so that whoever comes with the same key finds it. It has a lease: when the
process that carried the request out is gone, the next one takes over, with the attempt that was recorded. Taking over
counts `run` up, and whatever a claim's run writes is conditional on its number: of two that believe that they carry a
request out, one commits.
"""

import json
import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Final
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from authspine.idempotency.errors import AnswerErased, InFlight, KeyMismatch
from authspine.idempotency.models import KeyedRequest
from authspine.kernel import tenancy
from authspine.kernel.ids import new_id
from authspine.privacy.fields import sealed_values

# Longer than a request takes that asks the gateway in vain, with its repetitions.
LEASE: Final = timedelta(minutes=2)
KEPT: Final = timedelta(days=30)


@dataclass(frozen=True)
class Asked:
    """What came in: by whom, to where, under which key, and the digest of the rest."""

    principal: str
    method: str
    route: str
    key: str
    fingerprint: str


@dataclass(frozen=True)
class Run:
    """The right to carry a claimed request out, with the attempt that a run before this one has committed."""

    id: UUID
    number: int
    attempt: UUID | None


@dataclass(frozen=True)
class Answer:
    """What was answered, byte for byte."""

    status: int
    headers: dict[str, str]
    content: bytes


# One statement, so that of many at once one gets the row. A key that is older than an answer is kept is as good as new.
_CLAIM = """
INSERT INTO idempotency_keyedrequest AS kept
    (id, organization_id, principal, method, route, key, fingerprint, run, lease_until, created_at, updated_at)
VALUES (%(id)s, %(organization)s, %(principal)s, %(method)s, %(route)s, %(key)s, %(fingerprint)s,
        1, %(lease_until)s, %(now)s, %(now)s)
ON CONFLICT (organization_id, principal, method, route, key) DO UPDATE SET
    fingerprint = EXCLUDED.fingerprint, run = kept.run + 1, lease_until = EXCLUDED.lease_until,
    updated_at = EXCLUDED.updated_at, status = NULL, headers = NULL, content = NULL, erased_at = NULL,
    attempt = CASE WHEN kept.created_at <= %(forgotten)s THEN NULL ELSE kept.attempt END,
    created_at = CASE WHEN kept.created_at <= %(forgotten)s THEN EXCLUDED.created_at ELSE kept.created_at END
WHERE kept.created_at <= %(forgotten)s
   OR (kept.status IS NULL AND kept.lease_until <= %(now)s AND kept.fingerprint = EXCLUDED.fingerprint)
RETURNING id, run, attempt
"""


def claim(asked: Asked, *, now: datetime) -> Run | Answer:
    """The right to carry this request out, or the answer that it has had. The scope must be the claim's own.

    Raises KeyMismatch (the key came with something else), InFlight (somebody is at it, and the lease runs),
    AnswerErased.
    """
    times = {"now": now, "lease_until": now + LEASE, "forgotten": now - KEPT}
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, vars(asked) | times | {"id": new_id(), "organization": tenancy.organization_id()})
        if claimed := cursor.fetchone():
            return Run(*claimed)
    return _found(asked)


def _found(asked: Asked) -> Answer:
    named = {name: value for name, value in vars(asked).items() if name != "fingerprint"}
    kept = KeyedRequest.objects.filter(**named).first()
    if kept is None:  # let go between the two statements
        raise InFlight
    if kept.erased_at is not None:
        raise AnswerErased
    if kept.fingerprint != asked.fingerprint:
        raise KeyMismatch
    if kept.status is None or kept.headers is None or kept.content is None:
        raise InFlight
    return Answer(kept.status, kept.headers, kept.content)


def begin(run: Run, attempt: UUID, *, now: datetime) -> None:
    """Record the attempt that this scope commits. Raises InFlight when another run has taken over."""
    if not _unanswered(run).update(attempt=attempt, updated_at=now):
        raise InFlight


def answer(run: Run, answer: Answer, *, now: datetime) -> bool:
    """Keep the answer, with the effect that this scope commits; False when another run has taken over."""
    kept = {"status": answer.status, "headers": answer.headers, "content": answer.content, "updated_at": now}
    return bool(_unanswered(run).update(**sealed_values(KeyedRequest(id=run.id), **kept)))


def let_go(run: Run, *, now: datetime) -> None:
    """The run has ended without an answer to keep: the next one may come at once.

    Where an attempt was committed it goes on with that; where none was, nothing has happened and nothing is kept. What
    was committed is read off the row, under its lock: a commit whose outcome was lost has either written it or not.
    """
    mine = _unanswered(run)
    if not mine.filter(attempt=None).delete()[0]:
        mine.update(lease_until=now, updated_at=now)


def _unanswered(run: Run) -> QuerySet[KeyedRequest]:
    return KeyedRequest.objects.filter(id=run.id, run=run.number, status=None)


def forget_old(*, now: datetime) -> int:
    """Take away what has been kept for thirty days; how many."""
    return KeyedRequest.objects.filter(created_at__lte=now - KEPT).delete()[0]


# As JSON and addresses write them.
_IDS: Final = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_BATCH: Final = 500


def erase_answers(ids: Collection[UUID], *, now: datetime, part: str = "") -> int:
    """Empty every stored answer that names one of these rows, or was asked for at an address that does; how many.

    With `part` only those at addresses with it. Answers are sealed, so each of the organization's is opened for it. The
    key stays taken: whoever sends it again is told that its answer is gone, and nothing is
    done a second time.
    """
    wanted = {str(each).encode() for each in ids}
    answered = KeyedRequest.objects.filter(route__contains=part, erased_at=None).exclude(status=None)
    columns = answered.only("organization_id", "route", "headers", "content").order_by("id")
    named = [row.id for row in columns.iterator(chunk_size=_BATCH) if not wanted.isdisjoint(_named(row))]
    gone = {"fingerprint": "", "headers": {}, "content": b"", "erased_at": now, "updated_at": now}
    return sum(KeyedRequest.objects.filter(id__in=some).update(**gone) for some in batched(named, _BATCH))


def _named(row: KeyedRequest) -> list[bytes]:
    told = f"{row.route} {json.dumps(row.headers)} ".encode() + (row.content or b"")
    return _IDS.findall(told)
