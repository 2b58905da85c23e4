"""Constraints that Django lacks, as `BaseConstraint`s, so that `makemigrations` sees and keeps them.

`TenantPolicy` seals a table by row-level security; `TenantForeignKey` makes a reference that cannot leave the tenant;
`AppendOnly` lets rows be added and nothing else; `TrueAtCommit` is asked of each new row when its transaction ends.
"""

from typing import Any

from django.conf import settings
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement, Table
from django.db.models import BaseConstraint, Model

# After a transaction with SET LOCAL the setting reads '' and not NULL, hence NULLIF.
CURRENT_ORGANIZATION = "NULLIF(current_setting('app.organization_id', true), '')::uuid"


class TableConstraint(BaseConstraint):
    """A constraint that is made by a statement of its own after its table."""

    # Whether the app adds rows to its table by itself.
    app_adds = True

    @property
    def made(self) -> tuple[str, ...]:
        """What it makes in the database, by name."""
        return (self.name,)

    def constraint_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        # Part of CREATE TABLE for Django's own; ours follows at the end of the migration.
        if statement := self.create_sql(model, schema_editor):
            schema_editor.deferred_sql.append(statement)

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Kept by the database alone: there is nothing to ask beforehand."""

    def _statement(
        self, template: str, model: type[Model], schema_editor: BaseDatabaseSchemaEditor, **parts: str
    ) -> Any:
        return Statement(
            template,
            table=Table(model._meta.db_table, schema_editor.quote_name),
            name=schema_editor.quote_name(self.name),
            **parts,
        )

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.deconstruct() == self.deconstruct()

    __hash__ = BaseConstraint.__hash__


class TenantPolicy(TableConstraint):
    """Row-level security: the app role sees and writes rows of the scope's organization only.

    ENABLE and not FORCE: the app role owns nothing, so it is bound by the policy; the owner's data migrations are not
    (under FORCE they would change nothing, silently).
    """

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "ALTER TABLE %(table)s ENABLE ROW LEVEL SECURITY;"
            " CREATE POLICY %(name)s ON %(table)s"
            f" USING (organization_id = {CURRENT_ORGANIZATION}) WITH CHECK (organization_id = {CURRENT_ORGANIZATION})",
            model,
            schema_editor,
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "DROP POLICY %(name)s ON %(table)s; ALTER TABLE %(table)s DISABLE ROW LEVEL SECURITY", model, schema_editor
        )


class TenantForeignKey(TableConstraint):
    """A composite foreign key (organization, `field`): a row cannot point at another tenant's row.

    `field` is a ForeignKey with `db_constraint=False`; its target has a unique key on (organization, id).
    """

    def __init__(self, *, field: str, name: str, violation_error_message: str | None = None) -> None:
        self.field = field
        super().__init__(name=name, violation_error_message=violation_error_message)

    def create_sql(self, model: Any, schema_editor: Any) -> None:  # type: ignore[override]
        # At the end of the migration, when the unique key that it refers to stands, whatever the order of operations.
        field = model._meta.get_field(self.field)
        quote = schema_editor.quote_name
        statement = self._statement(
            "ALTER TABLE %(table)s ADD CONSTRAINT %(name)s FOREIGN KEY (organization_id, %(column)s)"
            " REFERENCES %(target)s (organization_id, id)",
            model,
            schema_editor,
            column=quote(field.column),
            target=quote(field.remote_field.model._meta.db_table),
        )
        schema_editor.deferred_sql.append(statement)

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement("ALTER TABLE %(table)s DROP CONSTRAINT %(name)s", model, schema_editor)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}


class AppendOnly(TableConstraint):
    """Rows are added and read. UPDATE, DELETE and TRUNCATE raise for everybody, also the owner, whether they would
    change a row or not; the app role is not granted them, so that it cannot even begin."""

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " RAISE EXCEPTION USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,"
            " MESSAGE = 'rows of ' || TG_TABLE_NAME || ' are never changed (' || TG_NAME || ')'; END $$;"
            " CREATE TRIGGER %(name)s BEFORE UPDATE OR DELETE OR TRUNCATE ON %(table)s"
            " FOR EACH STATEMENT EXECUTE FUNCTION %(name)s();"
            " REVOKE UPDATE, DELETE, TRUNCATE ON %(table)s FROM %(app)s",
            model,
            schema_editor,
            app=schema_editor.quote_name(settings.APP_ROLE),
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "DROP TRIGGER %(name)s ON %(table)s; DROP FUNCTION %(name)s();"
            " GRANT UPDATE, DELETE ON %(table)s TO %(app)s",
            model,
            schema_editor,
            app=schema_editor.quote_name(settings.APP_ROLE),
        )


class TrueAtCommit(TableConstraint):
    """A condition in SQL on each new row, `NEW`, and whatever came with it, asked when the transaction commits.

    A row that it is not true of (nothing known is not true either) is refused as by a CHECK. Tables are named with
    their schema, since a temporary table would come before one that is not.
    """

    def __init__(self, *, condition: str, name: str, violation_error_message: str | None = None) -> None:
        self.condition = condition
        super().__init__(name=name, violation_error_message=violation_error_message)

    def create_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement(
            "CREATE FUNCTION %(name)s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF (%(condition)s) IS NOT TRUE THEN"
            " RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME,"
            " MESSAGE = 'new row of ' || TG_TABLE_NAME || ' violates ' || TG_NAME;"
            " END IF; RETURN NULL; END $$;"
            " CREATE CONSTRAINT TRIGGER %(name)s AFTER INSERT ON %(table)s DEFERRABLE INITIALLY DEFERRED"
            " FOR EACH ROW EXECUTE FUNCTION %(name)s()",
            model,
            schema_editor,
            condition=self.condition,
        )

    def remove_sql(self, model: Any, schema_editor: Any) -> Any:
        return self._statement("DROP TRIGGER %(name)s ON %(table)s; DROP FUNCTION %(name)s()", model, schema_editor)

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "condition": self.condition}
