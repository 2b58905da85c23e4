"""One server for the races of a file."""

from collections.abc import Iterator

import pytest

from tests.races.callers import Server
from tests.servers import gunicorn


@pytest.fixture(scope="module")
def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    log = tmp_path_factory.mktemp("server") / "gunicorn.log"
    with gunicorn(log) as address:
        yield Server(address, log)
