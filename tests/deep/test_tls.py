"""The app and a database that is reached by TLS: it is talked to when its certificate is of the authority that
DATABASE_URL trusts, and of the host that it names, and never otherwise.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler

from authspine.environment import database
from authspine.operations import app_role
from tests.deep.tls_server import HOST, Authority, server

pytestmark = pytest.mark.deep

ENCRYPTED = "SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"


@pytest.fixture(scope="module")
def trusted() -> Authority:
    return Authority("trusted")


@pytest.fixture(scope="module")
def port(trusted: Authority) -> Iterator[int]:
    with server(trusted) as port:
        yield port


def url(port: int, authority: Path | None, host: str = HOST, mode: str = "verify-full") -> str:
    """As it stands in docs/database.md; the address is said, since no name server knows the host."""
    trust = f"&sslrootcert={authority}" if authority else ""
    return f"postgresql://authspine_app@{host}:{port}/postgres?hostaddr=127.0.0.1&sslmode={mode}{trust}"


def answer(address: str) -> Any:
    """Through Django, as every request asks."""
    connection = ConnectionHandler({"default": database(address, "authspine_app")})["default"]
    try:
        with connection.cursor() as cursor:
            cursor.execute(ENCRYPTED)
            return cursor.fetchone()
    finally:
        connection.close()


def test_the_right_authority_and_host_are_talked_to(
    port: int, trusted: Authority, tmp_path: Path, settings: Any
) -> None:
    settings.DATABASE_URL = url(port, trusted.written(tmp_path))
    assert answer(settings.DATABASE_URL) == ("authspine_app", True)
    assert app_role.look()  # what is asked at the start


@pytest.mark.parametrize("case", ["another authority", "another host", "its address", "no authority"])
def test_nothing_else_is(port: int, trusted: Authority, tmp_path: Path, settings: Any, case: str) -> None:
    right, other = trusted.written(tmp_path), Authority("another").written(tmp_path)
    settings.DATABASE_URL, told = {
        "another authority": (url(port, other), "certificate verify failed"),
        "another host": (url(port, right, "other.example.com"), "does not match host name"),
        "its address": (url(port, right, "127.0.0.1"), "does not match host name"),
        "no authority": (url(port, None), "root certificate file .* does not exist"),
    }[case]
    with pytest.raises(OperationalError, match=told):
        answer(settings.DATABASE_URL)
    assert not app_role.look()


def test_less_than_that_talks_to_whoever_answers(port: int, trusted: Authority, tmp_path: Path) -> None:
    """Why `require` is warned of: the same server, under a name that it is not."""
    assert answer(url(port, None, "other.example.com", mode="require")) == ("authspine_app", True)


def test_without_tls_this_server_lets_nobody_in(port: int) -> None:
    with pytest.raises(OperationalError, match="no encryption"):
        answer(url(port, None, mode="disable"))
