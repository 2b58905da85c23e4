"""Reads whose SQL is made once: the rows are those of the query set, of whichever organization and thread asks."""

import threading
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.test.utils import CaptureQueriesContext

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.prepared import Prepared
from authspine.kernel.tenancy import organization_scope
from clients.models import Client
from tests.factories import ClientFactory
from tests.fixtures import Maker, new_organization

ALWAYS = datetime(2100, 1, 1, tzinfo=UTC)


def some(ids: list[UUID], before: datetime) -> Any:
    found = Client.objects.select_related("user").filter(id__among=ids, created_at__lt=before)
    return found.order_by("created_at")


def prepared() -> Prepared[Client]:
    return Prepared(some, ids=list, before=datetime)


def test_it_gives_what_the_query_set_gives(organization: Organization) -> None:
    read = prepared()
    for names in (["Ben"], ["Ana", "Zoe", "Cid"]):
        with organization_scope(organization, SYSTEM):
            ids = [ClientFactory(name=name).id for name in names]
            found = read(ids=ids, before=ALWAYS)
            assert found == list(some(ids, ALWAYS))
            assert [client.name for client in found] == names
            assert {client.user and client.user.email for client in found} == {client.email for client in found}
            assert read(ids=ids, before=found[0].created_at) == []


def test_each_organization_has_its_own_rows(organization: Organization, make: Maker) -> None:
    """The statement is made in the scope of one and used in that of another."""
    read, other = prepared(), Maker(new_organization())
    ids = [make.client(name="Mine").id, other.client(name="Theirs").id]
    for maker, name in ((make, "Mine"), (other, "Theirs"), (make, "Mine")):
        with organization_scope(maker.organization, SYSTEM):
            assert [client.name for client in read(ids=ids, before=ALWAYS)] == [name]


def test_it_is_one_statement_on_the_connection_of_the_thread(organization: Organization, make: Maker) -> None:
    read, id, seen = prepared(), make.client(name="Ana").id, []
    with organization_scope(organization, SYSTEM):
        read(ids=[id], before=ALWAYS)

    def elsewhere() -> None:
        try:
            with organization_scope(organization, SYSTEM), CaptureQueriesContext(connection) as captured:
                seen.extend([*read(ids=[id], before=ALWAYS), len(captured)])
        finally:
            connection.close()

    thread = threading.Thread(target=elsewhere)
    thread.start()
    thread.join()
    assert [str(one) for one in seen] == ["Ana", "1"]


def test_values_come_as_tuples(organization: Organization, make: Maker) -> None:
    read: Prepared[Any] = Prepared(
        lambda ids: Client.objects.filter(id__among=ids).values_list("id", "deleted_at"), ids=list
    )
    client = make.client(name="Ana")
    with organization_scope(organization, SYSTEM):
        assert read(ids=[client.id]) == [(client.id, None)]
        assert read(ids=[]) == []
