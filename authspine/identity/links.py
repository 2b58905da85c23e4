"""Self-service links: made for one booking, found by their token, and taken back."""

import secrets
from datetime import datetime
from uuid import UUID

from authspine.identity.models import BookingLink, Organization
from authspine.identity.rules import LINK_MARK, digest


def make(organization: Organization, *, booking: UUID, client: UUID, expires_at: datetime) -> tuple[BookingLink, str]:
    """A link with its token, which is told once and kept nowhere: `asl_` and 256 bits of chance."""
    token = f"{LINK_MARK}_{secrets.token_urlsafe(32)}"
    link = BookingLink.objects.create(
        organization=organization, booking=booking, client=client, digest=digest(token), expires_at=expires_at
    )
    return link, token


def find(token: str, *, now: datetime) -> BookingLink | None:
    """The live link with this token, with its organization; every use of a token comes through here.

    Found by the digest of what was sent, so how long it takes says nothing of the tokens that there are.
    """
    if not token.startswith(f"{LINK_MARK}_") or not token.isascii():
        return None
    return (
        BookingLink.objects.select_related("organization")
        .filter(digest=digest(token), revoked_at=None, expires_at__gt=now, organization__closed_at=None)
        .first()
    )


def revoke(organization: Organization, booking: UUID, *, now: datetime) -> int:
    """Take back what leads to a booking; how many links that were."""
    living = BookingLink.objects.filter(organization=organization, booking=booking, revoked_at=None)
    return living.filter(expires_at__gt=now).update(revoked_at=now)


def revoke_one(link: BookingLink, *, now: datetime) -> None:
    """Take back this link alone."""
    BookingLink.objects.filter(id=link.id, revoked_at=None).update(revoked_at=now)


def forget(organization_id: UUID, client: UUID) -> None:
    """Nothing leads to the bookings of who is erased."""
    BookingLink.objects.filter(organization_id=organization_id, client=client).delete()
