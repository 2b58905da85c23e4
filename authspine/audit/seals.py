"""What keeps the entries: added by the owner's functions alone, numbered and hashed once, and never changed again.

The chain is made in batches and apart from the writes, so that two bookings at once never wait for each other: an entry
is added without a number, and `audit_chain` numbers what is committed, one organization at a time.
"""

from typing import Any, Final

from django.conf import settings

from authspine.audit.constraints import SETTINGS, WHO, WHO_COLUMNS
from authspine.kernel.constraints import CURRENT_ORGANIZATION, TableConstraint

# What is hashed of an entry `e`, after the hash of the one before. JSON has one form for a value whatever the settings
# of the server are; a time is told in microseconds, since its own text depends on them.
TEXT: Final = (
    "jsonb_build_array(e.number, e.id, e.organization_id, (extract(epoch FROM e.at) * 1000000)::bigint, e.actor,"
    ' e.address, e.request_id, e.resource, e."row", e.person, e.people, e.verb, e.changes)::text'
)

_DEFINER: Final = f"SECURITY DEFINER {SETTINGS}"

_CHAIN: Final = f"""
CREATE FUNCTION audit_chain(most integer) RETURNS integer LANGUAGE plpgsql {_DEFINER} AS $$
DECLARE mine uuid := {CURRENT_ORGANIZATION}; last bigint := 0; hashed bytea := ''; done integer := 0;
    e public.audit_entry; BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit_chain ' || mine, 0));
    SELECT number, hash INTO last, hashed FROM public.audit_head WHERE organization_id = mine;
    IF NOT FOUND THEN last := 0; hashed := ''; END IF;
    FOR e IN SELECT * FROM public.audit_entry WHERE organization_id = mine AND number IS NULL ORDER BY id LIMIT most
    LOOP
        last := last + 1; done := done + 1; e.number := last;
        hashed := sha256(hashed || convert_to({TEXT}, 'UTF8'));
        UPDATE public.audit_entry SET number = last, hash = hashed WHERE id = e.id;
    END LOOP;
    IF done > 0 THEN
        INSERT INTO public.audit_head (organization_id, number, hash) VALUES (mine, last, hashed)
            ON CONFLICT (organization_id) DO UPDATE SET number = excluded.number, hash = excluded.hash;
    END IF;
    RETURN done;
END $$;
"""  # noqa: S608 (text of ours)

# Whose entries are not numbered yet; their ids alone. From one organization to the next in the index.
_PENDING: Final = f"""
CREATE FUNCTION audit_pending() RETURNS SETOF uuid LANGUAGE sql STABLE {_DEFINER} AS $$
    WITH RECURSIVE pending(id) AS (
        (SELECT organization_id FROM public.audit_entry WHERE number IS NULL ORDER BY organization_id LIMIT 1)
        UNION ALL SELECT (SELECT organization_id FROM public.audit_entry WHERE number IS NULL
            AND organization_id > pending.id ORDER BY organization_id LIMIT 1) FROM pending WHERE pending.id IS NOT NULL
    ) SELECT id FROM pending WHERE id IS NOT NULL
$$;
"""  # noqa: S608 (text of ours)

_READ: Final = f"""
CREATE FUNCTION audit_read(resource text, "row" uuid, people uuid[]) RETURNS void LANGUAGE sql {_DEFINER} AS $$
    INSERT INTO public.audit_entry (organization_id, at, {WHO_COLUMNS}, resource, "row", people, verb, changes)
    VALUES ({CURRENT_ORGANIZATION}, clock_timestamp(), {WHO}, $1, $2, $3, 'read', '{{}}')
$$;
"""  # noqa: S608 (text of ours)

# Under a policy the server asks an index only what cannot leak, and the operators of arrays are not of these; see
# authspine.privacy.blind.
_ABOUT: Final = f"""
CREATE FUNCTION audit_about(wanted uuid) RETURNS SETOF bigint LANGUAGE sql STABLE ROWS 50 {_DEFINER} AS $$
    SELECT id FROM public.audit_entry WHERE organization_id = {CURRENT_ORGANIZATION} AND person = wanted
    UNION ALL
    SELECT id FROM public.audit_entry WHERE organization_id = {CURRENT_ORGANIZATION} AND people @> ARRAY[wanted]
        AND person IS DISTINCT FROM wanted
$$;
"""  # noqa: S608 (text of ours)

FUNCTIONS: Final = {
    "audit_chain(integer)": _CHAIN,
    "audit_pending()": _PENDING,
    "audit_read(text, uuid, uuid[])": _READ,
    "audit_about(uuid)": _ABOUT,
}

_UNCHANGED: Final = """
CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.number IS NULL AND OLD.hash IS NULL AND NEW.number IS NOT NULL AND NEW.hash IS NOT NULL THEN
            OLD.number := NEW.number; OLD.hash := NEW.hash;
            IF OLD IS NOT DISTINCT FROM NEW THEN RETURN NEW; END IF;
        END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,
        MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed (' || TG_NAME || ')';
END $$;
CREATE TRIGGER %(update)s BEFORE UPDATE ON %(table)s FOR EACH ROW EXECUTE FUNCTION %(name)s();
"""

_GROWS: Final = """
CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.organization_id = OLD.organization_id AND NEW.number > OLD.number THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,
        MESSAGE = 'rows of ' || TG_TABLE_NAME || ' only grow (' || TG_NAME || ')';
END $$;
CREATE TRIGGER %(update)s BEFORE UPDATE ON %(table)s FOR EACH ROW EXECUTE FUNCTION %(name)s();
"""

_STAYS: Final = (
    "CREATE TRIGGER %(delete)s BEFORE DELETE OR TRUNCATE ON %(table)s FOR EACH STATEMENT EXECUTE FUNCTION %(name)s();"
    " REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON %(table)s FROM %(app)s"
)


class _Kept(TableConstraint):
    """Nothing is deleted, by nobody, also not the owner; the app role only reads."""

    changes = ""
    app_adds = False

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{kind}" for kind in ("update", "delete"))

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._made(self.changes + _STAYS, model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._made(
            "DROP TRIGGER %(update)s ON %(table)s; DROP TRIGGER %(delete)s ON %(table)s; DROP FUNCTION %(name)s()",
            model,
            schema_editor,
        )

    def _made(self, template: str, model: Any, schema_editor: Any) -> Any:
        quote = schema_editor.quote_name
        update, delete = map(quote, self.made)
        app = quote(settings.APP_ROLE)
        return self._statement(template, model, schema_editor, app=app, update=update, delete=delete)


class ChainedOnce(_Kept):
    """An entry gets its number and its hash, once, and nothing else of it ever changes."""

    changes = _UNCHANGED


class OnlyGrows(_Kept):
    """The head of a chain moves on and never back."""

    changes = _GROWS


class Functions(TableConstraint):
    """What the app role may do: read, say that it has read, and have the chain made. Always of its own organization."""

    @property
    def made(self) -> tuple[str, ...]:
        return tuple(each.partition("(")[0] for each in FUNCTIONS)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        app = schema_editor.quote_name(settings.APP_ROLE)
        rights = (
            f"REVOKE ALL ON FUNCTION {each} FROM PUBLIC; GRANT EXECUTE ON FUNCTION {each} TO {app};"
            for each in FUNCTIONS
        )
        # Their bodies name both tables, and are not looked at before they run.
        return self._statement(
            "SET LOCAL check_function_bodies = off;" + "".join([*FUNCTIONS.values(), *rights]).replace("%", "%%"),
            model,
            schema_editor,
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement("; ".join(f"DROP FUNCTION {each}" for each in FUNCTIONS), model, schema_editor)
