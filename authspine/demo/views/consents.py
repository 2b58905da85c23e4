"""What a client has agreed to: given, looked at, withdrawn."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from authspine.demo.answers import accepted, done, move
from authspine.demo.forms.consents import HOW, ConsentForm
from authspine.demo.showing import show
from authspine.demo.visit import DemoRequest, demo_page
from authspine.orchestrator import clients as journeys
from clients import queries as client_queries

TAB = "clients"


def _address(client_id: UUID) -> str:
    return reverse("demo:client-consents", args=[client_id])


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: DemoRequest, client_id: UUID) -> HttpResponse:
    visit, form = request.visit, ConsentForm(request.POST or None)
    if accepted(visit, form, lambda: journeys.consent(client_id, **form.cleaned_data)):
        return done(request, "The consent is kept.", at=_address(client_id))
    with visit.scope():
        client = client_queries.get(client_id)
        consents = list(client_queries.consents(client)[:100])
        shown: dict[str, Any] = {"client": client, "consents": consents, "ways": HOW, "form": form}
        return show(request, "demo/clients/consents.html", tab=TAB, **shown)


@demo_page
@require_POST
def withdraw(request: DemoRequest, client_id: UUID, consent_id: UUID) -> HttpResponse:
    how = request.POST.get("how", "")
    return move(
        request,
        lambda: journeys.withdraw_consent(client_id, consent_id, how=how),
        did="The consent is withdrawn.",
        back=_address(client_id),
    )
