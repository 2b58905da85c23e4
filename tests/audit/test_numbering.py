"""The job of every minute: bounded, fair, and loud where the audit of an organization cannot be numbered."""

import itertools
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from authspine.audit import chain
from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from authspine.operations import tasks
from authspine.operations.tasks import AuditNotNumbered
from authspine.orchestrator import auditing
from tests import databases
from tests.audit.chains import add_entries, tampering
from tests.audit.entries import entries
from tests.fixtures import new_organization

GOING_ON: Any = SimpleNamespace(should_abort=lambda: False)


def numbered(organization: Organization) -> int:
    return len(entries(organization, number__isnull=False))


def test_a_touched_head_fails_the_job_after_all_others_and_says_what_to_do(caplog: pytest.LogCaptureFixture) -> None:
    with databases.another():
        touched = new_organization()
        auditing.chain_all()
        with tampering() as cursor:
            cursor.execute("DELETE FROM audit_head WHERE organization_id = %s", [touched.id])
        others = [new_organization() for _ in range(3)]
        add_entries(touched, 5)
        with pytest.raises(AuditNotNumbered, match="in 1 organization"):
            tasks.chain_audit.func(GOING_ON, 0)
        assert chain.pending() == [touched.id]
        assert all(numbered(other) for other in others)
    told = f"The audit of the organization {touched.id} cannot be numbered; run manage.py verify_audit"
    assert [record.getMessage() for record in caplog.records] == [told]


def test_who_has_many_entries_keeps_nobody_waiting() -> None:
    """After two batches both were reached, and the next run goes on."""
    with databases.another():
        big, small = new_organization(), new_organization()
        add_entries(big, 2 * chain.BATCH)
        asked = itertools.count()
        swept = auditing.chain_all(stop=lambda: next(asked) >= 2)
        assert (numbered(big), numbered(small)) == (chain.BATCH, len(entries(small)))
        assert swept.done == chain.BATCH + numbered(small)
        auditing.chain_all()
        assert chain.pending() == []


def test_another_one_is_the_last_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    pending = [new_id() for _ in range(30)]
    reached: list[UUID] = []

    def some(organization: UUID) -> int:
        reached.append(organization)
        return 0

    monkeypatch.setattr(chain, "pending", lambda: pending)
    monkeypatch.setattr(auditing, "_some", some)
    auditing.chain_all()
    auditing.chain_all()
    assert sorted(reached[:30]) == sorted(reached[30:]) == sorted(pending)
    assert reached[:30] != reached[30:]


def test_the_job_leaves_off_when_its_time_is_over(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    """Others wait behind it in the worker."""
    monkeypatch.setattr(tasks, "AUDIT_SECONDS", -1)
    tasks.chain_audit.func(GOING_ON, 0)
    assert organization.id in chain.pending()
    monkeypatch.undo()
    tasks.chain_audit.func(GOING_ON, 0)
    assert organization.id not in chain.pending()
