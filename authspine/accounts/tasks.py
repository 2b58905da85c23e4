"""Mails are sent by the worker: how long that takes tells whoever asked for one nothing. And what is over of signing
in is forgotten.
"""

from typing import Final
from uuid import UUID

from axes.models import AccessAttempt
from django.contrib.sessions.backends.db import SessionStore
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from authspine.accounts import axes, mail
from authspine.identity import queries as identity_queries
from authspine.identity.models import User
from authspine.kernel import clock

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
        mail.send_verification(user)


@app.task(name="accounts.send_invitation", retry=PATIENT)
def send_invitation(login: str, organization: str) -> None:
    """What somebody has become a member of."""
    if user := _login(login):
        mail.send_invitation(user, identity_queries.organization(UUID(organization)))


@app.periodic(cron="*/10 * * * *")
@app.task(name="accounts.forget_over", queueing_lock="accounts.forget_over")
def forget_over(timestamp: int) -> None:
    """Sessions that have expired, and failures to sign in that lock nobody out any more."""
    SessionStore.clear_expired()
    AccessAttempt.objects.filter(attempt_time__lt=clock.now() - axes.cool_off(None)).delete()


def _login(login: str) -> User | None:
    return User.objects.filter(id=UUID(login), is_active=True).first()
