"""The status looks at what it tells of."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connections

from authspine.orchestrator import clients, status


@contextmanager
def changed(there: str, back: str) -> Iterator[None]:
    """The schema as somebody's hand left it, for a moment."""
    with connections["owner"].cursor() as cursor:
        cursor.execute(there)
        try:
            yield
        finally:
            cursor.execute(back)


@pytest.mark.usefixtures("scope")
def test_a_new_platform_is_well_and_empty() -> None:
    told = status.status()
    assert told["version"] == settings.VERSION
    assert told["database"]["engine"] == "PostgreSQL"
    assert int(told["database"]["version"].split(".")[0]) >= 16
    assert set(told["modules"].values()) == {"ok"}
    assert told["verticals"] == ["beauty", "fitness", "consulting", "education", "health", "home_services"]
    assert told["counts"] == {"clients": 0, "professionals": 0, "services": 0, "bookings": 0, "events": 1}


@pytest.mark.usefixtures("scope")
def test_it_counts_what_the_lists_show() -> None:
    client = clients.register(email="ana@example.com", name="Ana")
    clients.register(email="ben@example.com", name="Ben")
    clients.delete(client.id)
    assert status.counts()["clients"] == 1


TABLE = "bookings_occupancy"
CONSTRAINT = "bookings_occupancy_no_overlap"


@pytest.mark.parametrize(
    ("there", "back", "lacking"),
    [
        (
            f"ALTER TABLE {TABLE} RENAME CONSTRAINT {CONSTRAINT} TO gone",
            f"ALTER TABLE {TABLE} RENAME CONSTRAINT gone TO {CONSTRAINT}",
            CONSTRAINT,
        ),
        (
            f"ALTER TABLE {TABLE} DISABLE ROW LEVEL SECURITY",
            f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY",
            f"{TABLE}_tenant",
        ),
        ("ALTER INDEX occupancy_busy RENAME TO gone", "ALTER INDEX gone RENAME TO occupancy_busy", "occupancy_busy"),
        (f"REVOKE INSERT ON {TABLE} FROM authspine_app", f"GRANT INSERT ON {TABLE} TO authspine_app", TABLE),
    ],
)
def test_a_module_that_lost_something_says_so(there: str, back: str, lacking: str) -> None:
    with changed(there, back):
        found = status.modules()
    assert found["bookings"] == f"missing: {lacking}"
    assert set(found.values()) == {"ok", f"missing: {lacking}"}
    assert status.modules()["bookings"] == "ok"


@pytest.mark.parametrize("seal", ["append_only", "balanced"])
@pytest.mark.parametrize("table", ["payments_ledgertransaction", "payments_ledgerentry"])
def test_a_trigger_that_was_switched_off_is_missed(table: str, seal: str) -> None:
    switch = f"ALTER TABLE {table} {{}} TRIGGER {table}_{seal}"
    with changed(switch.format("DISABLE"), switch.format("ENABLE")):
        assert status.modules()["payments"] == f"missing: {table}_{seal}"
    assert status.modules()["payments"] == "ok"


@pytest.mark.parametrize(
    ("module", "there", "back", "lacking"),
    [
        (
            "audit",
            "ALTER TABLE audit_head DISABLE TRIGGER USER",
            "ALTER TABLE audit_head ENABLE TRIGGER USER",
            "audit_head_only_grows_delete, audit_head_only_grows_update",
        ),
        (
            "audit",
            "REVOKE EXECUTE ON FUNCTION audit_chain FROM authspine_app",
            "GRANT EXECUTE ON FUNCTION audit_chain TO authspine_app",
            "audit_chain",
        ),
        (
            "audit",
            "GRANT INSERT ON audit_entry TO authspine_app",
            "REVOKE INSERT ON audit_entry FROM authspine_app",
            "audit_entry",
        ),
        (
            "clients",
            "ALTER TABLE clients_client DISABLE TRIGGER clients_client_audited_update",
            "ALTER TABLE clients_client ENABLE TRIGGER clients_client_audited_update",
            "clients_client_audited_update",
        ),
        (
            "idempotency",
            "ALTER TABLE idempotency_keyedrequest DISABLE ROW LEVEL SECURITY",
            "ALTER TABLE idempotency_keyedrequest ENABLE ROW LEVEL SECURITY",
            "idempotency_keyedrequest_tenant",
        ),
        (
            "privacy",
            "REVOKE SELECT ON privacy_installationkey FROM authspine_app",
            "GRANT SELECT ON privacy_installationkey TO authspine_app",
            "privacy_installationkey",
        ),
        (
            "limits",
            "REVOKE INSERT ON limits_counter FROM authspine_app",
            "GRANT INSERT ON limits_counter TO authspine_app",
            "limits_counter",
        ),
    ],
)
def test_what_all_the_others_stand_on_is_looked_at_too(module: str, there: str, back: str, lacking: str) -> None:
    with changed(there, back):
        assert status.modules()[module] == f"missing: {lacking}"
    assert status.modules()[module] == "ok"


def test_no_app_of_the_platforms_own_is_left_out() -> None:
    own = {model._meta.app_label for model in apps.get_models() if model.__module__.split(".")[0] in settings.PACKAGES}
    assert own == set(status.MODULES)
