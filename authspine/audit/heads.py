"""Heads of chains as they are kept outside of the database, one a line: the organization's id, the number, the hash.

Whoever owns the database can make a chain anew, or cut it off and set its head back, and nothing in it shows that; a
head that was kept elsewhere does.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID


class HeadsUnreadable(ValueError):
    """A line of a file of heads is none, or there is none at all."""


@dataclass(frozen=True)
class Head:
    """An entry, by its number, and its hash: it stands for all entries up to it."""

    organization: UUID
    number: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.organization} {self.number} {self.hash.hex()}"


def read(lines: Iterable[str]) -> list[Head]:
    """The heads of a file; there may be many of one organization. Raises HeadsUnreadable, also where there is none:
    a file that was emptied would let everything pass.
    """
    kept = [_read(number, line) for number, line in enumerate(lines, start=1) if line.strip()]
    if not kept:
        raise HeadsUnreadable("It holds no head.")
    return kept


def _read(number: int, line: str) -> Head:
    try:
        organization, place, hashed = line.split()
        return Head(UUID(organization), int(place), bytes.fromhex(hashed))
    except ValueError:
        raise HeadsUnreadable(f"Line {number} must be an organization's id, a number and a hash.") from None
