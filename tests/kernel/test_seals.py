"""Every table is sealed by a policy or is on the list of global tables, with the reason."""

import re

from django.apps import apps
from django.db import connections
from django.db.models import ForeignKey

from authspine.kernel.constraints import TenantForeignKey
from authspine.kernel.models import TenantModel

# table or prefix: why it may be read without knowing the tenant
GLOBAL = {
    "identity_user": "a login belongs to a person, who may be in several organizations",
    "identity_user_groups": "Django's, of the login",
    "identity_user_user_permissions": "Django's, of the login",
    "identity_organization": "read to find the tenant",
    "identity_membership": "read to find the tenant of a signed-in user",
    "identity_apikey": "read to find the tenant of a key",
    "identity_bookinglink": "read to find the tenant of a self-service link; ids, a digest and times alone",
    "auth_group": "Django's permissions",
    "auth_group_permissions": "Django's permissions",
    "auth_permission": "Django's permissions",
    "django_admin_log": "who did what in the admin; shown to that user alone",
    "django_content_type": "the list of models",
    "django_migrations": "the list of migrations",
    "django_session": "sign-ins",
    "privacy_installationkey": "what logins, which belong to no organization, are sealed under; wrapped",
    "payments_gatewayevent": "comes before anybody knows whose it is; ids, amounts and words of state alone",
    "procrastinate_jobs": "a worker looks for work before it knows whose it is; arguments are ids alone",
    "procrastinate_events": "what became of each job",
    "procrastinate_periodic_defers": "when each periodic task was last enqueued",
    "procrastinate_workers": "which workers live",
}

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
