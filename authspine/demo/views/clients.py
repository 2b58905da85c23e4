"""Clients: the list, one client with their bookings, and the forms."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authspine.api import reads, takeouts
from authspine.audit import reading
from authspine.demo.answers import attempt, done
from authspine.demo.forms.clients import ClientForm
from authspine.demo.paging import page
from authspine.demo.showing import show, typed
from authspine.demo.visit import ACTOR, DemoRequest, demo_page
from authspine.kernel import times
from authspine.orchestrator import clients as journeys
from authspine.orchestrator import takeout
from authspine.privacy import entries
from bookings import queries as booking_queries
from clients import queries as client_queries
from clients import rules
from clients.models import Client

TAB = "clients"


def _address(client: Client) -> str:
    return reverse("demo:client", args=[client.id])


@demo_page
@require_safe
def listed(request: DemoRequest) -> HttpResponse:
    search = typed(request)
    with request.visit.scope():
        found = client_queries.search(client_queries.present(), search)
        return show(request, "demo/clients/list.html", tab=TAB, part="found", search=search, page=page(request, found))


@demo_page
@require_safe
def detail(request: DemoRequest, client_id: UUID) -> HttpResponse:
    with request.visit.scope():
        if client_queries.whole(client_id).erased_at:
            return HttpResponseRedirect(reverse("demo:client-erase", args=[client_id]))
        client = client_queries.get(client_id)
        reads.tell([client], one=True)
        bookings = booking_queries.listed(request.visit.now).filter(client=client_id)
        today = times.local_date(request.visit.now, times.zone(request.visit.organization.timezone))
        shown: dict[str, Any] = {
            "client": client,
            "consents": client_queries.consents(client).filter(withdrawn_at=None)[:100],
            "held": rules.is_held(client, today),
            "page": page(request, bookings),
        }
        return show(request, "demo/clients/detail.html", tab=TAB, **shown)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: DemoRequest) -> HttpResponse:
    form = ClientForm(request.POST or None)
    if form.is_valid():
        client = attempt(request.visit, form, lambda: journeys.register(**form.cleaned_data))
        if client:
            return done(request, "Client registered:", at=_address(client), named=client.name)
    return show(request, "demo/clients/form.html", tab=TAB, form=form)


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: DemoRequest, client_id: UUID) -> HttpResponse:
    with request.visit.scope():
        client = client_queries.get(client_id)
        reads.tell([client], one=True)
    form = ClientForm(request.POST or None, initial={name: getattr(client, name) for name in ClientForm.base_fields})
    if form.is_valid():
        changed = attempt(request.visit, form, lambda: journeys.update(client_id, **form.cleaned_data))
        if changed:
            return done(request, "Saved:", at=_address(changed), named=changed.name)
    return show(request, "demo/clients/form.html", tab=TAB, form=form, client=client)


@demo_page
@require_safe
def access_log(request: DemoRequest, client_id: UUID) -> HttpResponse:
    """Who saw or changed what of a client, newest first."""
    with request.visit.scope():
        client = client_queries.whole(client_id)
        found = page(request, reading.about(client.id).order_by("-at", "-id"))
        for entry in found.rows:
            entry.named = entries.fields(entry)  # type: ignore[attr-defined]
        return show(request, "demo/clients/access_log.html", tab=TAB, client=client, page=found)


@demo_page
@require_POST
def delete(request: DemoRequest, client_id: UUID) -> HttpResponse:
    with request.visit.scope():
        name = client_queries.get(client_id).name
        journeys.delete(client_id)
    return done(request, f"Client deleted: {name}", at=reverse("demo:clients"))


@demo_page
@require_POST
def export(request: DemoRequest, client_id: UUID) -> HttpResponse:
    """A file: whoever presses the button stays on the page. No link leads here, since it is told of in an event."""
    return takeouts.answer(takeout.take_out(request.visit.organization, ACTOR, client_id))
