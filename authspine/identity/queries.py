"""Reads of the global tables: which key, which membership, which organization."""

import hmac
from datetime import datetime

from django.db.models import Q

from authspine.identity.errors import UnknownOrganizationError
from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.identity.rules import KEY_MARK, digest


def live_key(text: str, *, now: datetime) -> ApiKey | None:
    """The key with this text, if it is neither revoked nor expired and its organization is open."""
    mark, _, rest = text.partition("_")
    prefix = rest.partition("_")[0]
    if mark != KEY_MARK or not text.isascii():
        return None
    keys = ApiKey.objects.select_related("organization").filter(
        Q(expires_at=None) | Q(expires_at__gt=now), prefix=prefix, revoked_at=None, organization__closed_at=None
    )
    key = keys.first()
    return key if key and hmac.compare_digest(key.digest, digest(text)) else None


def memberships_of(user: User) -> list[Membership]:
    """The user's places in open organizations, oldest first."""
    return list(
        Membership.objects.select_related("organization")
        .filter(user=user, organization__closed_at=None)
        .order_by("created_at", "id")
    )


def open_organizations() -> list[Organization]:
    """Every organization that is not closed, oldest first."""
    return list(Organization.objects.filter(closed_at=None).order_by("created_at", "id"))


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
