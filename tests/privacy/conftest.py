"""Fixtures of the tests of people's protection. What concerns all organizations at once is tried in a database of its
own.
"""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from authspine.privacy import keys
from tests import databases
from tests.gateways import wire
from tests.payments.conftest import post
from tests.privacy.rotating import Installation

__all__ = ["installation", "post", "wire"]


@pytest.fixture
def installation(settings: Settings) -> Iterator[Installation]:
    """A fresh one, with the ring of the tests."""
    with databases.another():
        keys.forget(keys.INSTALLATION)
        yield Installation(settings, list(settings.PII_SECRETS))
    keys.forget(keys.INSTALLATION)
