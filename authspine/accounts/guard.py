"""How often anybody may try, by the limits `login`, `code` and `mail`: counted before anything is tried, and exactly.

Of two hundred attempts at once the first ten are admitted and nobody else. An attempt that succeeded is given back.
When nothing can be counted nobody is admitted.

A password is counted by login and address together, so that nobody can lock others out of their logins, and by address
alone, so that nobody can try one password on a thousand logins.
"""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from authspine.api.address import counted_as
from authspine.limits import actions as limit_actions
from authspine.limits.errors import TooMany


@dataclass(frozen=True)
class Turn:
    """What is counted as one attempt: the limit, and for whom."""

    kind: str
    principals: tuple[str, ...]

    @classmethod
    def of(cls, kind: str, account: str, address: str) -> Self:
        return cls(kind, (f"account:{account}", f"address:{counted_as(address)}"))


def password(alias: str, address: str) -> Turn:
    """A password that is tried for a login, known or not, from an address."""
    return Turn.of("login", f"{alias}|{counted_as(address)}", address)


def code(user: UUID, address: str) -> Turn:
    """A code that is tried as the second factor of a login whose password was right, wherever it comes from."""
    return Turn.of("code", str(user), address)


def mail(alias: str, address: str) -> Turn:
    """A mail that is asked for by somebody who is not signed in. It goes to one address, whoever asks."""
    return Turn.of("mail", alias, address)


def verification(alias: str) -> Turn:
    """A mail that asks whether an address is theirs: one is sent at each sign-in until it is."""
    return Turn("mail", (f"verification:{alias}",))


def invitation(alias: str, organization: UUID) -> Turn:
    """A mail to somebody whom an organization has made a member. Counted apart from what strangers ask for, who would
    keep it away otherwise."""
    return Turn("mail", (f"invitation:{alias}", f"organization:{organization}"))


def take(turn: Turn) -> bool:
    """Count one attempt; whether it is admitted. Commits at once: called outside of any transaction."""
    try:
        limit_actions.attempt(turn.kind, *turn.principals)
    except TooMany:
        return False
    return True


def give_back(turn: Turn) -> None:
    """The attempt has succeeded and does not count."""
    limit_actions.give_back(turn.kind, *turn.principals)
