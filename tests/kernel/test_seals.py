"""Every table is sealed by a policy or is on the list of global tables, with the reason."""

import re
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections, transaction
from django.db.models import ForeignKey

from authspine.kernel.constraints import CURRENT_ORGANIZATION, TenantForeignKey
from authspine.kernel.models import TenantModel
from authspine.operations import seals
from authspine.operations.seals import GLOBAL, PRIVILEGED

PUBLIC = 2200  # the schema's oid

TABLES = """
SELECT c.relname, c.relrowsecurity, pg_get_userbyid(c.relowner),
       array_agg(p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL) FILTER (WHERE p.oid IS NOT NULL),
       EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'organization_id')
FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
GROUP BY c.oid ORDER BY 1
"""


def tables() -> dict[str, tuple[bool, str, list[bool] | None, bool]]:
    with connections["default"].cursor() as cursor:
        cursor.execute(TABLES)
        return {name: tuple(rest) for name, *rest in cursor.fetchall()}


def test_each_table_is_sealed_or_global_by_design() -> None:
    for name, (secured, _, policies, _) in tables().items():
        if name in GLOBAL:
            assert not secured, name
        else:
            assert secured, f"{name} is neither sealed nor on the list"
            assert policies == [True], name


def test_no_global_table_is_missing() -> None:
    assert set(GLOBAL) <= set(tables())


def test_the_check_lists_every_table_as_sealed_or_with_its_reason() -> None:
    """The same list as the server looks at when it starts: a table that is neither ends the command with 1."""
    told = StringIO()
    call_command("check_seals", stdout=told)
    lines = {line.split()[0]: line.split(maxsplit=1)[1] for line in told.getvalue().splitlines()}
    assert set(lines) == {*tables(), *PRIVILEGED}
    assert {name: said for name, said in lines.items() if said != "sealed"} == GLOBAL | PRIVILEGED


def test_each_view_or_function_with_its_owners_rights_has_its_reason() -> None:
    """(E5) A new one without fails here and at the start. Each keeps the policy in its own words, where nobody's
    temporary table can stand in for the real one."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f') AND relnamespace = %s", [PUBLIC])
        assert cursor.fetchall() == []
        cursor.execute("SELECT proname, prosrc, proconfig FROM pg_proc WHERE prosecdef AND pronamespace = %s", [PUBLIC])
        found = {name: (source, options) for name, source, options in cursor.fetchall()}
    audited = {f"{model._meta.db_table}_audited" for model in apps.get_models()} & set(found)
    assert set(found) == {*PRIVILEGED, *audited}
    for name, (source, options) in found.items():
        assert "search_path=pg_catalog, pg_temp" in options
        if name in audited:
            # Of the rows that were written, as the policies have let them be, and of those that these refer to: such a
            # reference never leaves the tenant.
            referred = {"public.bookings_booking", "public.payments_paymentintent"}
            read = set(re.findall(r"(?:FROM|JOIN) ([a-z_.\"]+)", source))
            assert read <= {
                "new_rows",
                "old_rows",
                "jsonb_each",
                f'public."{name.removesuffix("_audited")}"',
                *referred,
            }
        elif name not in ("audit_pending", "audit_organizations"):  # these tell ids of organizations alone
            assert CURRENT_ORGANIZATION in source


_OF = f"organization_id = {CURRENT_ORGANIZATION}"
_TABLE = "CREATE TABLE public.forgotten (id uuid, organization_id uuid); "
_ON = f"{_TABLE} ALTER TABLE public.forgotten ENABLE ROW LEVEL SECURITY;"
# What looks sealed, or like something global, and is neither.
HOLES = {
    "a policy that is not asked": (f"{_TABLE} CREATE POLICY one ON forgotten USING ({_OF})", "forgotten"),
    "a policy that lets all see": (f"{_ON} CREATE POLICY one ON forgotten USING (true)", "forgotten"),
    "a policy that lets all write": (
        f"{_ON} CREATE POLICY one ON forgotten USING ({_OF}) WITH CHECK (true)",
        "forgotten",
    ),
    "a policy with a way out": (f"{_ON} CREATE POLICY one ON forgotten USING ({_OF} OR id IS NULL)", "forgotten"),
    "a policy of another setting": (
        f"{_ON} CREATE POLICY one ON forgotten USING (id::text = current_setting('app.organization', true))",
        "forgotten",
    ),
    "a second policy": (
        f"{_ON} CREATE POLICY one ON forgotten USING ({_OF}); CREATE POLICY two ON forgotten FOR SELECT USING (true)",
        "forgotten",
    ),
    "a second policy of a sealed table": ("CREATE POLICY two ON clients_client USING (true)", "clients_client"),
    "a sealed table's own, changed": (
        "ALTER POLICY clients_client_tenant ON clients_client USING (true)",
        "clients_client",
    ),
    "a policy that only restricts": (
        f"{_ON} CREATE POLICY one ON forgotten AS RESTRICTIVE USING ({_OF})",
        "forgotten",
    ),
    "a global name elsewhere": ("CREATE SCHEMA other; CREATE TABLE other.identity_user ()", "other.identity_user"),
    "a known function's name elsewhere": (
        "CREATE SCHEMA other; CREATE FUNCTION other.audit_read() RETURNS int LANGUAGE sql SECURITY DEFINER RETURN 1",
        "other.audit_read",
    ),
}
SOUND = {
    "as the platform makes it": f"{_ON} CREATE POLICY one ON forgotten USING ({_OF}) WITH CHECK ({_OF})",
    "for reading and writing at once": f"{_ON} CREATE POLICY one ON forgotten USING ({_OF})",
    "with one that restricts it": (
        f"{_ON} CREATE POLICY one ON forgotten USING ({_OF});"
        " CREATE POLICY two ON forgotten AS RESTRICTIVE USING (id IS NOT NULL)"
    ),
}


def newly_unanswered(statements: str) -> list[str]:
    """What the check says of these, as the owner who makes them; nothing of them stays."""
    with transaction.atomic("owner"), connections["owner"].cursor() as cursor:

        def asked(statement: str) -> list[Any]:
            cursor.execute(statement)
            return cursor.fetchall()

        before = seals.unanswered(seals.relations(asked))
        cursor.execute(statements)
        after = seals.unanswered(seals.relations(asked))
        transaction.set_rollback(True, "owner")
    return [name for name in after if name not in before]


@pytest.mark.parametrize(("statements", "found"), HOLES.values(), ids=HOLES)
def test_e5_what_only_looks_sealed_is_found(statements: str, found: str) -> None:
    assert newly_unanswered(statements) == [found]


@pytest.mark.parametrize("statements", SOUND.values(), ids=SOUND)
def test_e5_what_is_sealed_is_not(statements: str) -> None:
    assert newly_unanswered(statements) == []


def test_the_app_role_owns_no_table() -> None:
    assert {owner for _, owner, _, _ in tables().values()} == {"authspine_owner"}


def test_the_queues_functions_run_as_who_calls_them() -> None:
    """So that the policies bind them, too; they touch the tables of the queue alone."""
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT proname, prosecdef, prosrc FROM pg_proc WHERE proname LIKE 'procrastinate%'")
        functions = cursor.fetchall()
    assert len(functions) > 10
    assert [name for name, privileged, _ in functions if privileged] == []
    touched = {
        table
        for _, _, source in functions
        for table in re.findall(r"(?:FROM|INTO|UPDATE|JOIN)\s+(\w+)", source)
        if table in tables()
    }
    assert touched == {name for name in GLOBAL if name.startswith("procrastinate")}


def test_no_reference_between_tenant_rows_can_leave_the_tenant() -> None:
    with connections["default"].cursor() as cursor:
        cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'f' AND convalidated")
        stored = {name for (name,) in cursor.fetchall()}
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        kept = {each.field: each.name for each in model._meta.constraints if isinstance(each, TenantForeignKey)}
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey) and issubclass(field.remote_field.model, TenantModel):
                assert kept.get(field.name) in stored, f"{model.__name__}.{field.name}"
