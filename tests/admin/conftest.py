"""Two furnished organizations, and a superuser."""

import pytest

from authspine.identity.models import Organization, User
from tests.admin.office import furnish, new_user
from tests.fixtures import new_organization


@pytest.fixture(scope="session")
def furnished(database: str) -> Organization:
    """With at least one row of everything. Tests that use it change nothing."""
    organization = new_organization(timezone="Europe/Berlin")
    furnish(organization)
    return organization


@pytest.fixture(scope="session")
def foreign(database: str) -> Organization:
    organization = new_organization()
    furnish(organization)
    return organization


@pytest.fixture
def superuser() -> User:
    return new_user(is_superuser=True)
