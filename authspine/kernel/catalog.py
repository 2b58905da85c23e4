"""Whether the database still keeps what the models promise: asked of its catalog, never assumed."""

from collections.abc import Iterable

from django.db import connection, models

# A constraint counts when it is validated, an index when it is usable, a policy when its table enforces policies, and a
# table when this role may read it and add to it.
_FOUND = """
    WITH wanted AS (SELECT to_regclass(name) AS oid FROM unnest(%s::text[]) AS name)
    SELECT conname FROM pg_constraint JOIN wanted ON conrelid = wanted.oid WHERE convalidated
    UNION SELECT relname FROM pg_index JOIN wanted ON indrelid = wanted.oid JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indisvalid
    UNION SELECT polname FROM pg_policy JOIN wanted ON polrelid = wanted.oid JOIN pg_class ON pg_class.oid = polrelid
        WHERE relrowsecurity
    UNION SELECT relname FROM wanted JOIN pg_class USING (oid)
        WHERE has_table_privilege(oid, 'SELECT') AND has_table_privilege(oid, 'INSERT')
"""


def promised(model: type[models.Model]) -> set[str]:
    """The table of a model, and its constraints and indexes by name."""
    meta = model._meta
    return {meta.db_table, *(c.name for c in meta.constraints), *(index.name for index in meta.indexes)}


def missing(wanted: Iterable[type[models.Model]]) -> set[str]:
    """What the models promise and the database does not have, by name; one query."""
    tables = {model._meta.db_table: promised(model) for model in wanted}
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, [list(tables)])
        found = {name for (name,) in cursor.fetchall()}
    return set().union(*tables.values()) - found
