"""Database folders for the tests of the set-up: copies of one that was made once, since making one takes a second."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from authspine.operations.embedded import EmbeddedPostgres
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
