"""Databases for the tests of the set-up: folders, which are copies of one that was made once, since making one takes a
second; and one that a test may spoil.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections
from django.test import override_settings
from psycopg.conninfo import make_conninfo

from authspine.operations.embedded import EmbeddedPostgres
from tests import databases
from tests.clusters import copy


@pytest.fixture(scope="session")
def made_cluster(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data of a server that was started and stopped once."""
    folder = tmp_path_factory.mktemp("made") / "postgres"
    with EmbeddedPostgres(folder, durable=False):
        pass
    return folder / "data"


@pytest.fixture
def folder(tmp_path: Path, made_cluster: Path) -> Iterator[Path]:
    """A server's folder with data, at the end of a path with a space."""
    folder = tmp_path / "a server"
    copy(made_cluster, folder)
    yield folder
    EmbeddedPostgres(folder, durable=False).remove()


@pytest.fixture
def own_database() -> Iterator[None]:
    """Of the test's own, which what starts looks at, too; all have one login, as a newcomer's demo."""
    with databases.another():
        name = str(connections["owner"].settings_dict["NAME"])
        urls = ("DATABASE_URL", "DATABASE_OWNER_URL")
        mine = {url: make_conninfo(getattr(settings, url), dbname=name) for url in urls}
        with override_settings(DEMO=True, **mine):
            yield
