"""Professionals: the list, one with what they offer, and the forms."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authspine.demo.answers import attempt, done, move
from authspine.demo.forms.professionals import ProfessionalForm
from authspine.demo.forms.terms import initial_limits
from authspine.demo.paging import page
from authspine.demo.showing import show, typed
from authspine.demo.visit import DemoRequest, demo_page
from authspine.orchestrator import professionals as journeys
from professionals import queries as professional_queries
from professionals.models import Professional
from services import queries as service_queries

TAB = "professionals"
FIELDS = ("name", "email", "timezone", "specialties", "years_of_experience", "license", "bio")


def address(professional_id: UUID) -> str:
    return reverse("demo:professional", args=[professional_id])


@demo_page
@require_safe
def listed(request: DemoRequest) -> HttpResponse:
    search = typed(request)
    with request.visit.scope():
        found = professional_queries.search(professional_queries.present(), search)
        return show(
            request, "demo/professionals/list.html", tab=TAB, part="found", search=search, page=page(request, found)
        )


@demo_page
@require_safe
def detail(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
        services = service_queries.listed().filter(professional=professional_id)
        return show(
            request,
            "demo/professionals/detail.html",
            tab=TAB,
            part_of="about",
            professional=professional,
            page=page(request, services),
        )


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DemoRequest) -> HttpResponse:
    form = _form(request, zone=request.visit.organization.timezone)
    if form.is_valid():
        made = attempt(request.visit, form, lambda: journeys.onboard(**form.said()))
        if made:
            return done(request, "Professional onboarded:", at=address(made.id), named=made.name)
    return show(request, "demo/professionals/form.html", tab=TAB, form=form)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    with request.visit.scope():
        professional = professional_queries.get(professional_id)
    form = _form(request, zone=professional.timezone, initial=_initial(professional))
    if form.is_valid():
        changed = attempt(request.visit, form, lambda: journeys.update(professional_id, **form.said()))
        if changed:
            return done(request, "Saved:", at=address(professional_id), named=changed.name)
    return show(request, "demo/professionals/form.html", tab=TAB, form=form, professional=professional)


def _form(request: DemoRequest, *, zone: str, **kwargs: Any) -> ProfessionalForm:
    with request.visit.scope():
        verticals = sorted(professional_queries.verticals(), key=lambda vertical: vertical.display_name)
    return ProfessionalForm(request.POST or None, verticals=verticals, zone=zone, **kwargs)


def _initial(professional: Professional) -> dict[str, Any]:
    kept = {name: getattr(professional, name) for name in FIELDS} | {"vertical": professional.vertical.slug}
    return kept | initial_limits(professional.booking_limits)


@demo_page
@require_POST
def verify(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.verify(professional_id),
        did="Verified: clients can book now.",
        back=address(professional_id),
    )


@demo_page
@require_POST
def delete(request: DemoRequest, professional_id: UUID) -> HttpResponse:
    with request.visit.scope():
        name = professional_queries.get(professional_id).name
        journeys.delete(professional_id)
    return done(request, f"Professional deleted: {name}", at=reverse("demo:professionals"))
