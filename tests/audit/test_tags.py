"""What the audit may keep of a row follows from its tags; no tenant table is without its triggers."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connections, models

from authspine.audit.constraints import KINDS, Audited
from authspine.identity.models import ApiKey, BookingLink, Membership, Organization
from authspine.kernel.models import TenantModel
from authspine.operations.triggers import UNAUDITED
from authspine.privacy import tagging
from authspine.privacy.fields import INSTALLATION, ORGANIZATION, _EncryptedField
from authspine.privacy.tagging import Tag
from authspine.privacy.tags import TABLES
from tests.audit.entries import entries
from tests.privacy.canaries import new_world

GLOBAL = [Membership, ApiKey, BookingLink, Organization]


def audited() -> dict[type[models.Model], Audited]:
    return {
        model: constraint
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, Audited)
    }


def test_each_tenant_table_is_audited_or_on_the_list() -> None:
    tenant = {model for model in apps.get_models() if issubclass(model, TenantModel)}
    assert set(audited()) == {model for model in tenant if model._meta.db_table not in UNAUDITED} | set(GLOBAL)


def test_their_triggers_stand_and_run_as_the_owner() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, p.prosecdef, pg_get_userbyid(p.proowner), p.proconfig::text"
            " FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgenabled = 'O' AND NOT t.tgisinternal AND p.proname LIKE '%_audited'"
        )
        stored = {row[:2]: row[2:] for row in cursor.fetchall()}
    assert {definer for definer, *_ in stored.values()} == {True}
    assert {owner for _, owner, _ in stored.values()} == {"authspine_owner"}
    assert all("search_path=pg_catalog, pg_temp" in settings for _, _, settings in stored.values())
    wanted = {(model._meta.db_table, f"{one.name}_{kind}") for model, one in audited().items() for kind in KINDS}
    assert set(stored) == wanted


def withheld(model: type[models.Model]) -> set[str]:
    """What opens something, what is personal and not sealed under the key of the person, and what goes with them all
    the same: `test_erasure` finds out what does.
    """
    return {
        field.column
        for field in tagging.columns(model)
        if tagging.tag(model, field) is Tag.HIDDEN
        or field.name == "external_id"
        or (tagging.tag(model, field) is Tag.PERSONAL and not goes_with_the_person(field))
        or field.column in TABLES[model._meta.label].emptied.split()
    }


def goes_with_the_person(field: Any) -> bool:
    return isinstance(field, _EncryptedField) and field.person not in (INSTALLATION, ORGANIZATION)


@pytest.mark.parametrize("model", audited(), ids=lambda model: model._meta.label)
def test_what_does_not_go_with_the_person_is_told_of_by_name_alone(model: type[models.Model]) -> None:
    assert set(audited()[model].withheld) == withheld(model)


def test_the_list_of_exceptions_is_no_longer_than_it_must_be() -> None:
    assert set(UNAUDITED) <= {model._meta.db_table for model in set(apps.get_models()) - set(audited())}
    assert all(UNAUDITED.values())


def test_keys_indexes_and_digests_are_never_in_an_entry(organization: Organization) -> None:
    """Of a person about whom all is known that can be: sealed values as they are stored, and no others."""
    world = new_world(organization)
    found = entries(organization)
    assert {"clients.Client", "payments.Refund", "analytics.AnalyticsEvent"} <= {entry.resource for entry in found}
    for entry in found:
        model = apps.get_model(entry.resource)
        for name in withheld(model) & set(entry.changes):
            assert entry.changes[name] is None, f"{entry.resource}.{name}"
        text = str(entry.changes)
        assert not any(canary in text for canary in world.canaries), entry.resource
    opened = [
        entry.changes["name"] for entry in found if entry.resource == "clients.Client" and "name" in entry.changes
    ]
    assert opened[0].startswith("\\x")
