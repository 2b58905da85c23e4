"""Around a service: who offers it, on which terms, and which rooms and equipment it takes."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from authspine.demo.answers import accepted, done, move
from authspine.demo.forms.offers import NeedsForm, OfferForm
from authspine.demo.showing import show, uuid_or_none
from authspine.demo.views.resources import choices as resource_choices
from authspine.demo.visit import DemoRequest, demo_page
from authspine.orchestrator import services as journeys
from professionals import queries as professional_queries
from services import queries as service_queries

TAB = "services"
# Of how many professionals one can be chosen.
CHOICES = 200


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def offers(request: DemoRequest, service_id: UUID) -> HttpResponse:
    """The offers, and a form that makes one; with `?professional=` it holds theirs, to be changed."""
    with request.visit.scope():
        service = service_queries.get(service_id)
        found = list(service_queries.offers(service).select_related("service", "professional"))
        people = list(professional_queries.present()[:CHOICES])
    asked = uuid_or_none(request.GET.get("professional", ""))
    chosen = next((one for one in found if one.professional_id == asked), None)
    people += [one.professional for one in found if one.professional not in people and not one.professional.deleted_at]
    form = OfferForm(
        request.POST or None,
        professionals=people,
        currency=service.currency,
        initial=OfferForm.filled_for(chosen) if chosen else {},
    )
    if accepted(request.visit, form, lambda: _offer(service_id, dict(form.cleaned_data))):
        return done(request, "The offer is saved. Bookings keep what was agreed.", at=_offers(service_id))
    return show(
        request,
        "demo/services/offers.html",
        tab=TAB,
        part_of="offers",
        service=service,
        offers=sorted(found, key=lambda one: (one.priority, one.professional.name.casefold())),
        form=form,
    )


def _offers(service_id: UUID) -> str:
    return reverse("demo:service-offers", args=[service_id])


def _offer(service_id: UUID, terms: dict[str, str]) -> None:
    journeys.offer(service_id, UUID(terms.pop("professional")), **terms)


@demo_page
@require_POST
def end_offer(request: DemoRequest, service_id: UUID, professional_id: UUID) -> HttpResponse:
    return move(
        request,
        lambda: journeys.take_back_offer(service_id, professional_id),
        did="The offer is taken back. What is booked stays booked.",
        back=_offers(service_id),
    )


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def needs(request: DemoRequest, service_id: UUID) -> HttpResponse:
    here = reverse("demo:service-needs", args=[service_id])
    with request.visit.scope():
        service = service_queries.get(service_id)
        kept = list(service_queries.requirements_of([service_id]))
        resources = resource_choices(*(one for need in kept for one in need.resources))
    form = NeedsForm(request.POST or None, needs=kept, resources=resources)
    if form.is_valid() and accepted(
        request.visit, form, lambda: journeys.require(service_id, form.needs()), aliases=form.aliases()
    ):
        return done(request, "Saved. Bookings keep the rooms and equipment that they have.", at=here)
    return show(
        request,
        "demo/services/needs.html",
        tab=TAB,
        part_of="needs",
        service=service,
        form=form,
        resources=resources,
    )
