"""What is over of signing in is forgotten by a job."""

from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django.test import Client
from procrastinate.contrib.django import app

from authspine.accounts import axes, tasks
from authspine.accounts.aliases import alias_of
from authspine.identity.models import User
from authspine.kernel import clock
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
