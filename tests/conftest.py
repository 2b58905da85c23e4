"""A real database for every test: cloned from a migrated template, one per worker, used as the app role.

Tests commit for real; nothing is wrapped in a transaction and nothing is flushed. Every test makes an organization of
its own instead, so tests never see each other, which is what the platform promises anyway.
"""

import gc
from collections.abc import Iterator
from contextlib import suppress

import hypothesis
import psycopg
import pytest
from pytest_django import DjangoDbBlocker

from tests import canaries, databases

pytest_plugins = ["tests.fixtures", "tests.guards", "tests.sandboxes"]

# How long one example takes says something of the machine's other guests, not of the code.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The worker's own database; its name."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock():
        name = databases.make(worker)
    yield name
    with django_db_blocker.unblock():
        try:
            # E26, after the whole run: nothing that its tests have told of people stands in clear in any table.
            with canaries.owner(name) as connection:
                assert canaries.found(connection, (*canaries.ALL, *canaries.OF_FACTORIES)) == set()
        finally:
            # What a failed test still holds may have a connection open. The next run drops what could not be dropped.
            gc.collect()
            with suppress(psycopg.errors.ObjectInUse):
                databases.drop(name)


@pytest.fixture(scope="session", autouse=True)
def database(django_db_setup: str, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """Every test may use the database, for real."""
    with django_db_blocker.unblock():
        yield django_db_setup
