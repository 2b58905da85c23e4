"""E30: what others do while the keys are rotated is neither lost nor written over, though nobody is told of it."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

import pytest
from django.db import connections
from django.db.transaction import TransactionManagementError

from authspine.identity import actions as identity_actions
from authspine.identity.models import User
from authspine.kernel import transactions
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import UnknownKey
from authspine.kernel.tenancy import organization_scope
from authspine.privacy import keys, rotation
from clients.models import Client
from tests.factories import ClientFactory
from tests.fixtures import Maker, new_organization
from tests.privacy import rotating
from tests.privacy.rotating import Installation, data_keys, ring_id, rotate, under
from tests.workers import comes_true


@pytest.fixture
def ana(installation: Installation) -> Client:
    made: Client = Maker(new_organization()).client(name="Ana García", email="ana@example.com")
    return made


@pytest.fixture
def old(ana: Client, installation: Installation) -> set[bytes]:
    """The ids of the keys that are to go; the next one is in the ring already."""
    ids = {ring_id(installation.ring[0]), *data_keys()}
    installation.add()
    return ids


@contextmanager
def beside(work: Callable[[], object]) -> Iterator[threading.Thread]:
    """In a thread with connections of its own, which has ended afterwards."""

    def carry_out() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=carry_out)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(60)
    assert not thread.is_alive()


def read(client: Client) -> Client:
    with organization_scope(client.organization, SYSTEM):
        found: Client = Client.objects.select_related("user").get(id=client.id)
        return found


def login(client: Client) -> User:
    assert client.user
    return client.user


def removed(old: set[bytes]) -> bool:
    return not data_keys() & old


def test_who_knows_the_old_keys_alone_writes_under_the_new_ones(ana: Client, old: set[bytes]) -> None:
    """As another process does, which hears of no rotation."""
    holders = (None, ana.organization_id)
    known = {}
    with organization_scope(ana.organization, SYSTEM):
        for holder in holders:
            known[holder] = keys.of_organization() if holder else keys.of_installation()
    rotate()
    keys._known.update(known)
    made = Maker(ana.organization).client(name="Ben", email="ben@example.com")
    identity_actions.login_for("cem@example.com")
    User.objects.create_user("dora@example.com")
    assert under(old) == []
    assert (read(made).name, read(ana).name) == ("Ben", "Ana García")


def test_who_saves_what_was_read_before_saves_it_under_the_new_keys(ana: Client, old: set[bytes]) -> None:
    before = read(ana)
    rotate()
    with organization_scope(ana.organization, SYSTEM):
        before.save()
        login(before).save()
    assert under(old) == []
    assert (read(ana).name, login(read(ana)).email) == ("Ana García", "ana@example.com")


def test_what_was_read_before_is_opened_afterwards(ana: Client, old: set[bytes]) -> None:
    """By a process that has read the new keys since, and could not find the old ones in the database any more."""
    with organization_scope(ana.organization, SYSTEM):
        before = Client.objects.select_related("user").get(id=ana.id)
        assert keys.of_organization()
        assert keys.of_installation()
    rotate()
    assert (read(ana).name, login(read(ana)).email) == ("Ana García", "ana@example.com")
    assert (before.name, login(before).email) == ("Ana García", "ana@example.com")


def test_nothing_is_sealed_outside_of_a_transaction(ana: Client) -> None:
    """The lock would be gone before the row is written."""
    user = User.objects.get(id=login(ana).id)
    with pytest.raises(TransactionManagementError):
        user.save()


@pytest.fixture
def mine(ana: Client) -> Iterator[ExitStack]:
    """A transaction of ours that began before the rotation; the test closes it."""
    with ExitStack() as stack:
        stack.enter_context(organization_scope(ana.organization, SYSTEM))
        yield stack


def test_the_old_keys_stay_until_nobody_reads_any_more(ana: Client, old: set[bytes], mine: ExitStack) -> None:
    """Whoever has read a row must open it, also when knowing no key yet."""
    row = Client.objects.get(id=ana.id)
    with beside(rotate) as rotation_of_all:
        assert comes_true(lambda: under(old) == [])
        time.sleep(0.5)
        assert rotation_of_all.is_alive()
        rotating.forget()
        assert row.name == "Ana García"
        mine.close()
    assert removed(old)


@pytest.fixture
def ben(ana: Client) -> Client:
    """On the same page of the rotation, behind Ana."""
    made: Client = Maker(ana.organization).client(name="Ben")
    return made


def test_a_row_that_somebody_holds_is_not_waited_for(
    ana: Client, ben: Client, old: set[bytes], mine: ExitStack
) -> None:
    """Else who holds Ben and wants Ana would wait for the rotation, which has Ana and wants Ben."""
    assert Client.objects.select_for_update().get(id=ben.id)
    with beside(rotate):
        assert comes_true(lambda: under(old) == ["clients_client.data_key"])
        time.sleep(0.3)
        assert Client.objects.select_for_update().get(id=ana.id)
        mine.close()
    assert removed(old)
    assert (read(ana).name, read(ben).name) == ("Ana García", "Ben")


def without_lock(holder: Any) -> Any:
    """`keys._live_row` of one who does not lock it."""
    rows = keys.rows(holder).filter(purpose="data", retired_at=None)
    return rows.values_list("id", "wrapped").get()


@pytest.mark.parametrize("guards", [["wait"], ["lock"], ["wait", "lock"], []], ids=["wait", "lock", "both", "control"])
def test_what_was_begun_under_an_old_key_is_not_lost(
    ana: Client, old: set[bytes], mine: ExitStack, guards: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Guarded twice; the control has no guard, and nobody can open any more what was written."""
    if "wait" not in guards:
        monkeypatch.setattr(transactions, "running", dict)
    if "lock" not in guards:
        monkeypatch.setattr(keys, "_live_row", without_lock)
    keys.live_for_writing(ana.organization_id)
    with beside(rotate) as rotation_of_all:
        assert comes_true(lambda: under(old) == [])
        rotation_of_all.join(None if not guards else 1)
        assert rotation_of_all.is_alive() == bool(guards)
        made = ClientFactory(name="Ben")
        mine.close()
    assert removed(old) or not guards
    rotating.forget()
    with nullcontext() if guards else pytest.raises(UnknownKey):
        assert read(made).name == "Ben"


@pytest.mark.parametrize("lock", [rotation._LOCK, ""], ids=["locked", "control"])
def test_a_change_is_not_written_over(ana: Client, old: set[bytes], lock: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made between the reading and the writing of a page. Without the lock the old value comes back."""
    opened, changing = keys.opened, ExitStack()

    def change() -> None:
        with keys.writing():
            user = User.objects.get(id=login(ana).id)
            user.email = "new@example.com"
            user.save(update_fields=["email"])

    def first(holder: Any, sealed: bytes, place: bytes) -> bytes:
        monkeypatch.setattr(keys, "opened", opened)
        thread = changing.enter_context(beside(change))
        thread.join(1)
        assert thread.is_alive() == bool(lock)
        return opened(holder, sealed, place)

    monkeypatch.setattr(rotation, "_LOCK", lock)
    monkeypatch.setattr(keys, "opened", first)
    rotate()
    changing.close()
    assert under(old) == []
    assert login(read(ana)).email == ("new@example.com" if lock else "ana@example.com")
