"""Mails are sent by the worker: how long that takes tells whoever asked for one nothing. And what is over of signing
in is forgotten.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from axes.models import AccessAttempt
from django.contrib.sessions.backends.db import SessionStore
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from authspine.accounts import axes, guard, mail
from authspine.accounts.aliases import alias_of
from authspine.identity import queries as identity_queries
from authspine.identity.models import User
from authspine.kernel import clock

logger = logging.getLogger(__name__)

# A mail server that is away is asked again after 4, 16, 64 ... seconds, for some hours.
PATIENT: Final = RetryStrategy(max_attempts=8, exponential_wait=4)


@app.task(name="accounts.send_reset", retry=PATIENT)
def send_reset(login: str) -> None:
    """A link to set a password, unless nobody has this login."""
    if user := _login(login):
        mail.send_reset(user)


@app.task(name="accounts.send_verification", retry=PATIENT)
def send_verification(login: str) -> None:
    """A link that shows whose the address is."""
    if user := _login(login):
        with _counted(guard.verification(alias_of(str(user.email)))) as admitted:
            if admitted:
                mail.send_verification(user)


@app.task(name="accounts.send_invitation", retry=PATIENT)
def send_invitation(login: str, organization: str) -> None:
    """What somebody has become a member of. Whoever is invited again and again is told so a few times."""
    if user := _login(login):
        there = identity_queries.organization(UUID(organization))
        with _counted(guard.invitation(alias_of(str(user.email)), there.id)) as admitted:
            if admitted:
                mail.send_invitation(user, there)


@app.periodic(cron="*/10 * * * *")
@app.task(name="accounts.forget_over", queueing_lock="accounts.forget_over")
def forget_over(timestamp: int) -> None:
    """Sessions that have expired, and failures to sign in that lock nobody out any more."""
    SessionStore.clear_expired()
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - axes.cool_off(None)).delete()


@contextmanager
def _counted(turn: guard.Turn) -> Iterator[bool]:
    """Whether one more mail may go out. What could not be sent does not count: it is tried again."""
    admitted = guard.take(turn)
    if not admitted:
        logger.warning("A mail was not sent: too many like it were.")
    try:
        yield admitted
    except Exception:
        if admitted:
            guard.give_back(turn)
        raise


def _login(login: str) -> User | None:
    return User.objects.filter(id=UUID(login), is_active=True).first()
