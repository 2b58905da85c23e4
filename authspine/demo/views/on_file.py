"""What a client has on file to be charged by: kept, made the usual one, forgotten."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from authspine.demo.answers import attempt_outside, done, move, move_outside
from authspine.demo.forms.payments import KeepForm
from authspine.demo.showing import lead_away, show
from authspine.demo.visit import ACTOR, DemoRequest, demo_page
from authspine.kernel.errors import Unavailable
from authspine.orchestrator import payment_methods as journeys
from clients import queries as client_queries
from payments import queries as payment_queries
from payments.errors import GatewayRefused
from payments.models import MethodSetup, PaymentMethod

TAB = "clients"
KEPT = "Kept on file: it can be charged while the client is away."
SAID = {
    "succeeded": KEPT,
    "requires_action": "Not approved yet: the client's bank waits for an answer.",
    "pending": "The bank has not answered yet. Look again in a moment.",
    "failed": "Not kept. Try another card.",
}


def _address(client_id: UUID) -> str:
    return reverse("demo:client-on-file", args=[client_id])


@demo_page
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: DemoRequest, client_id: UUID) -> HttpResponse:
    visit, form = request.visit, KeepForm(request.POST or None)
    with visit.scope():
        client = client_queries.get(client_id)
    if form.is_valid():
        kept = attempt_outside(
            form, lambda: _keep(request, client_id, form.chosen()), aliases={"payment_method": "card"}
        )
        if isinstance(kept, PaymentMethod):
            return done(request, KEPT, at=_address(client_id))
        if kept and kept.next_action_url:
            return lead_away(request, kept.next_action_url, tab=TAB)
        if kept:
            return done(request, SAID[kept.status], at=_address(client_id))
    with visit.scope():
        methods = list(payment_queries.methods().filter(client=client_id))
        return show(request, "demo/clients/on_file.html", tab=TAB, client=client, methods=methods, form=form)


def _keep(request: DemoRequest, client_id: UUID, card: str) -> PaymentMethod | MethodSetup:
    # Its own attempt is named by what the gateway adds to the address.
    back = request.build_absolute_uri(reverse("demo:client-approved", args=[client_id]))
    asked = {"client": client_id, "type": "card", "payment_method": card, "return_url": back}
    return journeys.add(request.visit.organization, ACTOR, **asked)  # type: ignore[arg-type]


@demo_page
@require_safe
def approved(request: DemoRequest, client_id: UUID) -> HttpResponse:
    """Where the bank's page sends the client: what became of their newest attempt."""
    visit, said = request.visit, "Nothing was to be approved."
    with visit.scope():
        client = client_queries.get(client_id)
        setup = payment_queries.setups().filter(client=client_id).first()
    if setup:
        try:
            setup = journeys.settle(visit.organization, ACTOR, setup.id)
            said = SAID[setup.status]
        except Unavailable as refusal:
            said = refusal.detail
        except GatewayRefused as refusal:  # a copy of another organization's: nobody is sent on to their bank
            setup, said = None, refusal.detail
    with visit.scope():
        return show(request, "demo/clients/approved.html", tab=TAB, client=client, setup=setup, said=said)


@demo_page
@require_POST
def make_default(request: DemoRequest, method_id: UUID) -> HttpResponse:
    with request.visit.scope():
        client = payment_queries.get_method(method_id).client_id
    did = "From now on this one is charged."
    return move(request, lambda: journeys.set_default(method_id), did=did, back=_address(client))


@demo_page
@require_POST
def remove(request: DemoRequest, method_id: UUID) -> HttpResponse:
    visit = request.visit
    with visit.scope():
        client = payment_queries.get_method(method_id).client_id
    return move_outside(
        request,
        lambda: journeys.remove(visit.organization, ACTOR, method_id),
        did="Forgotten, here and at the payment provider.",
        back=_address(client),
    )
