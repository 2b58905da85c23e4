"""Services: the list, one service, and the forms."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authspine.demo.answers import attempt, done, move
from authspine.demo.forms.services import ServiceForm, initial_of
from authspine.demo.paging import page
from authspine.demo.rules_in_words import facts
from authspine.demo.showing import show, typed, uuid_or_none
from authspine.demo.views.places import choices as place_choices
from authspine.demo.visit import DemoRequest, demo_page
from authspine.kernel.money import format_amount
from authspine.orchestrator import services as journeys
from professionals import queries as professional_queries
from professionals.models import Location, Professional
from services import queries as service_queries
from services.models import Service

TAB = "services"
# Of how many professionals one can be chosen in a form; more are found by way of their own page.
CHOICES = 200


def _address(service: Service) -> str:
    return reverse("demo:service", args=[service.id])


@demo_page
@require_safe
def listed(request: DemoRequest) -> HttpResponse:
    search = typed(request)
    with request.visit.scope():
        found = service_queries.search(service_queries.listed(), search)
        return show(request, "demo/services/list.html", tab=TAB, part="found", search=search, page=page(request, found))


@demo_page
@require_safe
def detail(request: DemoRequest, service_id: UUID) -> HttpResponse:
    with request.visit.scope():
        service = service_queries.with_parts(service_queries.get(service_id))
        place = professional_queries.location(service.location_id) if service.location_id else None
        return show(
            request,
            "demo/services/detail.html",
            tab=TAB,
            part_of="about",
            service=service,
            place=place,
            terms=facts(service),
        )


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DemoRequest) -> HttpResponse:
    offered_by = request.GET.get("professional", "")
    people = _people(request, offered_by)
    templates = _templates(people, offered_by)
    form = ServiceForm(
        request.POST or None,
        professionals=people,
        places=_places(request),
        vertical=next((one.vertical for one in people if str(one.id) == offered_by), None),
        currency=request.visit.organization.currency,
        initial={"professional": offered_by}
        | _chosen(templates, request.GET.get("template", ""), request.visit.organization.currency),
    )
    if form.is_valid():
        service = attempt(request.visit, form, lambda: _publish(form.said()))
        if service:
            return done(request, "Service published:", at=_address(service), named=service.name)
    return show(request, "demo/services/form.html", tab=TAB, form=form, templates=templates, offered_by=offered_by)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DemoRequest, service_id: UUID) -> HttpResponse:
    with request.visit.scope():
        service = service_queries.get(service_id)
    form = ServiceForm(
        request.POST or None,
        professionals=[service.professional],
        places=_places(request, service.location_id),
        vertical=service.professional.vertical,
        currency=service.currency,
        initial={"professional": str(service.professional_id)} | initial_of(service, _amounts(service)),
    )
    if form.is_valid():
        changes = {name: value for name, value in form.said().items() if name != "professional"}
        changed = attempt(request.visit, form, lambda: journeys.update(service_id, **changes))
        if changed:
            return done(request, "Saved:", at=_address(changed), named=changed.name)
    return show(request, "demo/services/form.html", tab=TAB, form=form, service=service)


@demo_page
@require_POST
def withdraw(request: DemoRequest, service_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.deactivate(service_id),
        did="Withdrawn: nobody can book it any more. What is booked stays booked.",
        back=reverse("demo:service", args=[service_id]),
    )


@demo_page
@require_POST
def offer(request: DemoRequest, service_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.update(service_id, active=True),
        did="On offer again.",
        back=reverse("demo:service", args=[service_id]),
    )


def _places(request: DemoRequest, *besides: UUID | None) -> list[Location]:
    with request.visit.scope():
        return place_choices(*besides)


def _people(request: DemoRequest, chosen: str) -> list[Professional]:
    """Who can be chosen: the newest, and the one that the address names."""
    with request.visit.scope():
        newest = list(professional_queries.present()[:CHOICES])
        chosen_id = uuid_or_none(chosen)
        if chosen_id and chosen_id not in {one.id for one in newest}:
            newest.extend(professional_queries.present().filter(id__in=[chosen_id]))
    return newest


def _templates(people: list[Professional], chosen: str) -> list[dict[str, Any]]:
    """What the chosen professional's vertical suggests."""
    return next((one.vertical.service_templates for one in people if str(one.id) == chosen), [])


def _chosen(templates: list[dict[str, Any]], index: str, currency: str) -> dict[str, Any]:
    """The template that the address names by its place, as the form's first values."""
    found = next((one for place, one in enumerate(templates) if str(place) == index), None)
    if not found:
        return {}
    kept = {name: found[name] for name in ("name", "duration_minutes", "location_type") if name in found}
    return kept | {"price": format_amount(found.get("price_cents", 0), currency)}


def _publish(fields: dict[str, Any]) -> Service:
    return journeys.publish(UUID(fields.pop("professional")), **fields)


def _amounts(service: Service) -> dict[str, str]:
    return {
        "price": format_amount(service.price_cents, service.currency),
        "deposit": format_amount(service.deposit_cents, service.currency),
    }
