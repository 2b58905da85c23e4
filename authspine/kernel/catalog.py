"""Whether the database still keeps what the models promise: asked of its catalog, never assumed."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection, models

# A constraint counts when it is validated, a trigger when it is switched on, an index when it is usable, a function
# when this role may call it and it runs as its owner, a policy when its table enforces policies, and a table when this
# role may read it, and may add to it where it is meant to and nowhere else. Keys of one column are found by what they
# do, too: Django names those that a field promises by a hash.
_FOUND = """
    WITH wanted AS (SELECT to_regclass(name) AS oid FROM unnest(%s::text[]) AS name)
    SELECT conname::text FROM pg_constraint JOIN wanted ON conrelid = wanted.oid
        WHERE convalidated AND contype <> 't'
    UNION SELECT tgname FROM pg_trigger JOIN wanted ON tgrelid = wanted.oid WHERE tgenabled IN ('O', 'A')
    UNION SELECT pg_class.relname || ': ' || attname || CASE contype
            WHEN 'p' THEN ' as its primary key'
            WHEN 'u' THEN ' as unique'
            ELSE ' as a reference to ' || target.relname
        END
        FROM pg_constraint JOIN wanted ON conrelid = wanted.oid JOIN pg_class ON pg_class.oid = conrelid
        JOIN pg_attribute ON attrelid = conrelid AND conkey = ARRAY[attnum]
        LEFT JOIN pg_class AS target ON target.oid = confrelid
        WHERE convalidated AND contype IN ('p', 'u', 'f')
    UNION SELECT relname FROM pg_index JOIN wanted ON indrelid = wanted.oid JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indisvalid
    UNION SELECT polname FROM pg_policy JOIN wanted ON polrelid = wanted.oid JOIN pg_class ON pg_class.oid = polrelid
        WHERE relrowsecurity
    UNION SELECT proname FROM pg_proc
        WHERE proname = ANY(%s) AND prosecdef AND has_function_privilege(oid, 'EXECUTE')
    UNION SELECT relname FROM wanted JOIN pg_class USING (oid)
        WHERE has_table_privilege(oid, 'SELECT')
            AND has_table_privilege(oid, 'INSERT') = (relname <> ALL (%s::text[]))
"""


def promised(model: type[models.Model]) -> set[str]:
    """The table of a model, what its constraints and indexes make, by name, and what its fields promise, in words."""
    meta = model._meta
    made = {name for one in meta.constraints for name in getattr(one, "made", [one.name])}
    named = {meta.db_table, *made, *(index.name for index in meta.indexes)}
    return named | {f"{meta.db_table}: {field.column} {key}" for field in meta.local_fields for key in _keys(field)}


def _keys(field: "models.Field[Any, Any]") -> Iterator[str]:
    if field.primary_key:
        yield "as its primary key"
    elif field.unique:
        yield "as unique"
    if isinstance(field, models.ForeignKey) and getattr(field, "db_constraint", True):
        yield f"as a reference to {field.related_model._meta.db_table}"


def _is_added_to(model: type[models.Model]) -> bool:
    return all(getattr(one, "app_adds", True) for one in model._meta.constraints)


def missing(wanted: Iterable[type[models.Model]]) -> set[str]:
    """What the models promise and the database does not have, by name; one query."""
    asked = list(wanted)
    tables = {model._meta.db_table: promised(model) for model in asked}
    only_read = [model._meta.db_table for model in asked if not _is_added_to(model)]
    with connection.cursor() as cursor:
        wanted_names = set().union(*tables.values())
        cursor.execute(_FOUND, [list(tables), list(wanted_names), only_read])
        found = {name for (name,) in cursor.fetchall()}
    return wanted_names - found
