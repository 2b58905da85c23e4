"""How often anybody may try: exact among any number of processes, since the database counts before anything is tried.

One statement counts an attempt and says how many there were, so of two hundred at once the first ten are admitted and
nobody else. An attempt that succeeded is given back. When the database does not answer nobody is admitted.

A password is counted by login and address together, so that nobody can lock others out of their logins, and by address
alone, so that nobody can try one password on a thousand logins.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from authspine.accounts.models import Attempts
from authspine.kernel import clock
from authspine.kernel.crypto import mark
from authspine.privacy import keys

# A whole office signs in from one address.
FROM_ONE_ADDRESS: Final = 10
CODES: Final = 5
MAILS: Final = 5

_COUNT: Final = """
    INSERT INTO accounts_attempts AS kept (key, count, since) VALUES (%(key)s, 1, %(now)s)
    ON CONFLICT (key) DO UPDATE SET
        count = CASE WHEN kept.since <= %(over)s THEN 1 ELSE kept.count + 1 END,
        since = CASE WHEN kept.since <= %(over)s THEN %(now)s ELSE kept.since END
    RETURNING count
"""
_GIVE_BACK: Final = "UPDATE accounts_attempts SET count = greatest(count - 1, 0) WHERE key = %s"


@dataclass(frozen=True)
class Turn:
    """What is counted, and how much of it is let through in `settings.SIGN_IN_WINDOW_SECONDS`."""

    name: str
    most: int

    @property
    def key(self) -> bytes:
        return mark(keys.of_installation().index.derive("accounts_attempts.key"), self.name)


def password(alias: str, address: str) -> tuple[Turn, ...]:
    """A password that is tried for a login, known or not, from an address."""
    most = settings.SIGN_IN_ATTEMPTS
    return Turn(f"password|{alias}|{address}", most), Turn(f"password|{address}", most * FROM_ONE_ADDRESS)


def code(user: UUID) -> tuple[Turn, ...]:
    """A code that is tried as the second factor of a login whose password was right."""
    return (Turn(f"code|{user}", CODES),)


def mail(alias: str, address: str) -> tuple[Turn, ...]:
    """A mail that is asked for by somebody who is not signed in."""
    return Turn(f"mail|{alias}", MAILS), Turn(f"mail|{address}", MAILS * FROM_ONE_ADDRESS)


def take(turns: tuple[Turn, ...]) -> bool:
    """Count one attempt; whether it is admitted. Commits at once: called outside of any transaction."""
    return all(_count(turn) <= turn.most for turn in turns)


def give_back(turns: tuple[Turn, ...]) -> None:
    """The attempt has succeeded and does not count."""
    with connection.cursor() as cursor:
        for turn in turns:
            cursor.execute(_GIVE_BACK, [turn.key])


def forget_over() -> int:
    """Take away the counts whose time is over; their number."""
    return Attempts.objects.filter(since__lte=clock.now() - _window()).delete()[0]


def _count(turn: Turn) -> int:
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": turn.key, "now": now, "over": now - _window()})
        row: tuple[int] = cursor.fetchone()
    return row[0]


def _window() -> timedelta:
    return timedelta(seconds=settings.SIGN_IN_WINDOW_SECONDS)
