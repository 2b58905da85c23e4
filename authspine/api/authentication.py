"""The two ways to say who one is: an API key, or a signed-in session with its CSRF token.

Both end in a `Caller`, or in a 401. A header that is there but wrong is refused and never falls back to the session.
"""

import re
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from authspine.api.caller import Caller
from authspine.identity import access, links
from authspine.identity import actions as identity_actions
from authspine.identity import queries as identity_queries
from authspine.identity.models import Membership, User
from authspine.identity.rules import LINK_MARK
from authspine.kernel import clock
from authspine.kernel.actor import Actor

SESSION_KEY = "organization"  # set by the admin's switch: the slug or id of the organization that is shown

_HEADER = re.compile(r"bearer +([A-Za-z0-9_-]{1,200})", re.IGNORECASE | re.ASCII)


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>`; the token of a self-service link makes its client the caller."""

    def authenticate(self, request: Request) -> tuple[None, Caller] | None:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        found = _HEADER.fullmatch(header)
        now = clock.now()
        if found and found[1].startswith(f"{LINK_MARK}_"):
            return None, client_of(found[1], now=now)
        key = identity_queries.live_key(found[1], now=now) if found else None
        if key is None:
            raise AuthenticationFailed("This API key is not valid. Send a header such as Authorization: Bearer asp_...")
        identity_actions.note_use(key, now=now)
        actor = Actor("key", key.id)
        return None, Caller(key.organization, actor, access.key_of(key.scope), ends=key.expires_at)

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Auth-spine"'


def client_of(token: str, *, now: datetime) -> Caller:
    """Whom a self-service link speaks for: the one place where a token is tried, also for its page.

    Raises AuthenticationFailed.
    """
    link = links.find(token, now=now)
    if link is None:
        raise AuthenticationFailed("This link is not valid, or no longer.")
    return Caller(link.organization, Actor("client", link.client), access.CLIENT, booking=link.booking)


class MemberAuthentication(SessionAuthentication):
    """A signed-in member; the membership decides the organization and the role."""

    def authenticate(self, request: Request) -> tuple[User, Caller] | None:
        user: User | AnonymousUser | None = getattr(request._request, "user", None)
        if not isinstance(user, User) or not user.is_active:
            return None
        self.enforce_csrf(request)
        membership = _chosen(identity_queries.memberships_of(user), request.session.get(SESSION_KEY))
        return user, Caller(membership.organization, Actor("user", user.id), membership.role)


def _chosen(memberships: list[Membership], wanted: object) -> Membership:
    """The membership that was chosen, or the first where none was.

    Whoever chose an organization means no other: one that is no longer theirs is refused, or they would write into
    another's data without knowing. Raises PermissionDenied.
    """
    if not memberships:
        raise PermissionDenied("You are not a member of any organization.")
    if wanted is None:
        return memberships[0]
    for membership in memberships:
        if wanted in (membership.organization.slug, str(membership.organization_id)):
            return membership
    raise PermissionDenied("You are not a member of the organization that you have chosen. Choose another.")
