"""Erasing a client: what goes and what stays, a word to be typed, and afterwards the receipt at the same address."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from authspine.demo.answers import attempt_outside, done
from authspine.demo.forms.erasing import EraseForm
from authspine.demo.showing import show
from authspine.demo.visit import ACTOR, DemoRequest, demo_page
from authspine.orchestrator import erasure
from authspine.privacy import receipts
from authspine.privacy.keeping import GOES_WITH_A_CLIENT
from authspine.privacy.models import Erasure
from clients import queries as client_queries

TAB = "clients"


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: DemoRequest, client_id: UUID) -> HttpResponse:
    with request.visit.scope():
        client = client_queries.whole(client_id)
        if receipt := receipts.find(Erasure.Kind.CLIENT, client_id):
            return show(request, "demo/clients/erased.html", tab=TAB, client=client, receipt=receipt)
        stays = [kept for kept in erasure.kept_of_client(client_id) if kept.count]
    form = EraseForm(request.POST or None)
    if form.is_valid():
        erased = attempt_outside(form, lambda: erasure.erase_client(request.visit.organization, ACTOR, client_id))
        if erased:
            return done(request, "The client is erased.", at=reverse("demo:client-erase", args=[client_id]))
    told: dict[str, Any] = {"client": client, "form": form, "goes": GOES_WITH_A_CLIENT, "stays": stays}
    return show(request, "demo/clients/erase.html", tab=TAB, **told)
