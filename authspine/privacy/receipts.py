"""Receipts of erasures: written with the erasure, found again, and completed when the payment provider has answered."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from authspine.kernel import tenancy
from authspine.privacy import erasure_list
from authspine.privacy.erasure_list import Line
from authspine.privacy.errors import ErasureNotFound
from authspine.privacy.keeping import Kept
from authspine.privacy.models import Erasure

Provider = Erasure.Provider


def find(kind: str, person: UUID) -> Erasure | None:
    return Erasure.objects.filter(kind=kind, person=person).first()


def get(kind: str, person: UUID) -> Erasure:
    """Raises ErasureNotFound."""
    receipt = find(kind, person)
    if receipt is None:
        raise ErasureNotFound
    return receipt


def write(line: Line, gone: Mapping[str, int], kept: Sequence[Kept], *, customer: str = "", now: datetime) -> Erasure:
    """What went is told by its name and how much there was of it; `customer` is to go at the provider, too."""
    return Erasure.objects.create(
        id=line.id,
        kind=line.kind,
        person=line.person,
        at=line.at,
        by=str(tenancy.current().actor),
        erased=[{"what": what, "count": count} for what, count in gone.items() if count],
        kept=[each.as_json() for each in kept if each.count],
        provider=Provider.PENDING if customer else Provider.NONE,
        provider_customer=customer,
        created_at=now,
        updated_at=now,
    )


def list_at_end(line: Line) -> None:
    """Add `line` to the list of erasures as the last thing before the open scope commits; taken back if it does not.

    For an erasure in somebody else's scope, of which a savepoint may undo a part: then there is no receipt and no line.
    Raises ErasureListAway, now or at the end.
    """
    erasure_list.check()
    scope = tenancy.current()
    note = scope.around.enter_context(erasure_list.kept())

    def add() -> None:
        if Erasure.objects.filter(id=line.id).exists():
            note(line)

    scope.lasts.append(add)


def waiting() -> list[UUID]:
    """Receipts of people whom the provider still knows, oldest first."""
    pending = Erasure.objects.filter(provider=Provider.PENDING)
    return list(pending.order_by("created_at", "id").values_list("id", flat=True))


def done_at_provider(erasure_id: UUID, *, now: datetime) -> bool:
    """False if that is known already."""
    pending = Erasure.objects.filter(id=erasure_id, provider=Provider.PENDING)
    done = {"provider": Provider.DONE, "provider_customer": "", "provider_done_at": now, "updated_at": now}
    return bool(pending.update(**done))
