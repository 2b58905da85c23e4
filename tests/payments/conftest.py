"""Fixtures of the tests of payments."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from tests.fixtures import new_organization
from tests.gateways import wire
from tests.payments.paying import shop
from tests.payments.webhooks import SECRET, Post, finished, waiting
from tests.sandboxes import Sandbox
from tests.studio import Studio

__all__ = ["post", "wire"]


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return shop(organization)


@pytest.fixture
def theirs() -> Studio:
    """Another organization's, which has what is copied into `studio`."""
    return shop(new_organization())


@pytest.fixture
def post(sandbox: Sandbox, settings: Settings) -> Iterator[Post]:
    """An account of the test's own whose events wait until the test brings them."""
    settings.STRIPE_WEBHOOK_SECRET = SECRET
    opened = Post(sandbox)
    yield opened
    for job in waiting(event=[str(row.id) for row in opened.rows()]):
        finished(job.id)
