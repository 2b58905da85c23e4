"""Logins with a password, in a quick hash unless a test counts them."""

from typing import Any

import pytest

from authspine.identity.models import Organization, User
from tests.admin.office import member
from tests.sessions import with_password


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def owner(organization: Organization) -> User:
    return with_password(member(organization, "owner"))


@pytest.fixture
def staff(organization: Organization) -> User:
    return with_password(member(organization, "staff"))
