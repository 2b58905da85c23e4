"""What a trial runs on: two scratch organizations, what the steps have made so far, and how it is all removed again."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from graphlib import TopologicalSorter
from uuid import UUID

from django.apps import apps
from django.db import DatabaseError, connections
from django.db.models import ForeignKey
from psycopg import sql

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import organizations
from bookings.models import Booking
from clients.models import Client
from payments.models import PaymentIntent
from professionals.models import Professional
from services.models import Service


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


def tenant_tables() -> list[str]:
    """The tables of tenants, those that refer to others first."""
    refers = {model: _referred(model) for model in apps.get_models() if issubclass(model, TenantModel)}
    return [model._meta.db_table for model in reversed(list(TopologicalSorter(refers).static_order()))]


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
            _remove_rows(both, ground.domain)
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


def _remove_rows(organizations: Sequence[UUID], domain: str) -> None:
    tables = [*tenant_tables(), "identity_apikey", "identity_membership"]
    with connections["owner"].cursor() as cursor:
        for table in tables:
            statement = sql.SQL("DELETE FROM {} WHERE organization_id = ANY(%s)").format(sql.Identifier(table))
            cursor.execute(statement, [list(organizations)])
        cursor.execute("DELETE FROM identity_organization WHERE id = ANY(%s)", [list(organizations)])
        cursor.execute("DELETE FROM identity_user WHERE email_key LIKE %s", [f"%@{domain}"])


def _close(ground: Ground, *, because: str) -> str:
    for organization in (ground.organization, ground.stranger):
        with organization_scope(organization, SYSTEM):
            Organization.objects.filter(id=organization.id).update(closed_at=clock.now())
    return f"The scratch organizations are closed, not removed: {because}."
