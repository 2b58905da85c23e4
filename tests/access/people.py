"""One of everybody who may knock: each role, the client of a link, each key, and those who may no longer."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.test import Client as Browser

from authspine.identity import access
from authspine.identity import actions as identity_actions
from authspine.identity.models import Membership, Organization, User
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from professionals.models import Professional
from tests.rest import Api
from tests.sessions import enter

ANONYMOUS = "anonymous"
REVOKED, EXPIRED = "revoked key", "expired key"
STRANGERS = (ANONYMOUS, REVOKED, EXPIRED)


@dataclass(frozen=True)
class House:
    """An organization with everybody in it; `api` calls as one of them."""

    organization: Organization
    api: dict[str, Api]
    ids: dict[str, str] = field(default_factory=dict)


def new_user(organization: Organization, role: str) -> User:
    user = User.objects.create_user(f"{new_id().hex}@example.com", is_staff=True)
    identity_actions.add_member(organization, user, role=role, by="owner")
    return user


def session(user: User) -> Api:
    """The API as a signed-in member calls it."""
    api = Api()
    api.http = Browser()
    enter(api.http, user)
    return api


def keys(organization: Organization) -> dict[str, Api]:
    made = {scope: identity_actions.create_api_key(organization, scope=scope)[1] for scope in access.SCOPES}
    revoked, revoked_text = identity_actions.create_api_key(organization, scope="admin")
    identity_actions.revoke_api_key(revoked)
    past = clock.now() - timedelta(seconds=1)
    expired_text = identity_actions.create_api_key(organization, scope="admin", expires_at=past)[1]
    return {
        **{access.key_of(scope): Api(text) for scope, text in made.items()},
        REVOKED: Api(revoked_text),
        EXPIRED: Api(expired_text),
        ANONYMOUS: Api(),
    }


def members(organization: Organization) -> dict[str, Api]:
    return {role: session(new_user(organization, role)) for role in Membership.Role.values}


def make_professional_of(organization: Organization, professional: Professional, user: User) -> None:
    """From now on this professional is that user."""
    with organization_scope(organization, SYSTEM):
        Professional.objects.filter(id=professional.id).update(user=user)


def by_link(organization: Organization, booking: UUID) -> Api:
    """The API as the client of this booking calls it."""
    return Api(link_to(organization, booking))


def link_to(organization: Organization, booking: UUID) -> str:
    """The token of a fresh link."""
    with organization_scope(organization, SYSTEM):
        return bookings.link(booking)[1]


def status(response: Any) -> int:
    found: int = response.status_code
    if response.streaming:
        b"".join(response.streaming_content)
    return found
