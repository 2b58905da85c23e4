"""Whose data the pages of the admin show: one organization's, chosen in the switch and kept in the session.

Each page runs in one scope of that organization, sealed like a request of the API. A superuser may choose any that is
open; others only those that they are members of, with what their role allows. A page about one organization itself,
of a superuser who has chosen none, runs in the scope of that one: what it changes there has somebody who did it.
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from authspine.api import reads
from authspine.api.authentication import SESSION_KEY
from authspine.api.caller import Caller
from authspine.audit import reading
from authspine.identity import access, own
from authspine.identity import queries as identity_queries
from authspine.identity.models import Membership, Organization, User
from authspine.kernel import trace
from authspine.kernel.actor import Actor
from authspine.kernel.tenancy import organization_scope
from authspine.kernel.times import zone

type Page = Callable[..., HttpResponse]

CHOOSER = "admin:choose_organization"


def offered(user: User) -> QuerySet[Organization]:
    """The organizations that this user may choose, by name."""
    every = Organization.objects.filter(closed_at=None).order_by("name", "id")
    return every if user.is_superuser else every.filter(memberships__user=user)


def choose(request: HttpRequest, slug: str) -> Organization | None:
    """Show this organization from now on; None, and nothing changes, when it is not one that the user may choose."""
    organization = offered(user_of(request)).filter(slug=slug).first()
    if organization is not None:
        request.session[SESSION_KEY] = organization.slug
    return organization


def may_enter(request: HttpRequest) -> bool:
    """Whether the admin lets this user in: who is invited to an organization needs no flag that a superuser sets."""
    user = request.user
    return isinstance(user, User) and user.is_active and (user.is_staff or bool(places(request)))


def places(request: HttpRequest) -> list[Membership]:
    """Where the user is a member, looked up once for each request: a membership may have ended."""
    found: list[Membership] | None = getattr(request, "places", None)
    if found is None:
        found = request.places = identity_queries.memberships_of(user_of(request))  # type: ignore[attr-defined]
    return found


def caller_of(request: HttpRequest) -> Caller | None:
    """The chosen organization and what the user may do there, looked up for each request: a role may have ended.

    None when the one that was chosen is no longer offered: whoever chose it means no other, and is asked to choose.
    """
    user, wanted = user_of(request), request.session.get(SESSION_KEY)
    actor = Actor("user", user.id)
    if user.is_superuser:
        organization = offered(user).filter(slug=wanted).first() if wanted else _usual(request)
        return Caller(organization, actor, access.OWNER) if organization else None
    place = next((one for one in places(request) if not wanted or one.organization.slug == wanted), None)
    return Caller(place.organization, actor, place.role) if place else None


def _usual(request: HttpRequest) -> Organization | None:
    """Where a superuser who has not chosen is taken: the first of their own, else the only one that there is."""
    for place in places(request):
        return place.organization
    first_two = list(offered(user_of(request))[:2])
    return first_two[0] if len(first_two) == 1 else None


def seat(request: HttpRequest) -> Caller | None:
    """Who acts on this page, for which organization; None where none is chosen or nobody is signed in."""
    return getattr(request, "seat", None)


def caller(request: HttpRequest) -> Caller:
    """As `seat`, on a page that is not reached without one."""
    found = seat(request)
    assert found is not None
    return found


def may(request: HttpRequest, resource: str, verb: str) -> bool:
    """Whether the user may do this in the chosen organization."""
    found = seat(request)
    return found is not None and found.may(resource, verb)


def visible(request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those among these rows that the user may see."""
    return own.visible(rows, caller(request).eyes)


def outside_scope(page: Any) -> Any:
    """Mark a page whose journey opens scopes of its own."""
    page.outside_scope = True
    return page


def seated(page: Page) -> Page:
    """Run a page in the scope of the chosen organization, in its time zone.

    The page is rendered inside, since templates read rows too. A page about a tenant's rows sends who has chosen no
    organization to where one is chosen; one about a row is found by whoever may see the row.
    """

    @wraps(page)
    def in_seat(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        found = caller_of(request)
        request.seat = found  # type: ignore[attr-defined]
        acting = found or _about(page, request, kwargs)
        if acting is not None:
            trace.note(acting.organization.id, acting.actor)
        if found is None and getattr(getattr(page, "__self__", None), "in_organization", False):
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse(CHOOSER)}?{query}")
        with timezone.override(zone(found.organization.timezone) if found else None), reading.looking() as look:
            with _scope(page, acting):
                _reach(page, request, kwargs, found)
                response = rendered(page(request, *args, **kwargs))
                if found is not None:
                    reads.record(look, request.method, partial(_of, found))
            return response

    return in_seat


def rendered(response: HttpResponse) -> HttpResponse:
    """The answer, its template rendered now: Django would do it after the scope has closed."""
    render = getattr(response, "render", None)
    return render() if callable(render) else response


def _reach(page: Page, request: HttpRequest, named: Mapping[str, Any], found: Caller | None) -> None:
    """Before anything of a row's page runs: the questions of its dialogs read the row as well. Raises Http404."""
    reach = getattr(getattr(page, "__self__", None), "reach", None)
    if found is None or reach is None or "object_id" not in named:
        return
    is_outside = getattr(page, "outside_scope", False)
    with _of(found) if is_outside else nullcontext():
        reach(request, named["object_id"])


def _about(page: Page, request: HttpRequest, named: Mapping[str, Any]) -> Caller | None:
    """Who acts on a page about one organization itself, which needs no chosen one: for that organization.

    It is no seat: the page shows nothing of the organization's rows.
    """
    about = getattr(getattr(page, "__self__", None), "organization_of", None)
    organization = about(request, named["object_id"]) if about and "object_id" in named else None
    return Caller(organization, Actor("user", user_of(request).id), access.OWNER) if organization else None


def _scope(page: Page, acting: Caller | None) -> AbstractContextManager[Any]:
    return nullcontext() if acting is None or getattr(page, "outside_scope", False) else _of(acting)


def _of(found: Caller) -> AbstractContextManager[Any]:
    return organization_scope(found.organization, found.actor)


def user_of(request: HttpRequest) -> User:
    """Who is signed in: no page of the admin is reached by anybody else."""
    assert isinstance(request.user, User)
    return request.user
