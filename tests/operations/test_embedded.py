"""The embedded server survives what kills it, and never takes half-made data or a stranger's process for its own."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest

from authspine.operations import socket_folder, system_user
from authspine.operations.embedded import EmbeddedPostgres
from authspine.operations.errors import SetUpFailed
from authspine.operations.folders import ROOT
from authspine.operations.postmaster import Postmaster
from tests.clusters import copy

HOLD = """
import sys, time
from pathlib import Path
from authspine.operations.embedded import EmbeddedPostgres
EmbeddedPostgres(Path(sys.argv[1]), durable=False).join()
print("up", flush=True)
time.sleep(600)
"""


def server(folder: Path) -> EmbeddedPostgres:
    return EmbeddedPostgres(folder, durable=False)


def write(postgres: EmbeddedPostgres) -> None:
    with psycopg.connect(postgres.url("authspine_owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")


def read(postgres: EmbeddedPostgres) -> object:
    with psycopg.connect(postgres.url("authspine_owner")) as connection:
        row = connection.execute("SELECT answer FROM kept").fetchone()
    return row and row[0]


def postmaster(folder: Path) -> psutil.Process:
    found = Postmaster.find(folder / "data")
    assert found is not None
    return found.process


def test_data_stay_when_the_server_is_stopped_and_started(folder: Path) -> None:
    with server(folder) as postgres:
        write(postgres)
    assert Postmaster.find(folder / "data") is None
    with server(folder) as postgres:
        assert read(postgres) == 42


def test_a_killed_postmaster_leaves_data_for_the_next_start(folder: Path) -> None:
    postgres = EmbeddedPostgres(folder).join()
    write(postgres)
    with psycopg.connect(postgres.url("authspine_app")):  # its backend outlives the postmaster for a moment
        postmaster(folder).kill()
        with EmbeddedPostgres(folder) as again:
            assert read(again) == 42
    assert not postgres.alive()
    postgres.leave()


def test_the_last_user_stops_the_server(folder: Path) -> None:
    first, second = server(folder).join(), server(folder).join()
    process = postmaster(folder)
    first.leave()
    assert second.alive()
    second.leave()
    assert not process.is_running()


def test_a_killed_user_leaves_a_server_that_the_next_one_uses_and_stops(folder: Path) -> None:
    user = subprocess.Popen([sys.executable, "-c", HOLD, str(folder)], cwd=ROOT, stdout=subprocess.PIPE)
    assert user.stdout is not None
    with user.stdout as said:
        assert said.readline() == b"up\n"
        user.kill()
        user.wait()
    left = postmaster(folder)
    with server(folder):
        assert postmaster(folder) == left
    assert Postmaster.find(folder / "data") is None


def test_half_made_data_are_made_anew(tmp_path: Path) -> None:
    unfinished = tmp_path / "data.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")
    with server(tmp_path) as postgres:
        assert postgres.alive()
    assert not unfinished.exists()


def test_a_stale_file_that_names_a_living_stranger_is_not_believed(folder: Path) -> None:
    with server(folder):
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    (folder / "data" / "postmaster.pid").write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    assert Postmaster.find(folder / "data") is None
    with server(folder) as postgres:
        assert postgres.alive()


@pytest.mark.parametrize("name", ["with space", "with, 'odd' \"signs\" %41", "deep/" * 30])
def test_any_path_will_do(tmp_path: Path, made_cluster: Path, name: str) -> None:
    folder = tmp_path / name
    copy(made_cluster, folder)
    with server(folder) as postgres:
        write(postgres)
        assert read(postgres) == 42


def test_a_socket_folder_that_a_stranger_made_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / ("deep/" * 30)
    strange = socket_folder.empty_socket_folder(folder)
    strange.rmdir()
    strange.symlink_to(tmp_path)
    try:
        with pytest.raises(SetUpFailed, match="somebody else made it"):
            socket_folder.empty_socket_folder(folder)
    finally:
        strange.unlink()


def test_nobody_else_may_enter_the_socket_folder(folder: Path) -> None:
    with server(folder):
        found = (folder / "socket").stat()
        assert found.st_mode & 0o777 == 0o700
        assert found.st_uid == system_user.user_id()


def test_a_server_that_cannot_start_says_why_in_one_line(folder: Path) -> None:
    with server(folder):
        pass
    settings = folder / "data" / "postgresql.conf"
    settings.write_text(settings.read_text() + "\nshared_buffers = 'many'\n")
    with pytest.raises(SetUpFailed, match="does not start") as refused:
        server(folder).join()
    assert "\n" not in str(refused.value)


def test_data_in_use_are_not_removed(folder: Path) -> None:
    with server(folder) as postgres:
        with pytest.raises(SetUpFailed, match="in use"):
            server(folder).remove()
        assert postgres.alive()
