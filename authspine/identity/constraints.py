"""A business that has an owner is never without one: kept by the database, whoever writes."""

from typing import Any, Final

from authspine.kernel.constraints import TableConstraint

LAST_OWNER: Final = "identity_membership_last_owner"

# The organization's row is locked first, in a statement of its own: of two who leave at once the second waits, and then
# looks at what the first has left. One that goes as a whole takes its owners along. Who could not sign in before the
# transaction began was none whom it takes away; a login that the transaction itself has written counts as one that
# could, since it may have been switched off here.
_FUNCTION: Final = """
CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE owned uuid[]; each uuid; login uuid; BEGIN
IF TG_TABLE_NAME = 'identity_user' THEN
    owned := ARRAY(SELECT m.organization_id FROM public.identity_membership m
                   WHERE m.user_id = OLD.id AND m.role = 'owner' ORDER BY 1);
ELSE
    owned := ARRAY[OLD.organization_id];
    login := OLD.user_id;
END IF;
FOREACH each IN ARRAY owned LOOP
    PERFORM FROM public.identity_organization o WHERE o.id = each FOR NO KEY UPDATE;
    IF FOUND AND NOT EXISTS (
        SELECT FROM public.identity_membership m JOIN public.identity_user u ON u.id = m.user_id
        WHERE m.organization_id = each AND m.role = 'owner' AND u.is_active
    ) AND NOT EXISTS (
        SELECT FROM public.identity_user u WHERE u.id = login AND NOT u.is_active AND age(u.xmin) > 0
    ) THEN
        RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,
            MESSAGE = 'an organization would be without an owner (' || TG_NAME || ')';
    END IF;
END LOOP;
RETURN NULL; END $$
"""
_TRIGGERS: Final = """
CREATE CONSTRAINT TRIGGER %(name)s AFTER UPDATE OR DELETE ON %(table)s DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION %(name)s();
CREATE CONSTRAINT TRIGGER %(name)s AFTER UPDATE ON identity_user DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION %(name)s()
"""


class LastOwner(TableConstraint):
    """Of the memberships; the logins have a trigger of the same name, since one that is switched off owns nothing."""

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(f"{_FUNCTION.strip()};{_TRIGGERS}", model, schema_editor)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "DROP TRIGGER %(name)s ON %(table)s; DROP TRIGGER %(name)s ON identity_user; DROP FUNCTION %(name)s()",
            model,
            schema_editor,
        )
