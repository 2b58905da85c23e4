"""E29: every write path leaves its entry, with who it was."""

from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection, connections, migrations, models, transaction
from django.db.migrations.loader import MigrationLoader

from authspine.identity import actions as identity_actions
from authspine.identity.models import Membership, Organization
from authspine.kernel import trace
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from bookings import tasks as booking_tasks
from bookings.models import Booking
from clients.models import Client, Consent
from professionals.models import Location
from tests.admin.office import member, move, new_user, page, signed_in
from tests.audit.entries import entries, newest
from tests.audit.test_tags import audited
from tests.bookings.lapsing import lapsed_holds
from tests.fixtures import Maker, new_organization
from tests.journeys.documents import bring_in, document
from tests.studio import open_studio

STAFF = Actor("user", new_id())


@pytest.fixture
def places(organization: Organization, make: Maker) -> list[Location]:
    return [make.location(name=f"Place {number}") for number in range(3)]


def owner(statement: str, *values: Any) -> None:
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(statement, values)


def database_login() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 'database:' || session_user")
        return str(cursor.fetchone()[0])


def test_e29_a_save_leaves_its_entry(organization: Organization, make: Maker) -> None:
    client = make.client(name="Ana García")
    made = newest(organization, "clients.Client")
    assert (made.verb, made.row, made.person, made.actor) == ("create", client.id, client.id, "system")
    with organization_scope(organization, STAFF):
        row = Client.objects.get(id=client.id)
        row.deleted_at = row.created_at
        row.save()
    changed = newest(organization, "clients.Client")
    assert (changed.verb, changed.actor) == ("change", str(STAFF))
    before, after = changed.changes["deleted_at"]
    assert (before, datetime.fromisoformat(after)) == (None, row.created_at)
    assert "phone" not in changed.changes
    with organization_scope(organization, STAFF):
        Location.objects.create(name="X", timezone="UTC").delete()
    gone = newest(organization, "professionals.Location")
    assert (gone.verb, gone.changes["name"]) == ("delete", "X")


def test_e29_nothing_changed_is_no_entry(organization: Organization, places: list[Location]) -> None:
    before = len(entries(organization))
    with organization_scope(organization, STAFF):
        Location.objects.update(name=models.F("name"))
        Location.objects.filter(name="nowhere").update(name="else")
    assert len(entries(organization)) == before


def test_e29_bulk_create_leaves_an_entry_for_each_row(organization: Organization) -> None:
    with organization_scope(organization, STAFF):
        made = Location.objects.bulk_create([Location(name=f"P{number}", timezone="UTC") for number in range(5)])
    found = entries(organization, "professionals.Location", verb="create", actor=str(STAFF))
    assert {entry.row for entry in found} == {row.id for row in made}


def test_e29_bulk_update_and_update_leave_an_entry_for_each_row(
    organization: Organization, places: list[Location]
) -> None:
    with organization_scope(organization, STAFF):
        for place in places:
            place.name = f"New {place.name}"
        Location.objects.bulk_update(places, ["name"])
        Location.objects.update(active=False)
    found = entries(organization, "professionals.Location", verb="change", actor=str(STAFF))
    assert [sorted(entry.changes) for entry in found] == [["name"]] * 3 + [["active"]] * 3
    assert {entry.row for entry in found} == {place.id for place in places}
    assert found[0].changes["name"][1] == f"New {found[0].changes['name'][0]}"


def test_e29_raw_sql_of_the_app_leaves_its_entry(organization: Organization, places: list[Location]) -> None:
    with organization_scope(organization, STAFF), connection.cursor() as cursor:
        cursor.execute("UPDATE professionals_location SET name = 'raw' WHERE id = %s", [places[0].id])
    assert newest(organization, "professionals.Location").actor == str(STAFF)
    # Past the scope: whoever sets the organization alone is told of by the login.
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.organization_id', %s, true)", [str(organization.id)])
        cursor.execute("DELETE FROM professionals_location WHERE id = %s", [places[0].id])
    gone = newest(organization, "professionals.Location")
    assert (gone.verb, gone.row, gone.actor) == ("delete", places[0].id, database_login())


def test_e29_raw_sql_of_the_owner_leaves_its_entry(organization: Organization, places: list[Location]) -> None:
    owner("UPDATE professionals_location SET name = 'by hand' WHERE id = %s", places[0].id)
    changed = newest(organization, "professionals.Location")
    assert changed.actor.startswith("database:")
    assert changed.changes == {"name": ["Place 0", "by hand"]}
    copied = "jsonb_populate_record(it, jsonb_build_object('id', gen_random_uuid(), 'name', 'copied'))"
    owner(
        f"INSERT INTO professionals_location SELECT ({copied}).* FROM professionals_location it WHERE id = %s",
        places[1].id,
    )
    assert newest(organization, "professionals.Location").changes["name"] == "copied"


def test_e29_another_id_is_another_row(organization: Organization, places: list[Location]) -> None:
    owner("UPDATE professionals_location SET id = gen_random_uuid() WHERE id = %s", places[0].id)
    gone, made = entries(organization, "professionals.Location")[-2:]
    assert [(gone.verb, gone.row), (made.verb, made.row == gone.row)] == [("delete", places[0].id), ("create", False)]


def test_e29_a_truncate_leaves_an_entry_for_each_row(organization: Organization, make: Maker) -> None:
    consents = {make.consent().id for _ in range(2)}
    with pytest.raises(RuntimeError), transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute("TRUNCATE clients_consent")
        cursor.execute(
            "SELECT \"row\" FROM audit_entry WHERE organization_id = %s AND verb = 'delete'", [organization.id]
        )
        assert {row for (row,) in cursor.fetchall()} == consents
        raise RuntimeError("taken back")
    with organization_scope(organization, SYSTEM):
        assert Consent.objects.count() == 2


def test_e29_the_admin_leaves_who_was_signed_in(organization: Organization, make: Maker) -> None:
    client, user = make.client(), member(organization)
    browser = signed_in(user, organization)
    sent = {"name": "Anna", "email": "new@example.com", "phone": "", "notes": "", "preferences": "{}", "metadata": "{}"}
    inline = {f"consents-{name}": "0" for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    response = browser.post(page(Client, "change", client.id), sent | inline)
    assert response.status_code == 302, response.content
    entry = newest(organization, "clients.Client", verb="change")
    assert (entry.row, entry.actor) == (client.id, f"user:{user.id}")
    assert {"name", "email", "email_key", "tokens"} <= set(entry.changes)
    assert entry.changes["email_key"] is entry.changes["tokens"] is None


SETTINGS = {"name": "Renamed", "timezone": "UTC", "currency": "USD", "refund_approval": "99999"}


@pytest.mark.parametrize("chosen", [None, "here", "elsewhere"])
def test_e29_a_superuser_is_named_whatever_they_have_chosen(organization: Organization, chosen: str | None) -> None:
    elsewhere, user = new_organization(), new_user(is_superuser=True)
    browser = signed_in(user, {"here": organization, "elsewhere": elsewhere}.get(chosen or ""))
    with trace.doing("a request"):
        trace.begin("asked-1", address="203.0.113.9")
        assert browser.post(page(Organization, "change", organization.id), SETTINGS).status_code == 302
        for turn in ("close", "reopen"):
            browser.post(move(organization, turn), {"_form_submitted": "on"})
    found = entries(organization, "identity.Organization", verb="change")
    told = [sorted(entry.changes) for entry in found]
    assert told == [["name", "refund_approval_cents"], ["closed_at"], ["closed_at"]]
    who = {(entry.actor, entry.address, entry.request_id) for entry in found}
    assert who == {(f"user:{user.id}", "203.0.113.9", "asked-1")}


def test_e29_each_page_of_what_is_audited_runs_in_a_scope() -> None:
    """That of the chosen organization, without which it is not reached, or that of the organization it is about."""
    pages = {model: shown for model, shown in admin.site._registry.items() if model in audited()}
    assert Organization in pages
    loose = [model for model, shown in pages.items() if not getattr(shown, "in_organization", False)]
    assert [model for model in loose if not hasattr(pages[model], "organization_of")] == []


def test_e29_who_may_not_change_an_organization_opens_no_scope_of_it(organization: Organization) -> None:
    with trace.doing("asked-1"):
        assert signed_in(new_user()).post(page(Organization, "change", organization.id), SETTINGS).status_code == 403
        assert trace.current() == trace.Work("asked-1")


def test_e29_a_job_leaves_its_number(organization: Organization) -> None:
    studio = open_studio(organization)
    lapsed_holds(studio, 10)
    going_on: Any = SimpleNamespace(should_abort=lambda: False)
    with trace.doing(trace.of_job(17)):
        booking_tasks.expire_lapsed.func(going_on, 0)
    entry = newest(organization, "bookings.Booking")
    assert (entry.actor, entry.request_id) == ("system", "job-17")
    assert entry.changes["status"] == ["pending", "expired"]
    assert entry.person == studio.client.id


def test_e29_an_import_leaves_an_entry_for_each_row(organization: Organization) -> None:
    bring_in(organization, document())
    with organization_scope(organization, SYSTEM):
        imported = set(Booking.objects.values_list("id", flat=True))
    assert imported
    assert {entry.row for entry in entries(organization, "bookings.Booking", verb="create")} >= imported


def test_e29_a_data_migration_leaves_its_entry(organization: Organization, places: list[Location]) -> None:
    def rename(apps: Any, schema_editor: Any) -> None:
        rows = apps.get_model("professionals.Location")._base_manager.using(schema_editor.connection.alias)
        rows.filter(organization_id=organization.id).update(name="migrated")

    class Renamed(migrations.Migration):
        operations = [migrations.RunPython(rename)]

    migration = Renamed("renamed", "professionals")
    state = MigrationLoader(connections["owner"]).project_state()
    with connections["owner"].schema_editor() as editor:
        migration.apply(state, editor)
    found = entries(organization, "professionals.Location", verb="change")
    assert {entry.row for entry in found} == {place.id for place in places}
    assert all(entry.actor.startswith("database:") for entry in found)


def test_e29_roles_keys_and_settings_are_answered_for(organization: Organization) -> None:
    user = member(organization, "staff")
    place = Membership.objects.get(user=user)
    with organization_scope(organization, STAFF):
        identity_actions.add_member(organization, user, role="admin", by="owner")
        key, _ = identity_actions.create_api_key(organization, scope="read")
        identity_actions.note_use(key, now=key.created_at)
        Organization.objects.filter(id=organization.id).update(timezone="Europe/Berlin")
    changed = newest(organization, "identity.Membership")
    assert (changed.row, changed.changes, changed.actor) == (place.id, {"role": ["staff", "admin"]}, str(STAFF))
    # That a key was used is no change of it.
    (made,) = entries(organization, "identity.ApiKey")
    assert (made.verb, made.changes["digest"], made.changes["prefix"]) == ("create", None, None)
    assert newest(organization, "identity.Organization").changes == {"timezone": ["UTC", "Europe/Berlin"]}


def test_what_was_taken_back_leaves_nothing(organization: Organization) -> None:
    before = len(entries(organization))
    with pytest.raises(RuntimeError), organization_scope(organization, STAFF):
        Location.objects.create(name="X", timezone="UTC")
        raise RuntimeError
    assert len(entries(organization)) == before
