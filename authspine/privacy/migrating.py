"""From plain columns to sealed ones, in a migration: the old column steps aside, its rows are sealed, and it goes.

Run by the owner, whom no policy binds; the organizations' keys are read by the app's own connection, in the scope of
each, since that is the only way to read them. An installation without rows needs neither.
"""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, Final

from django.db import migrations, models

from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import new_key
from authspine.kernel.tenancy import organization_scope
from authspine.privacy import keys, people

_ASIDE: Final = "plain_"


def sealed_columns(model: str, columns: Mapping[str, Any], seal: Callable[[Any, Any], None]) -> list[Any]:
    """Operations that replace these columns by encrypted ones; `seal` is the step in between."""
    steps: list[Any] = []
    for name, field in columns.items():
        steps.append(migrations.RenameField(model, name, _ASIDE + name))
        steps.append(migrations.AddField(model, name, field))
    steps.append(migrations.RunPython(seal, migrations.RunPython.noop, elidable=False))
    steps += [migrations.RemoveField(model, _ASIDE + name) for name in columns]
    return steps


def seal_people(apps: Any, schema_editor: Any, label: str, columns: list[str], found_by: Callable[[Any], Any]) -> None:
    """Give each row of these people a key, seal what stood aside, and fill what `found_by` says they are found by."""
    model = apps.get_model(label)
    rows = model._base_manager.using(schema_editor.connection.alias)
    for organization in rows.order_by().values_list("organization_id", flat=True).distinct():
        with organization_scope(SimpleNamespace(id=organization), SYSTEM):  # type: ignore[arg-type]
            for row in rows.filter(organization_id=organization).iterator(1000):
                row.data_key = people.rewrapped(row, new_key())
                _move(row, columns)
                found = found_by(row)
                for name, value in found.items():
                    setattr(row, name, value)
                row.save(update_fields=["data_key", *columns, *found])


def seal_about_people(apps: Any, schema_editor: Any, label: str, columns: list[str]) -> None:
    """Seal what stood aside in rows that are about a person, or are sealed under their organization's key."""
    model = apps.get_model(label)
    # A new column says nothing already: of a million bookings few have a note.
    rows = model._base_manager.using(schema_editor.connection.alias).filter(_say_something(model, columns))
    for organization in rows.order_by().values_list("organization_id", flat=True).distinct():
        with organization_scope(SimpleNamespace(id=organization), SYSTEM):  # type: ignore[arg-type]
            for row in rows.filter(organization_id=organization).iterator(1000):
                _move(row, columns)
                row.save(update_fields=columns)


def seal_of_installation(apps: Any, schema_editor: Any, label: str, columns: list[str], found_by: Any) -> None:
    """Likewise, under the installation's key."""
    model = apps.get_model(label)
    rows = model._base_manager.using(schema_editor.connection.alias)
    if not rows.exists():
        return
    with keys.writing():
        for row in rows.iterator(1000):
            _move(row, columns)
            found = found_by(row)
            for name, value in found.items():
                setattr(row, name, value)
            row.save(update_fields=[*columns, *found])


def make_keys(apps: Any, schema_editor: Any) -> None:
    """The installation's keys, and those of the organizations that are there already."""
    alias = schema_editor.connection.alias
    _make(apps.get_model("privacy.InstallationKey"), alias, None)
    for organization in apps.get_model("identity.Organization")._base_manager.using(alias).values_list("id", flat=True):
        _make(apps.get_model("privacy.OrganizationKey"), alias, organization, organization_id=organization)


def _make(model: Any, alias: str, holder: Any, **owner: Any) -> None:
    for purpose in ("data", "index"):
        row = model(purpose=purpose, **owner)
        row.wrapped = keys.wrap(holder, new_key(), row.pk)
        row.save(using=alias, force_insert=True)


def _say_something(model: Any, columns: list[str]) -> models.Q:
    found = models.Q()
    for name in columns:
        field, aside = model._meta.get_field(name), _ASIDE + name
        found |= ~models.Q(**{aside: None if field.null else field.nothing()})
    return found


def _move(row: Any, columns: list[str]) -> None:
    for name in columns:
        if hasattr(row, _ASIDE + name):
            setattr(row, name, getattr(row, _ASIDE + name))
