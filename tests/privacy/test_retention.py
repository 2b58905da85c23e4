"""F10: whose vertical's days are over goes; everybody else stays, and a dry run touches nobody."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import call_command

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.operations import tasks
from authspine.orchestrator import erasure, verticals
from bookings.models import Session
from clients.models import Client
from tests.factories import ClientFactory
from tests.fixtures import Maker
from tests.payments.paying import STAFF, book, shop
from tests.rest import Api
from tests.studio import Studio

pytestmark = pytest.mark.usefixtures("alone")
NOW = clock.now()


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def registered(organization: Organization, days: float, **fields: Any) -> Client:
    with organization_scope(organization, SYSTEM):
        client = ClientFactory(**fields)
        Client.objects.filter(id=client.id).update(created_at=ago(days))
    return client


def served(studio: Studio, days: float) -> None:
    booking = book(studio, status="completed")
    with organization_scope(studio.organization, STAFF):
        Session.objects.filter(id=booking.session_id).update(
            starts_at=ago(days) - timedelta(hours=1), ends_at=ago(days)
        )
        Client.objects.filter(id=studio.client.id).update(created_at=ago(5_000))


def erased(organization: Organization, client: Client) -> bool:
    with organization_scope(organization, SYSTEM):
        return Client.objects.get(id=client.id).erased_at is not None


@pytest.mark.parametrize(("days", "over"), [(99, False), (101, True)])
def test_f10_the_vertical_of_the_last_bookings_decides(organization: Organization, days: int, over: bool) -> None:
    studio = shop(organization)
    with organization_scope(organization, STAFF):
        verticals.configure("consulting", data_retention_days=100)
    served(studio, days)
    done = erasure.apply_retention()
    assert [client for _, client in done.erased] == ([studio.client.id] if over else [])
    assert erased(organization, studio.client) == over


def test_f10_who_was_never_booked_is_kept_by_the_longest_rule(organization: Organization) -> None:
    recent, old = registered(organization, 1_824), registered(organization, 1_826)
    assert [client for _, client in erasure.apply_retention().erased] == [old.id]
    assert (erased(organization, recent), erased(organization, old)) == (False, True)
    assert erasure.apply_retention().erased == []


def test_f10_deleted_clients_go_too(organization: Organization, make: Maker) -> None:
    studio = shop(organization)
    served(studio, 4_000)
    with organization_scope(organization, STAFF):
        Client.objects.filter(id=studio.client.id).update(deleted_at=NOW)
    assert [client for _, client in erasure.apply_retention().erased] == [studio.client.id]


def test_a_dry_run_touches_nobody(organization: Organization, capsys: pytest.CaptureFixture[str]) -> None:
    client = registered(organization, 4_000)
    call_command("apply_retention", "--dry-run")
    assert f"client {client.id} of {organization.slug} would be erased" in capsys.readouterr().out
    assert not erased(organization, client)
    call_command("apply_retention")
    assert "1 was erased, 0 must stay" in capsys.readouterr().out
    assert erased(organization, client)


def test_who_may_not_be_erased_stays(organization: Organization, admin: Api) -> None:
    client = registered(organization, 4_000)
    assert admin.put(f"/clients/{client.id}/legal-hold", {"reference": "AZ 7"}).status_code == 200
    for dry_run in (True, False):
        done = erasure.apply_retention(dry_run=dry_run)
        assert done.erased == []
        assert [(id, code) for _, id, code in done.kept] == [(client.id, "legal_hold")]
    assert not erased(organization, client)


@pytest.mark.parametrize(("wanted", "goes"), [("erase", True), ("tell", False), ("off", False)])
def test_the_nightly_job_does_what_it_is_told(
    organization: Organization, settings: Any, caplog: pytest.LogCaptureFixture, wanted: str, goes: bool
) -> None:
    settings.RETENTION = wanted
    client = registered(organization, 4_000, name="Canaria Quetzal")

    context: Any = SimpleNamespace(should_abort=lambda: False)
    tasks.apply_retention.func(context, 0)
    assert erased(organization, client) == goes
    assert ("Clients whose time is over: 1" in caplog.text) == (wanted != "off")
    assert "Quetzal" not in caplog.text
