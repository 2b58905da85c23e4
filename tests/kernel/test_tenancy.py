"""The seam: nothing outside of a scope, nothing of others inside one, and either seal is enough alone."""

from typing import Any

import pytest
from django.db import connection, models, transaction
from django.db.utils import IntegrityError, ProgrammingError

from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy, trace
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.errors import Conflict
from authspine.kernel.ids import new_id
from authspine.kernel.models import TenantManager
from authspine.kernel.tenancy import OutsideScopeError, organization_scope
from authspine.orchestrator import clients
from clients.models import Client
from tests.fixtures import new_organization


def register(organization: Organization, email: str) -> Client:
    with organization_scope(organization, SYSTEM):
        return clients.register(email=email, name="Ana")


def everything(self: TenantManager) -> models.QuerySet:  # type: ignore[type-arg]
    return models.Manager.get_queryset(self)


def test_it_sees_its_own_rows_and_commits(organization: Organization) -> None:
    client = register(organization, "ana@example.com")
    with organization_scope(organization, SYSTEM):
        assert list(Client.objects.all()) == [client]


def test_it_sees_no_rows_of_another(organization: Organization) -> None:
    register(organization, "ana@example.com")
    with organization_scope(new_organization(), SYSTEM):
        assert not Client.objects.exists()


def test_policies_alone_hide_another(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    client = register(organization, "ana@example.com")
    monkeypatch.setattr(TenantManager, "get_queryset", everything)
    with organization_scope(new_organization(), SYSTEM):
        assert not Client.objects.exists()
        assert Client.objects.filter(id=client.id).update(deleted_at=clock.now()) == 0
        assert Client.objects.filter(id=client.id).delete()[0] == 0


@pytest.mark.parametrize(
    ("asking", "acting", "told"),
    [("user", "user", "203.0.113.7"), ("client", "client", ""), ("client", "system", ""), ("key", "client", "")],
)
def test_a_clients_own_address_is_told_to_nobody(
    organization: Organization, asking: Any, acting: Any, told: str
) -> None:
    """Not where something of their request is done in the platform's name, either."""
    with trace.doing("outer"):
        trace.begin("asked-1", address="203.0.113.7")
        trace.note(organization.id, Actor(asking, new_id()))
        with organization_scope(organization, Actor(acting)), connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('app.request_id'), current_setting('app.address')")
            assert cursor.fetchone() == ("asked-1", told)


def test_outside_of_a_scope_managers_raise(organization: Organization) -> None:
    register(organization, "ana@example.com")
    with pytest.raises(OutsideScopeError):
        Client.objects.count()


def test_outside_of_a_scope_policies_show_nothing(organization: Organization) -> None:
    register(organization, "ana@example.com")
    assert Client._base_manager.count() == 0


def test_a_row_for_another_organization_is_refused(organization: Organization) -> None:
    other = new_organization()
    with pytest.raises(ProgrammingError, match="row-level security"), organization_scope(organization, SYSTEM):
        client = clients.register(email="ana@example.com", name="Ana")
        Client.objects.filter(id=client.id).update(organization=other)


def test_one_email_may_be_a_client_of_two_organizations(organization: Organization) -> None:
    """(E7) Each has its own client, and once only; `ana@example.com` of one says nothing to the other."""
    other = new_organization()
    one, another = register(organization, "ana@example.com"), register(other, "ana@example.com")
    assert one.id != another.id
    assert bytes(one.email_key) != bytes(another.email_key)
    for again in (organization, other):
        with pytest.raises(Conflict):
            register(again, "Ana@example.com")


def test_a_reference_into_another_organization_is_refused(organization: Organization) -> None:
    """(E7) By the composite key, past every rule; that every reference has one: tests/kernel/test_seals.py."""
    from professionals.models import Professional, Vertical

    other = new_organization()
    with organization_scope(other, SYSTEM):
        foreign = Vertical.objects.get(slug="beauty").id
    refused = pytest.raises(IntegrityError, match="professionals_professional_vertical_fk")
    with refused, organization_scope(organization, SYSTEM):
        user = clients.register(email="ana@example.com", name="Ana").user
        Professional.objects.create(
            user=user,
            vertical_id=foreign,
            email="x@example.com",
            email_key=b"x",
            name="X",
            timezone="UTC",
        )


def test_it_rolls_back_on_an_exception(organization: Organization) -> None:
    with pytest.raises(ZeroDivisionError), organization_scope(organization, SYSTEM):
        clients.register(email="ana@example.com", name="Ana")
        raise ZeroDivisionError
    with organization_scope(organization, SYSTEM):
        assert not Client.objects.exists()


def test_it_does_not_nest(organization: Organization) -> None:
    refused = pytest.raises(RuntimeError)
    with organization_scope(organization, SYSTEM), refused, organization_scope(organization, SYSTEM):
        pass


def test_it_refuses_to_open_inside_a_transaction(organization: Organization) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError), organization_scope(organization, SYSTEM):
        pass


def test_the_setting_does_not_stay_on_the_connection(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        pass
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('app.organization_id', true)")
        assert cursor.fetchone()[0] in ("", None)
    assert Client._base_manager.count() == 0


def test_a_failed_scope_leaves_no_scope_behind(organization: Organization) -> None:
    with pytest.raises(ZeroDivisionError), organization_scope(organization, SYSTEM):
        raise ZeroDivisionError
    with pytest.raises(OutsideScopeError):
        tenancy.current()


def test_gateway_journeys_refuse_to_run_inside(scope: tenancy.Scope) -> None:
    with pytest.raises(OutsideScopeError):
        tenancy.refuse_inside()


@pytest.mark.parametrize(
    ("asked", "isolation", "read_only"),
    [
        ({}, "read committed", "off"),
        ({"snapshot": True}, "repeatable read", "on"),
        ({"one_moment": True}, "repeatable read", "off"),
    ],
)
def test_what_its_reads_see(organization: Organization, asked: dict[str, bool], isolation: str, read_only: str) -> None:
    with organization_scope(organization, SYSTEM, **asked), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('transaction_isolation'), current_setting('transaction_read_only')")
        assert cursor.fetchone() == (isolation, read_only)
