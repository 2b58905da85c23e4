"""How often what is no `ScopedViewSet` may be asked: what is posted to pages, and the rest of the API, by address."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from authspine.api import pages
from authspine.api.address import client_address, counted_as
from authspine.api.views import ScopedViewSet
from authspine.limits import actions
from authspine.limits.errors import TooMany

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class Limits:
    """Counts before the view is called, and once that has refused by a limit of its own says so, too."""

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
        counted = _counted(request, shown_by)
        verdict = actions.count(*counted) if counted else None
        if verdict is None:
            return None
        request.limit_headers = verdict.headers  # type: ignore[attr-defined]
        if not verdict.is_over:
            return None
        return pages.unavailable(request, TooMany(retry_after_seconds=verdict.seconds_left))

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return pages.unavailable(request, error) if isinstance(error, TooMany) else None


def _counted(request: HttpRequest, view: Any) -> tuple[str, ...] | None:
    """The limit, and whom it counts; None for a page that is only looked at."""
    address = f"address:{counted_as(client_address(request))}"
    if request.path_info.startswith("/api/"):
        return getattr(view, "limited_as", "anonymous"), address
    if request.method in SAFE:
        return None
    user = getattr(request, "user", None)
    return ("page", f"user:{user.pk}", address) if user and user.is_authenticated else ("page", address)
