"""What is over of signing in is forgotten by a job."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from procrastinate.contrib.django import app

from authspine.accounts import axes, guard, tasks
from authspine.accounts.aliases import alias_of
from authspine.identity.models import Organization, User
from authspine.kernel import clock
from tests.fixtures import new_organization
from tests.servers import free_port
from tests.sessions import enter, password_step


def test_a_session_that_has_expired_goes(owner: User, staff: User) -> None:
    over, live = (enter(Client(), user).session.session_key for user in (owner, staff))
    Session.objects.filter(session_key=over).update(expire_date=clock.now() - timedelta(seconds=1))
    tasks.forget_over(timestamp=0)
    assert set(Session.objects.filter(session_key__in=[over, live])) == {Session.objects.get(session_key=live)}


@pytest.mark.usefixtures("tight")
def test_a_failure_that_locks_nobody_out_goes(owner: User, staff: User) -> None:
    for user in (owner, staff):
        password_step(Client(), user.email, "not the word")
    now, cool_off = clock.now(), axes.cool_off(None)
    assert cool_off == timedelta(minutes=15)
    of: dict[Any, Any] = {user: AccessAttempt.objects.filter(username=alias_of(user.email)) for user in (owner, staff)}
    assert of[owner].update(attempt_time=now - cool_off - timedelta(seconds=1)) == 1
    assert of[staff].update(attempt_time=now - cool_off + timedelta(minutes=1)) == 1
    tasks.forget_over(timestamp=0)
    assert (of[owner].count(), of[staff].count()) == (0, 1)


def test_the_worker_does_it_by_itself() -> None:
    assert "accounts.forget_over" in {task.task.name for task in app.periodic_registry.periodic_tasks.values()}


def sent(task: Any, user: User, **more: str) -> int:
    before = len(mail.outbox)
    task(login=str(user.id), **more)
    return len(mail.outbox) - before


@pytest.mark.usefixtures("tight")
def test_one_address_is_invited_and_asked_a_few_times_an_hour(staff: User, organization: Organization) -> None:
    invited = [sent(tasks.send_invitation, staff, organization=str(organization.id)) for _ in range(7)]
    EmailAddress.objects.filter(user=staff).update(verified=False)
    asked = [sent(tasks.send_verification, staff) for _ in range(7)]
    assert invited == asked == [1] * 5 + [0] * 2


@pytest.mark.usefixtures("tight")
def test_one_organization_invites_a_hundred_an_hour(staff: User, organization: Organization) -> None:
    for number in range(100):
        assert guard.take(guard.invitation(f"{number}@login.invalid", organization.id))
    assert sent(tasks.send_invitation, staff, organization=str(organization.id)) == 0
    assert sent(tasks.send_invitation, staff, organization=str(new_organization().id)) == 1


@pytest.mark.usefixtures("tight")
def test_what_could_not_be_sent_does_not_count(staff: User, organization: Organization, settings: Any) -> None:
    """The mail server is away: its port is closed."""
    here = settings.MAILERS
    away = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAILERS = {"default": {"BACKEND": away, "OPTIONS": {"host": "127.0.0.1", "port": free_port()}}}
    for _ in range(6):
        with pytest.raises(OSError, match="refused"):
            tasks.send_invitation(login=str(staff.id), organization=str(organization.id))
    settings.MAILERS = here
    assert sent(tasks.send_invitation, staff, organization=str(organization.id)) == 1
