"""Rooms and equipment: the list, one with its downtime, its weekly hours, and the forms."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authspine.demo.answers import accepted, attempt, done, move
from authspine.demo.forms.resources import DowntimeForm, ResourceForm, ResourceHoursForm
from authspine.demo.paging import page
from authspine.demo.showing import show
from authspine.demo.visit import DemoRequest, demo_page
from authspine.orchestrator import resources as journeys
from services import queries as service_queries
from services.models import Resource

TAB = "services"
# Of how many resources a form offers one.
CHOICES = 200


def address(resource_id: UUID) -> str:
    return reverse("demo:resource", args=[resource_id])


def choices(*besides: UUID) -> list[Resource]:
    """Those in use, and those that are chosen already. Runs in a scope."""
    found = list(service_queries.resources().filter(active=True)[:CHOICES])
    missing = set(besides) - {one.id for one in found}
    return found + (list(service_queries.resources().filter(id__in=missing)) if missing else [])


@demo_page
@require_safe
def listed(request: DemoRequest) -> HttpResponse:
    with request.visit.scope():
        found = page(request, service_queries.resources())
        return show(request, "demo/resources/list.html", tab=TAB, part_of="resources", page=found)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DemoRequest) -> HttpResponse:
    form = ResourceForm(request.POST or None, zone=request.visit.organization.timezone)
    if form.is_valid():
        made = attempt(request.visit, form, lambda: journeys.add(**form.cleaned_data))
        if made:
            return done(request, f"Added: {made.name}", at=address(made.id))
    return show(request, "demo/resources/form.html", tab=TAB, form=form)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DemoRequest, resource_id: UUID) -> HttpResponse:
    with request.visit.scope():
        resource = service_queries.resource(resource_id)
    kept = {"name": resource.name, "kind": resource.kind}
    form = ResourceForm(request.POST or None, zone=resource.timezone, initial=kept)
    if accepted(request.visit, form, lambda: journeys.update(resource_id, **form.cleaned_data)):
        return done(request, "Saved.", at=address(resource_id))
    return show(request, "demo/resources/form.html", tab=TAB, form=form, resource=resource)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: DemoRequest, resource_id: UUID) -> HttpResponse:
    with request.visit.scope():
        resource = service_queries.resource(resource_id)
    form = ResourceHoursForm(request.POST or None, hours=resource.windows)
    if accepted(request.visit, form, lambda: journeys.update(resource_id, hours=form.windows())):
        return done(request, "Hours saved.", at=reverse("demo:resource-hours", args=[resource_id]))
    return show(request, "demo/resources/hours.html", tab=TAB, part_of="hours", resource=resource, form=form)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def detail(request: DemoRequest, resource_id: UUID) -> HttpResponse:
    """One resource, and the periods in which it cannot be had; a POST enters one more."""
    with request.visit.scope():
        resource = service_queries.resource(resource_id)
        periods = list(service_queries.downtimes(resource).filter(ends_at__gt=request.visit.now)[:100])
    form = DowntimeForm(request.POST or None)
    if accepted(request.visit, form, lambda: journeys.add_downtime(resource_id, **form.cleaned_data)):
        return done(request, "Out of use in that period. What is booked stays booked.", at=address(resource_id))
    return show(
        request,
        "demo/resources/detail.html",
        tab=TAB,
        part_of="about",
        resource=resource,
        periods=periods,
        form=form,
    )


@demo_page
@require_POST
def end_downtime(request: DemoRequest, resource_id: UUID, downtime_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.end_downtime(resource_id, downtime_id),
        did="It can be had again.",
        back=address(resource_id),
    )


@demo_page
@require_POST
def delete(request: DemoRequest, resource_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.delete(resource_id),
        did="It is gone, or out of use where a service or a booking still has it.",
        back=reverse("demo:resources"),
    )


@demo_page
@require_POST
def reuse(request: DemoRequest, resource_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.update(resource_id, active=True),
        did="In use again.",
        back=address(resource_id),
    )
