"""E29: what stands is proved before anything is added to it; heads that are kept elsewhere show what no table can."""

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from authspine.audit import heads
from authspine.audit.heads import Head, HeadsUnreadable
from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from authspine.operations.trial import ground as trial
from authspine.orchestrator import auditing
from tests import databases
from tests.audit.chains import add_entries, tampering, verify
from tests.audit.entries import entries
from tests.fixtures import new_organization
from tests.servers import ROOT, configured


@pytest.fixture
def length(organization: Organization) -> int:
    """How long the chain is that the organization has; five more entries have no number yet."""
    add_entries(organization, 50)
    auditing.extend(organization)
    count = len(entries(organization))
    add_entries(organization, 5)
    return count


@contextmanager
def touched(organization: Organization, change: str) -> Iterator[None]:
    """Within, the head is not what it was."""
    was = auditing.head(organization)
    assert was
    with tampering() as cursor:
        cursor.execute(f"{change} WHERE organization_id = %s", [organization.id])
    yield
    # Else every other proof and sweep of all organizations would tell of it.
    with tampering() as cursor:
        cursor.execute("DELETE FROM audit_head WHERE organization_id = %s", [organization.id])
        cursor.execute("INSERT INTO audit_head VALUES (%s, %s, %s)", [organization.id, was.number, was.hash])


def printed(**options: Any) -> list[str]:
    said = StringIO()
    call_command("verify_audit", heads=True, stdout=said, **options)
    return said.getvalue().splitlines()


def test_e29_a_proof_changes_nothing_unless_it_is_asked_to(organization: Organization, length: int) -> None:
    code, said, _ = verify(organization, extend=False)
    assert (code, said.startswith(f"{organization.slug}: {length} entries, whole, head ")) == (0, True)
    assert said.endswith("; 5 more have no number yet.")
    assert len(entries(organization, number=None)) == 5
    code, said, _ = verify(organization, extend=True)
    assert (code, said.split()[1]) == (0, str(length + 5))
    assert entries(organization, number=None) == []


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("DELETE FROM audit_head", "the head is missing; the last entry is {length}."),
        ("UPDATE audit_head SET number = 7", "the head was set back to 7; the last entry is {length}."),
        ("UPDATE audit_head SET hash = '\\x00'", "the head stands at {length} with another hash than the last entry."),
    ],
)
@pytest.mark.parametrize("extend", [False, True])
def test_e29_a_head_that_was_touched_is_told_and_not_built_upon(
    organization: Organization, length: int, change: str, fault: str, extend: bool
) -> None:
    with touched(organization, change):
        code, _, wrong = verify(organization, extend=extend)
        assert (code, wrong) == (1, [fault.format(length=length)])
        assert len(entries(organization, number=None)) == 5
    assert verify(organization)[0] == 0


def test_e29_heads_are_printed_and_stand_while_the_chain_grows(
    organization: Organization, length: int, tmp_path: Path
) -> None:
    kept = tmp_path / "heads"
    (line,) = printed(organization=organization.slug)
    last = next(entry for entry in entries(organization) if entry.number == length)
    assert line == f"{organization.id} {length} {bytes(last.hash or b'').hex()}"
    assert line in printed()
    # Of other times, too: each of them must stand. Those of others are theirs.
    kept.write_text(f"{line}\n\n{Head(new_organization().id, 3, b'x')}\n")
    assert verify(organization, expect=kept)[0] == 0
    kept.write_text("\n".join([line, *printed(organization=organization.slug)]))
    assert verify(organization, expect=kept)[0] == 0
    add_entries(organization, 5)
    assert verify(organization, expect=kept)[0] == 0


def cut_off(cursor: Any, organization: Organization) -> None:
    """Whoever knows the tables sets the head back to the entry that they make the last one."""
    cursor.execute("DELETE FROM audit_entry WHERE organization_id = %s AND number > 40", [organization.id])
    cursor.execute(
        "UPDATE audit_head SET number = 40, hash = (SELECT hash FROM audit_entry e"
        " WHERE e.organization_id = audit_head.organization_id AND number = 40) WHERE organization_id = %s",
        [organization.id],
    )


def make_anew(cursor: Any, organization: Organization) -> None:
    cursor.execute("DELETE FROM audit_head WHERE organization_id = %s", [organization.id])
    cursor.execute(
        "UPDATE audit_entry SET number = NULL, hash = NULL, address = 'elsewhere' WHERE organization_id = %s",
        [organization.id],
    )
    cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization.id)])
    cursor.execute("SELECT audit_chain(1000)")


@pytest.mark.parametrize("tamper", [cut_off, make_anew])
def test_e29_a_head_that_was_kept_shows_what_the_tables_cannot(
    organization: Organization, length: int, tmp_path: Path, tamper: Any
) -> None:
    kept = tmp_path / "heads"
    kept.write_text("\n".join(printed(organization=organization.slug)))
    with tampering() as cursor:
        tamper(cursor, organization)
    # The control: by the tables alone all is well.
    assert verify(organization)[0] == 0
    code, _, wrong = verify(organization, expect=kept)
    assert (code, len(wrong)) == (1, 1)
    assert wrong[0].startswith(f"the head that was kept at {length} does not stand")


def test_e29_an_organization_that_is_gone_is_told(tmp_path: Path) -> None:
    kept, wrong = tmp_path / "heads", StringIO()
    gone = Head(new_id(), 3, b"x")
    kept.write_text(str(gone))
    with pytest.raises(SystemExit, match="1"):
        call_command("verify_audit", expect=kept, stdout=StringIO(), stderr=wrong)
    assert f"the organization {gone.organization} is missing." in wrong.getvalue()


def test_a_file_that_holds_no_heads_is_refused(organization: Organization, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        verify(organization, expect=tmp_path / "none")
    (tmp_path / "bytes").write_bytes(b"\xff")
    (tmp_path / "words").write_text("words")
    (tmp_path / "emptied").write_text("\n")
    for name in ("bytes", "words", "emptied"):
        with pytest.raises(CommandError, match=name):
            verify(organization, expect=tmp_path / name)


def documented() -> list[str]:
    """What docs/database.md has somebody run once, and then every night."""
    chapter = (ROOT / "docs/database.md").read_text().partition("## Proving the audit")[2].partition("\n## ")[0]
    return re.findall(r"```sh\n(.*?)\n```", chapter)


def test_what_the_documentation_has_run_runs_from_the_first_night_on(tmp_path: Path) -> None:
    manage = f"{sys.executable} {ROOT / 'manage.py'}"
    with databases.another():
        organization = new_organization()
        once, nightly = documented()
        for step in (once, nightly, nightly):
            command = ["sh", "-ec", step.replace("manage.py", manage)]
            subprocess.run(command, cwd=tmp_path, env=configured(), check=True, timeout=120)
    kept = heads.read((tmp_path / "audit-heads").read_text().splitlines())
    assert [head.organization for head in kept] == [organization.id] * 3


def test_a_trial_leaves_no_head_that_is_missed_when_it_is_over(tmp_path: Path) -> None:
    kept = tmp_path / "heads"
    with databases.another():
        organization, scratch = new_organization(), trial.prepare()
        auditing.chain_all()
        kept.write_text("\n".join(printed()))
        assert [head.organization for head in heads.read(kept.read_text().splitlines())] == [organization.id]
        trial.remove(scratch)
        call_command("verify_audit", expect=kept, stdout=StringIO())


def test_a_name_alone_makes_nobody_a_trials(organization: Organization) -> None:
    organization.name = "Trial trial-0123456789ab"
    assert not trial.is_scratch(organization)
    organization.slug = "trial-0123456789ab"
    assert trial.is_scratch(organization)


def test_e29_the_entries_of_a_removed_organization_are_proved() -> None:
    with databases.another():
        removed, wrong = trial.prepare(), StringIO()
        trial.remove(removed)
        auditing.chain_all()
        call_command("verify_audit", stdout=StringIO())
        with tampering() as cursor:
            cursor.execute("DELETE FROM audit_entry WHERE organization_id = %s", [removed.organization.id])
        with pytest.raises(SystemExit, match="1"):
            call_command("verify_audit", stdout=StringIO(), stderr=wrong)
    assert "the last ones, are missing." in wrong.getvalue()


@pytest.mark.parametrize("line", ["x", "x 1 00", "{id} one 00", "{id} 1 hash", "{id} 1 00 00"])
def test_what_is_no_head(line: str) -> None:
    with pytest.raises(HeadsUnreadable, match="Line 2 must be"):
        heads.read(["", line.format(id=new_id())])
