"""How long what is left of a person is kept, and what is said of it."""

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

# What goes with a client, in words for whoever is about to decide it.
GOES_WITH_A_CLIENT = (
    "Name, e-mail address, phone number, notes, preferences and metadata, and the key that they were sealed under",
    "What the person is found by, and their login, unless somebody else needs it",
    "Notes and reasons of bookings, refunds and payments, answers to your questions, and consents",
    "Cards and accounts on file, here and at the payment provider",
    "The contents of events that you have tracked, and stored answers that name the person",
)


@dataclass(frozen=True)
class Kept:
    """What stays, how much of it, why, and until which day; None where no day is known."""

    what: str
    count: int
    why: str
    until: date | None

    def as_json(self) -> dict[str, Any]:
        return asdict(self) | {"until": self.until and self.until.isoformat()}

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Kept":
        return cls(**told | {"until": told["until"] and date.fromisoformat(told["until"])})


def end_of_year(last: datetime | None, years: int) -> date | None:
    """Accounts are kept for whole years: until the end of the last one of so many after the year in which it was."""
    return last and date(last.year + years, 12, 31)


def latest(*days: date | None) -> date | None:
    return max((day for day in days if day), default=None)
