"""How often what is no `ScopedViewSet` may be asked: pages, by who is signed in, and the rest of the API, by address.

Files that are the same for everybody are answered before, and so are free.
"""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from authspine.api import pages
from authspine.api.address import client_address, counted_as
from authspine.api.views import ScopedViewSet
from authspine.limits import actions
from authspine.limits.errors import TooMany

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
# A client's own page looks for free times, and is counted by its link. The challenge of a passkey is kept in a session,
# which a stranger has for the asking.
LOOKED_AT_AS: Final = {"self-service": "search", "mfa_login_webauthn": "challenge"}


class Limits:
    """Counts before the view is called, and once that has refused by a limit of its own says so, too.

    It stands behind the middleware that knows the user, and before the CSRF check: what that refuses counts as well.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        for name, value in getattr(request, "limit_headers", {}).items():
            response[name] = value
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        shown_by = getattr(view, "cls", None)
        if isinstance(shown_by, type) and issubclass(shown_by, ScopedViewSet):
            return None  # it counts by itself, once it knows who asks
        verdict = actions.count(*_counted(request, shown_by))
        if verdict is None:
            return None
        request.limit_headers = verdict.headers  # type: ignore[attr-defined]
        if not verdict.is_over:
            return None
        return pages.unavailable(request, TooMany(retry_after_seconds=verdict.seconds_left))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return pages.unavailable(request, error) if isinstance(error, TooMany) else None


def _counted(request: HttpRequest, view: Any) -> tuple[str, ...]:
    """The limit, and whom it counts."""
    address = f"address:{counted_as(client_address(request))}"
    if request.path_info.startswith("/api/"):
        return getattr(view, "limited_as", "anonymous"), address
    match = request.resolver_match
    named, token = (match.url_name or "", match.kwargs.get("token")) if match else ("", None)
    kind = LOOKED_AT_AS.get(named, "read") if request.method in SAFE else "page"
    if token:
        return kind, f"link:{token}", address
    user = getattr(request, "user", None)
    return (kind, f"user:{user.pk}", address) if user and user.is_authenticated else (kind, address)
