"""(E5) Whatever happened on a connection before, the next user of it sees the rows of its own organization or none."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, DataError, connection, connections, transaction
from django.db.backends.postgresql.base import DatabaseWrapper
from django.db.utils import OperationalError

from analytics.queries import Filters
from authspine.identity.models import Organization
from authspine.kernel import tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import analytics, sweep
from clients.models import Client
from tests.factories import ClientFactory
from tests.fixtures import new_organization
from tests.guards import take_the_filter_away

SEALED = sorted(model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel))


@pytest.fixture(scope="module")
def two() -> list[Organization]:
    made = [new_organization(), new_organization()]
    for one in made:
        with organization_scope(one, SYSTEM):
            ClientFactory()
    return made


@pytest.fixture(autouse=True)
def policies_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    take_the_filter_away(monkeypatch)


def seen() -> set[str]:
    """Whose clients this connection shows, asked past every manager."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT organization_id::text FROM clients_client")
        return {str(found) for (found,) in cursor.fetchall()}


def server_process() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def seen_inside(organization: Organization) -> set[str]:
    with organization_scope(organization, SYSTEM):
        return seen()


@pytest.mark.parametrize("table", SEALED)
def test_e5_no_tenant_set_shows_no_row(two: list[Organization], table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table}"')
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("local", [True, False])
def test_e5_an_empty_tenant_shows_no_row(two: list[Organization], local: bool) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', '', %s)", [local])
        assert seen() == set()


@pytest.mark.parametrize("wrong", ["nonsense", "1 OR true", "00000000-0000-0000-0000-000000000000", "%"])
def test_e5_a_tenant_that_is_none_shows_no_row(two: list[Organization], wrong: str) -> None:
    found: set[str] = set()
    with suppress(DataError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [wrong])
        found = seen()
    assert found == set()


class Boom(Exception):
    pass


def ends_well() -> None:
    seen()


def raises() -> None:
    raise Boom


def is_refused_by_the_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def rolls_back() -> None:
    transaction.set_rollback(True)


def is_cancelled() -> None:
    raw = connection.connection
    timer = threading.Timer(0.05, raw.cancel_safe)
    timer.start()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(10)")


def takes_too_long() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '20ms'")
        cursor.execute("SELECT pg_sleep(10)")


ENDS = [ends_well, raises, is_refused_by_the_database, rolls_back, is_cancelled, takes_too_long]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """A pool of one, so that whoever comes next gets the very connection that was used before."""
    settings = connection.settings_dict["OPTIONS"]["pool"]
    before = dict(settings)
    close_pool()
    settings |= {"min_size": 1, "max_size": 1}
    yield
    close_pool()
    settings |= before


def close_pool() -> None:
    wrapper = connections["default"]
    assert isinstance(wrapper, DatabaseWrapper)
    wrapper.close()
    wrapper.close_pool()


@pytest.mark.usefixtures("one_connection")
@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_e5_a_pooled_connection_is_clean_for_the_next(two: list[Organization], end: Any) -> None:
    first, second = two
    process = None
    try:
        with organization_scope(first, SYSTEM):
            process = server_process()
            assert seen() == {str(first.id)}
            end()
    except (Boom, DatabaseError):
        pass
    connection.close()  # given back, as at the end of a request
    assert seen() == set()
    assert server_process() == process, "another connection proves nothing"
    connection.close()
    assert seen_inside(second) == {str(second.id)}


@pytest.mark.usefixtures("one_connection")
def test_e5_the_control_a_setting_of_the_session_would_stay(two: list[Organization]) -> None:
    """What SET LOCAL is for: a setting of the session leaks to whoever is given the connection next."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, false)", [str(two[0].id)])
    connection.close()
    try:
        assert seen() == {str(two[0].id)}
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET app.organization_id")
        connection.close()


def test_e5_threads_that_share_a_pool_see_their_own(two: list[Organization]) -> None:
    """Eight threads, two organizations, more threads than connections: 400 scopes, each with its own rows alone."""

    def look(number: int) -> bool:
        organization = two[number % 2]
        try:
            with organization_scope(organization, SYSTEM):
                if number % 7 == 0:
                    raise Boom
                mine = seen() == {str(organization.id)} == {str(one.organization_id) for one in Client.objects.all()}
        except Boom:
            mine = seen() == set()
        finally:
            connection.close()
        return mine

    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(look, range(400)))


def streamed(organization: Organization, turn: threading.Barrier) -> str:
    """An export, which waits after every piece for the other one."""
    text = ""
    for piece in analytics.export(organization, SYSTEM, format="csv", filters=Filters()):
        text += piece
        with suppress(threading.BrokenBarrierError):
            turn.wait(10)
    turn.abort()  # the other one may be longer
    connection.close()
    return text


def test_e5_streams_that_run_side_by_side_keep_to_their_own(
    two: list[Organization], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analytics, "gathered", lambda pieces: pieces)  # row by row, as the database gives them
    marks = []
    for one in two:
        with organization_scope(one, SYSTEM):
            marks.append(str(ClientFactory().id))
            for _ in range(5):
                analytics.track("newsletter.opened", user=UUID(marks[-1]))
    turn = threading.Barrier(2)
    with ThreadPoolExecutor(2) as threads:
        texts = list(threads.map(lambda one: streamed(one, turn), two))
    for text, mark, other in zip(texts, marks, reversed(marks), strict=True):
        assert mark in text
        assert other not in text


def test_e5_a_stream_that_nobody_reads_to_its_end_gives_its_connection_back_clean(two: list[Organization]) -> None:
    stream = analytics.export(two[0], SYSTEM, format="csv", filters=Filters())
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert seen() == set()


def test_e5_a_job_for_all_organizations_sees_one_at_a_time(two: list[Organization]) -> None:
    found = []

    def look() -> int:
        found.append((str(tenancy.organization_id()), seen()))
        return 1

    sweep.in_every_organization(look)
    assert {str(one.id) for one in two} <= {mine for mine, _ in found}
    assert [shown for mine, shown in found if shown - {mine}] == []
    assert seen() == set()


def test_e5_a_command_sees_the_organization_that_it_names_alone(two: list[Organization], tmp_path: Path) -> None:
    told = tmp_path / "document.json"
    call_command("export_platform", organization=two[0].slug, output=told, with_personal_data=True, verbosity=0)
    with organization_scope(two[0], SYSTEM):
        mine = {str(id) for id in Client.objects.values_list("id", flat=True)}
    assert {row["id"] for row in json.loads(told.read_text())["clients"]} == mine


def test_e5_functions_with_their_owners_rights_show_no_other(two: list[Organization]) -> None:
    """Asked with the tokens of another organization's client: nothing, and outside of a scope nothing either."""
    with organization_scope(two[0], SYSTEM):
        tokens = ClientFactory().tokens
    for name in ("clients_client_found", "clients_client_found_either"):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {name}(%s)", [tokens])
            assert cursor.fetchone() == (0,)
        with organization_scope(two[1], SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {name}(%s)", [tokens])
            assert cursor.fetchone() == (0,)
        with organization_scope(two[0], SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {name}(%s)", [tokens])
            assert cursor.fetchone() != (0,)


def test_e5_a_lock_that_is_waited_for_in_vain_leaves_nothing(two: list[Organization]) -> None:
    with organization_scope(two[0], SYSTEM), pytest.raises(OperationalError), transaction.atomic():
        takes_too_long()
    assert seen() == set()
