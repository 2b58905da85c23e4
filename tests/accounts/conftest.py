"""Logins with a password, in a quick hash unless a test counts them."""

from typing import Any

import pytest

from authspine.identity.models import Organization, User
from authspine.limits.rates import limits
from tests.admin.office import member
from tests.sessions import with_password


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def tight(settings: Any) -> None:
    """Sign-ins are limited as they are where nothing else is said."""
    settings.RATE_LIMITS = settings.RATE_LIMITS | {kind: limits()[kind] for kind in ("login", "code", "mail")}


@pytest.fixture
def owner(organization: Organization) -> User:
    return with_password(member(organization, "owner"))


@pytest.fixture
def staff(organization: Organization) -> User:
    return with_password(member(organization, "staff"))
