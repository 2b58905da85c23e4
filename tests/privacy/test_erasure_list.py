"""The list of erasures: durable, readable after a torn write, safe with many writers, and true about what committed."""

import fcntl
import multiprocessing
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import IntegrityError, InterfaceError
from pytest_django.fixtures import Settings

from analytics import queries as event_queries
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.operations.erasures import ListGuard
from authspine.orchestrator import erasure
from authspine.orchestrator.erasure import receipts
from authspine.privacy import erasure_list
from authspine.privacy.erasure_list import Line
from authspine.privacy.errors import ErasureListAway, ErasureListBroken
from clients.models import Client
from tests.fixtures import Maker
from tests.rest import Api, refused


@pytest.fixture(autouse=True)
def listed(tmp_path: Path, settings: Settings) -> Path:
    settings.ERASURE_LIST = tmp_path / "below" / "erasures.jsonl"
    return Path(settings.ERASURE_LIST)


def line(**fields: Any) -> Line:
    told: dict[str, Any] = {"id": new_id(), "organization": new_id(), "kind": "client", "person": new_id()}
    return Line(at=datetime(2030, 1, 1, tzinfo=UTC), **told | fields)


def keep(one: Line) -> None:
    with erasure_list.kept() as note:
        note(one)


def test_what_is_written_is_read(listed: Path) -> None:
    assert erasure_list.lines() == []
    first, second = line(), line()
    keep(first)
    keep(second)
    assert erasure_list.lines() == [first, second]
    assert listed.stat().st_mode & 0o777 == 0o600


def test_an_erasure_that_was_not_committed_is_taken_back() -> None:
    kept, undone = line(), line()
    keep(kept)
    with pytest.raises(IntegrityError), erasure_list.kept() as note:
        note(undone)
        raise IntegrityError
    assert erasure_list.lines() == [kept]


def test_one_whose_commit_nobody_knows_of_stays() -> None:
    unknown = line()
    with pytest.raises(InterfaceError), erasure_list.kept() as note:
        note(unknown)
        raise InterfaceError("the connection is lost")
    assert erasure_list.lines() == [unknown]


def test_a_torn_line_is_no_erasure_and_harms_no_later_one(listed: Path) -> None:
    first, second = line(), line()
    keep(first)
    with listed.open("a") as file:
        file.write('{"id": "01')
    assert erasure_list.lines() == [first]
    keep(second)
    assert erasure_list.lines() == [first, second]


@pytest.mark.parametrize("text", ["nonsense", "[]", "{}", '{"id": "1"}', "", '{"undone": 1}'])
def test_a_line_that_cannot_be_read_is_never_passed_over(listed: Path, text: str) -> None:
    keep(line())
    with listed.open("a") as file:
        file.write(f"{text}\n")
    with pytest.raises(ErasureListBroken, match="Line 2 of"):
        erasure_list.lines()


def write_many(path: Path, organization: UUID) -> None:
    for _ in range(100):
        keep(line(organization=organization))


def test_many_processes_write_whole_lines(listed: Path) -> None:
    mine = [new_id() for _ in range(4)]
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=write_many, args=(listed, each)) for each in mine]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 4
    found = [each.organization for each in erasure_list.lines()]
    assert sorted(found) == sorted(each for each in mine for _ in range(100))


def test_a_writer_waits_for_another(listed: Path) -> None:
    """Whoever cuts off a torn end must not cut off what another writes just then."""
    keep(line())
    writer = threading.Thread(target=keep, args=(line(),))
    with listed.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        writer.start()
        writer.join(0.3)
        assert len(listed.read_text().splitlines()) == 1
    writer.join(10)
    assert len(erasure_list.lines()) == 2


def test_without_the_list_nobody_is_erased(make: Maker, admin: Api, listed: Path) -> None:
    client = make.client()
    listed.parent.write_text("a file where the folder should be")
    refused(admin.post(f"/clients/{client.id}/erase"), 503, "erasure_list_away")
    assert admin.get(f"/clients/{client.id}").json()["name"] == client.name


def test_an_erasure_whose_last_step_fails_leaves_the_person_and_no_line(
    make: Maker, organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second write fails: the first is gone."""
    client = make.client()

    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError("after everything")

    monkeypatch.setattr(event_queries, "count_about", fail)
    with pytest.raises(RuntimeError, match="after everything"):
        erasure.erase_client(organization, SYSTEM, client.id)
    assert erasure_list.lines() == []
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get(id=client.id).name == client.name


def listed_by_hand(organization: Organization, client: Client) -> Line:
    """The line of an erasure that this database knows nothing of."""
    one = line(organization=organization.id, person=client.id)
    keep(one)
    return one


def test_a_dry_run_tells_and_erases_nobody(make: Maker, organization: Organization) -> None:
    client = make.client()
    one = listed_by_hand(organization, client)
    keep(line())  # an organization that this database never had
    assert erasure.replay(dry_run=True) == erasure.Replay(2, [one])
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get(id=client.id).erased_at is None
    assert erasure.replay().found == [one]
    assert erasure.replay().found == []
    with organization_scope(organization, SYSTEM):
        receipt = receipts.find("client", client.id)
        assert receipt is not None
        assert (receipt.id, receipt.at, receipt.by) == (one.id, one.at, "system")


def test_a_booking_ahead_that_came_back_is_in_nobodys_way(make: Maker, organization: Organization) -> None:
    booking = make.booking()
    listed_by_hand(organization, booking.client)
    assert len(erasure.replay().found) == 1


def test_nobody_is_let_in_before_the_list_is_carried_out(make: Maker, organization: Organization, listed: Path) -> None:
    listed_by_hand(organization, client := make.client())
    whole = listed.read_text()
    listed.write_text(whole + "broken\n")
    guard = ListGuard()
    assert not guard.lets_in()
    listed.write_text(whole)
    assert guard.lets_in()
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get(id=client.id).erased_at
    listed.write_text("broken\n")
    assert guard.lets_in()  # once a process


def test_a_list_that_cannot_be_written_is_said_by_one_error(listed: Path) -> None:
    listed.mkdir(parents=True)
    with pytest.raises(ErasureListAway):
        keep(line())
    with pytest.raises(ErasureListAway):
        erasure_list.lines()
