"""How often a caller of the API may: counted once for each request, before anything is done for it.

Whoever has a key or a session is counted by it, by their organization and by their address; whoever has none, or a
wrong one, by the address alone. What is counted is what a request does (its route's class), never how its address is
spelled.
"""

from typing import TYPE_CHECKING

from django.http import HttpRequest
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from authspine.api.address import client_address, counted_as
from authspine.identity import access
from authspine.limits import actions
from authspine.limits.errors import TooMany

if TYPE_CHECKING:
    from authspine.api.views import ScopedViewSet


def admit(view: "ScopedViewSet", request: Request) -> None:
    """Find out who asks, and count it. Raises what the authentication raises, and TooMany."""
    try:
        view.perform_authentication(request)
    except (AuthenticationFailed, PermissionDenied):
        _count(view, "refused", by_address(request))
        raise
    if request.auth is None:
        _count(view, "anonymous", by_address(request))
    else:
        caller = view.caller
        # A client's link is a stranger's to try as often as they like: it never uses up what the house may.
        house = [] if caller.who == access.CLIENT else [f"organization:{caller.organization.id}"]
        _count(view, kind_of(view, request), str(caller.actor), *house, by_address(request))


def by_address(request: Request | HttpRequest) -> str:
    return f"address:{counted_as(client_address(request))}"


def kind_of(view: "ScopedViewSet", request: Request) -> str:
    """The class of the route: what the view declares for the action, else by what it does."""
    action = view.action or ""
    if action in view.limited_as:
        return view.limited_as[action]
    if action in view.moves_money:
        return "money"
    if request.method not in SAFE_METHODS:
        return "write"
    return "search" if "search" in request.query_params else "read"


def _count(view: "ScopedViewSet", kind: str, *principals: str) -> None:
    verdict = actions.count(kind, *principals)
    if verdict:
        view.headers |= verdict.headers
        if verdict.is_over:
            raise TooMany(retry_after_seconds=verdict.seconds_left)
