"""What the worker sends, and the links in it."""

import re
from typing import Any

from django.core import mail
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from authspine.identity.models import User


def waiting(user: User) -> list[Any]:
    """The jobs of mails to this login that nobody has done yet."""
    return list(
        ProcrastinateJob.objects.filter(task_name__startswith="accounts.send", args__login=str(user.id), status="todo")
    )


def sent_to(user: User) -> list[Any]:
    """Do these jobs now; the mails that come of it."""
    before = len(mail.outbox)
    for job in waiting(user):
        app.tasks[job.task_name].func(**job.args)
    return mail.outbox[before:]


def link_in(message: Any) -> str:
    """The path of the first link that is more than the site's address."""
    return re.findall(r"https?://[^/\s]+(/accounts/\S+)", message.body)[0]
