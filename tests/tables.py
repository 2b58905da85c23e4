"""What the tables of the database hold, as one digest each: told by one statement, whatever they hold."""

from collections.abc import Iterable
from functools import cache

from django.apps import apps
from django.db import connections
from psycopg import sql

from authspine.identity.models import Organization
from authspine.kernel.models import TenantModel


def of_organizations() -> list[str]:
    """The tables whose rows each belong to an organization."""
    return [model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)]


@cache
def names() -> list[str]:
    """Every table."""
    return _listed("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 2200 ORDER BY 1")


@cache
def _owned() -> list[str]:
    return _listed("SELECT table_name FROM information_schema.columns WHERE column_name = 'organization_id'")


def state(organization: Organization, tables: Iterable[str]) -> dict[str, str]:
    """Of each of these tables its digest; of one organization, where it says whose its rows are.

    Asked by the owner, whom no policy binds, and as it is stored: nothing is opened for it.
    """
    digest = "SELECT {}, (SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {} t WHERE {})"
    own = sql.SQL("organization_id = {}").format(organization.id)
    each = [
        sql.SQL(digest).format(sql.Literal(name), sql.Identifier(name), own if name in _owned() else sql.SQL("true"))
        for name in tables
    ]
    with connections["owner"].cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(each).as_string())
        return dict(cursor.fetchall())


def _listed(asked: str) -> list[str]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(asked)
        return [name for (name,) in cursor.fetchall()]
