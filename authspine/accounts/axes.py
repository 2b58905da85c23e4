"""What axes writes down of somebody who fails to sign in: the alias and the address, and nothing that was typed."""

import sys
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from authspine.accounts.aliases import alias_of
from authspine.api.address import client_address


def username(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The alias that was tried; after a sign-in, that of the login's address."""
    given = credentials or {}
    return str(given.get("email") or alias_of(given.get("username") or ""))


def address(request: HttpRequest) -> str | None:
    """Nothing when nobody has sent a request: a session may be made without one."""
    return client_address(request) if request.META.get("REMOTE_ADDR") else None


def client(*args: Any, **kwargs: Any) -> str:
    """For the log, which names nobody."""
    return "a client"


def most(request: HttpRequest | None, credentials: dict[str, Any] | None) -> int:
    """How many failures close its lock: what the limit `login` lets through, which has counted them before."""
    rates = settings.RATE_LIMITS.get("login")
    return rates[""].amount if rates else sys.maxsize


def cool_off(request: HttpRequest | None) -> timedelta:
    """How long it stays closed: as long as the limit's window."""
    rates = settings.RATE_LIMITS.get("login")
    return timedelta(seconds=rates[""].get_expiry() if rates else 0)
