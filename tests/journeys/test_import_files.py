"""The commands: files that are whole, cut off, or no export at all; and imports at the same time."""

import io
import json
import os
import pty
import subprocess
import sys
import termios
import threading
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg.conninfo import make_conninfo

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations.folders import ROOT
from authspine.orchestrator import bookings
from authspine.orchestrator.importing import import_document, importer
from authspine.orchestrator.importing.reading import Reader
from tests.factories import hour
from tests.fixtures import Maker
from tests.journeys.documents import ORIGINAL, booking, bring_in, document, original, refusals, taken_out

IN_CLEAR = {"with_personal_data": True}
HEAD: dict[str, Any] = {"format": "auth-spine", "version": 1}


def run(command: str, *arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(command, *map(str, arguments), stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def said(command: str, *arguments: Any, **options: Any) -> str:
    """What a command that fails says: one line, and exit code 1."""
    with pytest.raises(CommandError) as refusal:
        run(command, *arguments, **options)
    assert refusal.value.returncode == 1
    line = str(refusal.value)
    assert line
    assert "\n" not in line
    return line


def test_out_of_one_and_into_another(organization: Organization, tmp_path: Path) -> None:
    bring_in(organization, document())
    path, report = tmp_path / "all.json", tmp_path / "report.json"
    assert run("export_platform", organization=organization.slug, output=path, **IN_CLEAR) == ""
    printed = run("export_platform", organization=organization.slug, **IN_CLEAR)
    assert path.read_text() == printed == taken_out(organization)
    assert list(tmp_path.iterdir()) == [path]
    slug = run("create_organization", f"Twin of {organization.slug}").strip()
    assert run("import_platform", path, organization=slug, report=report) == ""
    found = json.loads(report.read_text())
    assert (found["refused"], found["imported"]["bookings"]) == ([], 1)
    assert json.loads(run("import_platform", path, organization=slug))["unchanged"] == found["imported"]


CUTS = [0, 1, 2, 10, 100, 1000, 5000, 100_000, 300_001, 500_000, 700_003, 897_000]


@pytest.mark.parametrize("cut", [*CUTS, -1, -2])
def test_a_file_cut_off_changes_nothing(organization: Organization, tmp_path: Path, cut: int) -> None:
    path, before = tmp_path / "cut.json", taken_out(organization)
    path.write_bytes(ORIGINAL.read_bytes().rstrip()[:cut])
    assert "JSON" in said("import_platform", path, organization=organization.slug)
    assert taken_out(organization) == before


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no JSON",
        b"\xff\xfe{}",
        b"[" * 100_000,
        b"[]",
        b"17",
        b"{}",
        b'{"clients": {}}',
        b'{"clients": [], "clients": []}',
        b'{"people": []}',
        b'{"format": "auth-spine", "version": 2, "clients": []}',
        b'{"format": "auth-spine", "version": 1, "people": []}',
        b'{"format": "another", "clients": []}',
    ],
)
def test_what_is_no_export_changes_nothing(organization: Organization, tmp_path: Path, content: bytes) -> None:
    path, before = tmp_path / "wrong.json", taken_out(organization)
    path.write_bytes(content)
    assert str(path) in said("import_platform", path, organization=organization.slug)
    assert taken_out(organization) == before


def test_what_is_not_there_is_told(organization: Organization, tmp_path: Path) -> None:
    path = tmp_path / "all.json"
    path.write_text(json.dumps(document()))
    assert "no-such.json" in said("import_platform", tmp_path / "no-such.json", organization=organization.slug)
    assert "nobody" in said("import_platform", path, organization="nobody")
    assert "nobody" in said("export_platform", organization="nobody", **IN_CLEAR)
    assert "nobody" in said("create_api_key", "nobody", scope="read")
    nowhere = tmp_path / "nowhere" / "file.json"
    assert str(nowhere) in said("export_platform", organization=organization.slug, output=nowhere, **IN_CLEAR)
    before = taken_out(organization)
    assert str(nowhere) in said("import_platform", path, organization=organization.slug, report=nowhere)
    assert taken_out(organization) == before


def test_an_import_that_dies_leaves_nothing(organization: Organization) -> None:
    before, found = taken_out(organization), original()

    def die(records: int) -> None:
        if records == len(found["bookings"]):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_document(organization, SYSTEM, found, progress=die)
    assert taken_out(organization) == before


def test_a_row_that_only_the_database_refuses_is_refused_alone(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last line of defence: a rule that the reader does not know."""
    monkeypatch.setattr(Reader, "whole", lambda self, name, default=None, **_: self._take(name, default))
    services = [document()["services"][0] | {"id": f"s{n}", "duration_minutes": n} for n in (60, 0, 30)]
    found = document(services=services, bookings=[], payments=[], refunds=[])
    report = bring_in(organization, found)
    assert [(refusal["kind"], refusal["id"], refusal["code"]) for refusal in report["refused"]] == [
        ("services", "s0", "conflict")
    ]
    assert report["imported"]["services"] == 2


def test_two_imports_at_once_come_in_once(organization: Organization) -> None:
    found, reports, together = document(), [], threading.Barrier(2)

    def work() -> None:
        together.wait()
        try:
            reports.append(bring_in(organization, found))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    first, second = sorted(reports, key=lambda report: -report["imported"]["clients"])
    assert first["imported"] == second["unchanged"]
    assert sum(second["imported"].values()) == 0


def test_an_import_waits_for_who_is_booking(organization: Organization, make: Maker) -> None:
    """Whoever was first keeps the time; the import queues up behind and refuses its own booking of it."""
    service = make.service()
    client, professional = make.client(), service.professional
    held, reports = threading.Event(), []

    def work() -> None:
        held.wait()
        try:
            who: dict[str, Any] = {
                "client": str(client.id),
                "professional": str(professional.id),
                "service": str(service.id),
            }
            when: dict[str, Any] = {"starts_at": hour(10).isoformat(), "ends_at": hour(11).isoformat()}
            reports.append(bring_in(organization, {**HEAD, "bookings": [booking(**who, **when)]}))
        finally:
            connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    with organization_scope(organization, SYSTEM):
        bookings.hold(client=client.id, service=service.id, starts_at=hour(10))
        held.set()
        thread.join(0.7)
        assert thread.is_alive()
    thread.join()
    assert refusals(reports[0]) == [("bookings", "b1", "slot_taken")]


def test_batches_know_what_came_before(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """Small batches give what one large one gives."""
    monkeypatch.setattr(importer, "BATCH", 7)
    report = bring_in(organization, original())
    assert (report["imported"]["bookings"], len(report["refused"])) == (900, 15)
    assert sum(bring_in(organization, original())["imported"].values()) == 0


def test_a_bar_is_shown_on_a_terminal_and_nowhere_else(organization: Organization, tmp_path: Path) -> None:
    file = tmp_path / "export.json"
    file.write_text(json.dumps(document()))
    command = [sys.executable, f"{ROOT}/manage.py", "import_platform", f"{file}", f"--organization={organization.slug}"]
    # The database of this test's worker, which the shell does not know.
    url = make_conninfo(settings.DATABASE_URL, dbname=connection.settings_dict["NAME"])
    terminal, side = pty.openpty()
    termios.tcsetwinsize(side, (24, 80))  # one without a width shows no bar
    with os.fdopen(terminal, "rb", buffering=0) as seen:
        subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, stdout=subprocess.PIPE, stderr=side, check=True)
        os.close(side)
        shown = seen.read(65536).decode()
    assert "100%|" in shown
    assert "records" in shown
    quiet = subprocess.run(command, env=os.environ | {"DATABASE_URL": url}, capture_output=True, text=True, check=True)
    assert "|" not in quiet.stderr
