"""The demo's door: open only where `settings.DEMO` says so, and only onto the demo organization.

Each view gets a `Visit`. Reading and changing are scopes of their own: a journey that is refused has rolled back before
its form is shown again, so nothing half-done is ever committed with the page that explains why.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page

from authspine.api import reads
from authspine.api.errors import as_platform_error, status_of
from authspine.audit import reading
from authspine.demo.frame import frame
from authspine.identity import queries as identity_queries
from authspine.identity.errors import UnknownOrganizationError
from authspine.identity.models import Organization
from authspine.kernel import clock, times, trace
from authspine.kernel.actor import Actor
from authspine.kernel.errors import PlatformError, Unavailable
from authspine.kernel.tenancy import Scope, organization_scope

ACTOR = Actor("demo")
ZONE_COOKIE = "zone"


@dataclass(frozen=True)
class Visit:
    """One request to the demo: whose data, in which zone it is shown, and when."""

    organization: Organization
    zone: ZoneInfo
    now: datetime

    def scope(self, *, snapshot: bool = False) -> AbstractContextManager[Scope]:
        return organization_scope(self.organization, ACTOR, snapshot=snapshot)


class DemoRequest(HttpRequest):
    """A request that has come through the door."""

    visit: Visit
    htmx: Any


type View[**P] = Callable[Concatenate[DemoRequest, P], HttpResponse]


def _enter(request: HttpRequest) -> Visit:
    organization = _organization()
    trace.note(organization.id, ACTOR)
    chosen = request.COOKIES.get(ZONE_COOKIE, "")
    name = chosen if times.is_zone(chosen) else organization.timezone
    return Visit(organization, times.zone(name), clock.now())


def _organization() -> Organization:
    try:
        return identity_queries.demo_organization(settings.DEMO_ORGANIZATION)
    except UnknownOrganizationError as error:
        raise Unavailable("There is no demo data yet. Run: manage.py prepare_demo") from error


def demo_page[**P](view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """Let a request in, show times in the visitor's zone, and turn what the view leaves unanswered into a page."""

    # Half a page of markup is repetition; Django's middleware pads what it compresses against guessing at tokens.
    @gzip_page
    @wraps(view)
    def enter(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        try:
            response = _answer(view, cast(DemoRequest, request), *args, **kwargs)
        except (PlatformError, DatabaseError, InterfaceError) as error:
            response = _problem(request, error)
        # The same address answers with a page or with a piece of one, and never from a cache.
        patch_vary_headers(response, ["HX-Request"])
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return enter


def _answer[**P](view: View[P], request: DemoRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
    request.visit = _enter(request)
    with timezone.override(request.visit.zone), reading.looking() as look:
        response = view(request, *args, **kwargs)
    reads.record(look, request.method, request.visit.scope)
    return response


def _problem(request: HttpRequest, raised: Exception) -> HttpResponse:
    """What to show when a page cannot be had at all."""
    error = as_platform_error(raised)
    if error is None:
        raise raised
    shown = frame(request) | {"error": error, "retry": isinstance(error, Unavailable)}
    response = render(request, "demo/problem.html", shown, status=status_of(error))
    if isinstance(error, Unavailable):
        response["Retry-After"] = str(error.retry_after_seconds)
    return response
