"""The triggers that write the audit, as constraints of the tables that they watch.

One trigger call a statement, whatever number of rows it writes, by whomever: the ORM, an UPDATE of many rows, COPY, an
operator's own SQL. The functions belong to the owner and run as it, since the app role cannot write entries; their text
names every table with its schema, since a temporary table would come before one that is not.
"""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Model

from authspine.kernel.constraints import TableConstraint

# Who it was: whom the scope has named, or whoever has logged into the database. The settings of a transaction that is
# over read '' and not NULL.
WHO: Final = (
    "coalesce(nullif(current_setting('app.actor', true), ''), 'database:' || session_user),"
    " coalesce(current_setting('app.address', true), ''), coalesce(current_setting('app.request_id', true), '')"
)
WHO_COLUMNS: Final = "actor, address, request_id"
# What a value looks like must not depend on who writes it.
SETTINGS: Final = "SET search_path = pg_catalog, pg_temp SET bytea_output = 'hex' SET timezone = 'UTC'"

_INTO: Final = (
    f'INSERT INTO public.audit_entry (organization_id, at, {WHO_COLUMNS}, resource, "row", person, verb, changes)'
)

_FUNCTION: Final = f"""
CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER {SETTINGS} AS $$ BEGIN
IF TG_OP = 'INSERT' THEN
    {_INTO} SELECT it.%(organization)s, clock_timestamp(), {WHO}, %(resource)s, it.id, %(person)s, 'create',
        to_jsonb(it) - %(dropped)s || %(nulls)s FROM new_rows it;
ELSIF TG_OP = 'DELETE' THEN
    {_INTO} SELECT it.%(organization)s, clock_timestamp(), {WHO}, %(resource)s, it.id, %(person)s, 'delete',
        to_jsonb(it) - %(dropped)s || %(nulls)s FROM old_rows it;
ELSIF TG_OP = 'TRUNCATE' THEN
    {_INTO} SELECT it.%(organization)s, clock_timestamp(), {WHO}, %(resource)s, it.id, %(person)s, 'delete',
        to_jsonb(it) - %(dropped)s || %(nulls)s FROM public.%(table)s it;
ELSE
    {_INTO} SELECT it.%(organization)s, clock_timestamp(), {WHO}, %(resource)s, it.id, %(person)s, 'change',
        found.changes FROM new_rows it
        JOIN old_rows was ON was.id = it.id AND was.%(organization)s = it.%(organization)s
        CROSS JOIN LATERAL (SELECT to_jsonb(was) AS old, to_jsonb(it) AS new OFFSET 0) pair
        CROSS JOIN LATERAL (
            SELECT jsonb_object_agg(key, CASE WHEN key = ANY(%(withheld)s) THEN 'null'::jsonb
                ELSE jsonb_build_array(pair.old -> key, value) END) AS changes
            FROM jsonb_each(pair.new) WHERE value <> pair.old -> key AND NOT key = ANY(%(unwatched)s)
        ) found
        WHERE found.changes IS NOT NULL;
    -- Another id or another organization is another row.
    {_INTO} SELECT it.%(organization)s, clock_timestamp(), {WHO}, %(resource)s, it.id, %(person)s, 'delete',
        to_jsonb(it) - %(dropped)s || %(nulls)s FROM old_rows it
        WHERE NOT EXISTS (SELECT FROM new_rows n WHERE n.id = it.id AND n.%(organization)s = it.%(organization)s);
    {_INTO} SELECT it.%(organization)s, clock_timestamp(), {WHO}, %(resource)s, it.id, %(person)s, 'create',
        to_jsonb(it) - %(dropped)s || %(nulls)s FROM new_rows it
        WHERE NOT EXISTS (SELECT FROM old_rows o WHERE o.id = it.id AND o.%(organization)s = it.%(organization)s);
END IF;
RETURN NULL; END $$;
-- On a table of their own making anybody could have it write what they like, as the owner.
REVOKE ALL ON FUNCTION %(name)s() FROM PUBLIC;
"""  # noqa: S608 (text of ours, and quoted names)

_TRIGGERS: Final = (
    "CREATE TRIGGER %(insert)s AFTER INSERT ON %(table)s REFERENCING NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION %(name)s();"
    "CREATE TRIGGER %(update)s AFTER UPDATE ON %(table)s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION %(name)s();"
    "CREATE TRIGGER %(delete)s AFTER DELETE ON %(table)s REFERENCING OLD TABLE AS old_rows"
    " FOR EACH STATEMENT EXECUTE FUNCTION %(name)s();"
    "CREATE TRIGGER %(truncate)s BEFORE TRUNCATE ON %(table)s FOR EACH STATEMENT EXECUTE FUNCTION %(name)s()"
)
KINDS: Final = ("insert", "update", "delete", "truncate")


class Audited(TableConstraint):
    """Every row that is written leaves an entry: what it is, or what has changed of it.

    `withheld` columns are told of by name alone: what opens something, what stands for somebody, and what is personal
    and sealed under no key that goes with the person. Changes of `unwatched` ones alone are none. `person` says in SQL
    whom a row, `it`, is about.
    """

    def __init__(
        self,
        *,
        name: str,
        person: str = "",
        withheld: Sequence[str] = (),
        unwatched: Sequence[str] = (),
        violation_error_message: str | None = None,
    ) -> None:
        self.person, self.withheld, self.unwatched = person, list(withheld), list(unwatched)
        super().__init__(name=name, violation_error_message=violation_error_message)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            _FUNCTION + _TRIGGERS,
            model,
            schema_editor,
            organization=schema_editor.quote_name(organization_column(model)),
            resource=_text(model._meta.label),
            person=f"({self.person or 'NULL'})::uuid",
            withheld=_array(self.withheld),
            unwatched=_array(self.unwatched),
            # Of which organization it is says the entry itself.
            dropped=_array([*self.withheld, "organization_id"]),
            nulls="jsonb_build_object(" + ", ".join(f"{_text(name)}, NULL" for name in self.withheld) + ")",
            **self._triggers(schema_editor),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        drops = "".join(f"DROP TRIGGER %({kind})s ON %(table)s; " for kind in KINDS)
        return self._statement(
            drops + "DROP FUNCTION %(name)s()", model, schema_editor, **self._triggers(schema_editor)
        )

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{kind}" for kind in KINDS)

    def _triggers(self, schema_editor: Any) -> dict[str, str]:
        return {kind: schema_editor.quote_name(name) for kind, name in zip(KINDS, self.made, strict=True)}

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        told = {"person": self.person, "withheld": self.withheld, "unwatched": self.unwatched}
        return path, args, {**kwargs, **{name: value for name, value in told.items() if value}}


def organization_column(model: type[Model]) -> str:
    """The column that says of which organization a row is; an organization's own is its id."""
    return "id" if model._meta.label == "identity.Organization" else "organization_id"


def _text(value: str) -> str:
    quoted = value.replace("'", "''")
    return f"'{quoted}'"


def _array(names: Sequence[str]) -> str:
    return "ARRAY[" + ", ".join(map(_text, names)) + "]::text[]"
