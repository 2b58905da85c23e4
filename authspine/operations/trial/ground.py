"""What a trial runs on: two scratch organizations, what the steps have made so far, and how it is all removed again."""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from graphlib import TopologicalSorter
from typing import Any, Literal
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, connections, transaction
from django.db.models import ForeignKey, Model
from psycopg import sql

from authspine.identity.models import ApiKey, Membership, Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.constraints import AppendOnly
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import LOCK_TIMEOUT, organization_scope
from authspine.orchestrator import organizations
from bookings.models import Booking
from clients.models import Client
from payments.models import PaymentIntent
from professionals.models import Professional
from services.models import Service

_MARKED = re.compile(r"(Trial|Stranger) (trial-[0-9a-f]{12})")
PEOPLE = ("clients_client", "professionals_professional")


@dataclass
class Ground:
    """One trial's organization, a stranger's, and what the steps leave for each other."""

    organization: Organization
    stranger: Organization
    domain: str
    client: Client = field(init=False)
    professional: Professional = field(init=False)
    service: Service = field(init=False)
    booking: Booking = field(init=False)
    intent: PaymentIntent = field(init=False)

    def at(self, hour: int) -> datetime:
        """That hour, UTC, of a working day in the coming week."""
        day = clock.now().date() + timedelta(days=2)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return datetime.combine(day, time(hour), UTC)


def prepare() -> Ground:
    """Two organizations with names that nothing else has."""
    mark = f"trial-{secrets.token_hex(6)}"
    organization = organizations.create(name=f"Trial {mark}", slug=mark)
    stranger = organizations.create(name=f"Stranger {mark}", slug=f"{mark}-stranger")
    return Ground(organization, stranger, domain=f"{mark}.invalid")


def is_scratch(organization: Organization) -> bool:
    """Whether a trial made it, which removes or closes it when it is done."""
    named = _MARKED.fullmatch(organization.name)
    return named is not None and organization.slug in (named[2], f"{named[2]}-stranger")


def tenant_models() -> list[type[TenantModel]]:
    """The models of tenants, those that refer to others first."""
    refers = {model: _referred(model) for model in apps.get_models() if issubclass(model, TenantModel)}
    return list(reversed(list(TopologicalSorter(refers).static_order())))


def _referred(model: type[TenantModel]) -> set[type[TenantModel]]:
    references = (field.related_model for field in model._meta.get_fields() if isinstance(field, ForeignKey))
    return {other for other in references if other is not model and issubclass(other, TenantModel)}


def remove(ground: Ground) -> str:
    """Remove both organizations as the owner role, whom no policy binds; where that login is not at hand, close them.

    Gives a sentence that says which of the two was done.
    """
    both = [ground.organization.id, ground.stranger.id]
    if _may_become_owner():
        try:
            _remove_rows(both)
        except DatabaseError as error:
            return _close(ground, because=str(error).splitlines()[0])
        return "The scratch organizations are removed."
    return _close(ground, because="the owner's login is not at hand")


def _may_become_owner() -> bool:
    try:
        connections["owner"].ensure_connection()
    except DatabaseError:
        return False
    return True


def _remove_rows(organizations: Sequence[UUID]) -> None:
    with connections["owner"].cursor() as cursor:
        logins = [login for table in PEOPLE for login in _logins_in(cursor, table, organizations)]
        models: list[type[Model]] = [*tenant_models(), ApiKey, Membership]
        for model in models:
            with _unsealed(cursor, model):
                statement = sql.SQL("DELETE FROM {} WHERE organization_id = ANY(%s)")
                cursor.execute(statement.format(sql.Identifier(model._meta.db_table)), [list(organizations)])
        cursor.execute("DELETE FROM identity_organization WHERE id = ANY(%s)", [list(organizations)])
        cursor.execute("DELETE FROM identity_user WHERE id = ANY(%s)", [logins])


def _logins_in(cursor: Any, table: str, organizations: Sequence[UUID]) -> list[UUID]:
    """Nobody else has them: no address of a trial is used again."""
    statement = sql.SQL("SELECT user_id FROM {} WHERE organization_id = ANY(%s)")
    cursor.execute(statement.format(sql.Identifier(table)), [list(organizations)])
    return [login for (login,) in cursor.fetchall()]


@contextmanager
def _unsealed(cursor: Any, model: type[Model]) -> Iterator[None]:
    """One transaction, in which rows that are never changed can be taken away, because nobody ever lived them.

    Only an owner can do that, and nobody else writes to the table meanwhile: they wait, or this gives up.
    """
    seals = [one.name for one in model._meta.constraints if isinstance(one, AppendOnly)]
    with transaction.atomic(using="owner"):
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        for seal in seals:
            cursor.execute(_switch(model, "DISABLE", seal))
        yield
        for seal in seals:
            cursor.execute(_switch(model, "ENABLE", seal))


def _switch(model: type[Model], verb: Literal["ENABLE", "DISABLE"], trigger: str) -> sql.Composed:
    table, name = sql.Identifier(model._meta.db_table), sql.Identifier(trigger)
    return sql.SQL("ALTER TABLE {} {} TRIGGER {}").format(table, sql.SQL(verb), name)


def _close(ground: Ground, *, because: str) -> str:
    for organization in (ground.organization, ground.stranger):
        with organization_scope(organization, SYSTEM):
            Organization.objects.filter(id=organization.id).update(closed_at=clock.now())
    return f"The scratch organizations are closed, not removed: {because}."
