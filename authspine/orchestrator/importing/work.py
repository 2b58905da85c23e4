"""What an import carries from kind to kind, and a record on its way through it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from authspine.kernel.errors import Conflict
from authspine.orchestrator.importing.identities import Identities
from authspine.orchestrator.importing.reading import Reader
from authspine.orchestrator.importing.report import Report


class ExternalIdExists(Conflict):
    detail = "Another record of this kind has this external_id."


class TakenMeanwhile(Conflict):
    detail = "Another record has what this one needs for itself alone."


@dataclass
class Work:
    """One import: when, which ids, what became of it, and who is told how far it is."""

    now: datetime
    identities: Identities
    report: Report
    into_empty: bool
    progress: Callable[[int], None]
    # The bookings that came in, or that money came in for.
    moved: set[UUID] = field(default_factory=set)
    _stamp: datetime = field(init=False)

    def __post_init__(self) -> None:
        self._stamp = self.now

    def stamp(self) -> datetime:
        """The time of creation of a record that tells none: the import's, each later than the one before."""
        self._stamp += timedelta(microseconds=1)
        return self._stamp


@dataclass(slots=True)
class Entry:
    """A record of a kind: its old id, its fields, the row that it becomes, and the records inside it."""

    kind: str
    old: str
    reader: Reader
    row: Any = None
    parts: "list[Entry]" = field(default_factory=list)
