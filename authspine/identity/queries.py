"""Reads of the global tables: which key, which membership, which organization."""

import hmac
from datetime import datetime
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import Model, QuerySet

from authspine.identity.errors import KeyNotFound, UnknownOrganizationError
from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.identity.rules import KEY_MARK, ROLES_WITH_SECOND_FACTOR, digest


def live_key(text: str, *, now: datetime) -> ApiKey | None:
    """The key with this text, if it is neither revoked nor expired and its organization is open."""
    mark, _, rest = text.partition("_")
    prefix = rest.partition("_")[0]
    if mark != KEY_MARK or not text.isascii():
        return None
    with connection.cursor() as cursor:
        cursor.execute(_live_key_statement(), [prefix, now])
        row = cursor.fetchone()
    if row is None:
        return None
    own = len(ApiKey._meta.concrete_fields)
    key = ApiKey.from_db(connection.alias, _names(ApiKey), row[:own])
    if not hmac.compare_digest(key.digest, digest(text)):
        return None
    key.organization = Organization.from_db(connection.alias, _names(Organization), row[own:])
    return key


@cache
def _live_key_statement() -> str:
    """Made once: with every request the ORM would spend longer on making it than the server on the answer."""
    columns = [f"{model._meta.db_table}.{name}" for model in (ApiKey, Organization) for name in _columns(model)]
    return (
        f"SELECT {', '.join(columns)} FROM identity_apikey"  # noqa: S608 (names of ours)
        " JOIN identity_organization ON identity_organization.id = identity_apikey.organization_id"
        " WHERE identity_apikey.prefix = %s AND identity_apikey.revoked_at IS NULL"
        " AND (identity_apikey.expires_at IS NULL OR identity_apikey.expires_at > %s)"
        " AND identity_organization.closed_at IS NULL"
    )


def _columns(model: type[Model]) -> list[str]:
    return [str(field.column) for field in model._meta.concrete_fields]


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def keys_of(organization: Organization) -> QuerySet[ApiKey]:
    """The organization's keys, newest first, those too that are over. Not with what they are recognized by."""
    return ApiKey.objects.filter(organization=organization).defer("digest").order_by("-created_at", "-id")


def key_of(organization: Organization, key_id: UUID) -> ApiKey:
    """The organization's key with this id. Raises KeyNotFound."""
    found = keys_of(organization).select_related("organization").filter(id=key_id).first()
    if found is None:
        raise KeyNotFound
    return found


def memberships_of(user: User) -> list[Membership]:
    """The user's places in open organizations, oldest first."""
    return list(
        Membership.objects.select_related("organization")
        .filter(user=user, organization__closed_at=None)
        .order_by("created_at", "id")
    )


def needs_second_factor(user: User) -> bool:
    """Whether a password alone does not let this user in: by a role anywhere, since a sign-in is for everywhere."""
    return user.is_superuser or Membership.objects.filter(user=user, role__in=ROLES_WITH_SECOND_FACTOR).exists()


def open_organizations() -> list[Organization]:
    """Every organization that is not closed, oldest first."""
    return list(Organization.objects.filter(closed_at=None).order_by("created_at", "id"))


def all_organizations() -> list[Organization]:
    """Every organization, closed ones too, oldest first."""
    return list(Organization.objects.order_by("created_at", "id"))


def organization(organization_id: UUID) -> Organization:
    """The organization with this id. Raises Organization.DoesNotExist."""
    return Organization.objects.get(id=organization_id)


def known_organization(organization_id: UUID) -> Organization | None:
    """The organization with this id, open or closed, if there is one."""
    return Organization.objects.filter(id=organization_id).first()


def organization_by_slug(slug: str) -> Organization:
    """The open organization with this slug. Raises UnknownOrganizationError."""
    organization = Organization.objects.filter(slug=slug, closed_at=None).first()
    if organization is None:
        raise UnknownOrganizationError(f"There is no organization with the slug {slug!r}.", field="organization")
    return organization


def demo_organization(slug: str) -> Organization:
    """The organization that the demo shows: it says of itself that it is one. Raises UnknownOrganizationError."""
    organization = organization_by_slug(slug)
    if not organization.is_demo:
        raise UnknownOrganizationError(f"The organization {slug!r} is no demo.", field="organization")
    return organization
