"""A client's own page for one booking, reached by a link alone: what was booked, and the ways to change it.

The link is all that there is of a login, so it must reach nobody else: it is sent on in no header, kept in no cache and
no log, and stands in no page but this one. It also is what a forged form would lack, yet each form carries a proof of
its own: `no-referrer` makes browsers send `Origin: null`, which Django's check refuses.
"""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Final
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.crypto import salted_hmac
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from rest_framework.exceptions import AuthenticationFailed, ValidationError

from authspine.api import narrowing
from authspine.api.authentication import client_of
from authspine.api.caller import Caller
from authspine.api.errors import as_platform_error
from authspine.api.serializers import StrictSerializer
from authspine.api.throttling import by_address
from authspine.kernel import clock, trace
from authspine.kernel.errors import NotAllowed, PlatformError, Unavailable
from authspine.kernel.money import Money, format_money
from authspine.kernel.tenancy import organization_scope
from authspine.kernel.times import zone
from authspine.limits import actions as limit_actions
from authspine.orchestrator import bookings
from bookings import queries as booking_queries
from bookings.api.answers import AnswersIn
from bookings.api.bookings import CancellationIn, NewTime
from bookings.models import Booking
from bookings.rules.status import OPEN, Status, can_move
from bookings.rules.terms import Terms

MOST_TIMES: Final = 24
AHEAD: Final = timedelta(days=28)
ANSWER: Final = "answer."

SAID: Final = {
    "cancel": "The booking is cancelled.",
    "reschedule": "The booking has another time now.",
    "answers": "Your answers are kept.",
}
STATES: Final = {
    Status.REQUESTED: "Waits for an answer",
    Status.HELD: "Held, not confirmed yet",
    Status.CONFIRMED: "Confirmed",
    Status.COMPLETED: "Has taken place",
    Status.CANCELLED: "Cancelled",
    Status.NO_SHOW: "You did not come",
    Status.EXPIRED: "Expired",
    Status.DECLINED: "Declined",
}

type Page = Callable[..., HttpResponse]


def _by_link(page: Page) -> Page:
    """Run a page for whom the link speaks for; whatever is no live link is nothing at all. Raises TooMany."""

    @csrf_exempt
    @wraps(page)
    def opened(request: HttpRequest, token: str, **parts: str) -> HttpResponse:
        try:
            caller = client_of(token, now=clock.now())
        except AuthenticationFailed as failed:
            # Nobody guesses without end: whoever brings none is counted, whoever brings one is not.
            limit_actions.check("refused", by_address(request))
            raise Http404 from failed
        trace.note(caller.organization.id, caller.actor)
        if not caller.may("bookings", "read"):
            raise Http404
        response = page(request, token, caller, **parts)
        add_never_cache_headers(response)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return opened


@_by_link
@require_safe
def page(request: HttpRequest, token: str, caller: Caller) -> HttpResponse:
    return _show(request, token, caller, said=SAID.get(request.GET.get("done", ""), ""))


@_by_link
@require_POST
def move(request: HttpRequest, token: str, caller: Caller, *, move: str) -> HttpResponse:
    """Cancel it, move it, or answer what is asked: as the API does it for this client, and with its refusals."""
    try:
        if not secrets.compare_digest(request.POST.get("proof", "").encode(), proof(token).encode()):
            raise NotAllowed("This form did not come from the booking's page. Please try again.")
        needed, make = _MOVES[move]
        if not caller.may(*needed):
            raise NotAllowed("That is not done by a link.")
        with organization_scope(caller.organization, caller.actor):
            make(caller, request)
    except ValidationError as fault:
        return _show(request, token, caller, refusal=_words(fault), status=400)
    except PlatformError as error:
        return _refused(request, token, caller, error)
    return HttpResponseRedirect(f"{reverse('self-service', args=[token])}?done={move}", status=303)


def proof(token: str) -> str:
    """What the forms of a link's page carry, and nobody else can make."""
    return salted_hmac("authspine.self_service", token, algorithm="sha256").hexdigest()


def _cancel(caller: Caller, request: HttpRequest) -> None:
    bookings.cancel(_booking(caller), **_sent(caller, CancellationIn, {"reason": request.POST.get("reason", "")}))


def _reschedule(caller: Caller, request: HttpRequest) -> None:
    bookings.reschedule(_booking(caller), **_sent(caller, NewTime, {"starts_at": request.POST.get("starts_at", "")}))


def _answer(caller: Caller, request: HttpRequest) -> None:
    said = {name.removeprefix(ANSWER): text for name, text in request.POST.items() if name.startswith(ANSWER) and text}
    bookings.answer(_booking(caller), **_sent(caller, AnswersIn, {"answers": said}))


# With what the table of who may what calls it.
_MOVES: Final = {
    "cancel": (("bookings", "cancel"), _cancel),
    "reschedule": (("bookings", "reschedule"), _reschedule),
    "answers": (("answers", "change"), _answer),
}


def _booking(caller: Caller) -> UUID:
    assert caller.booking is not None
    return caller.booking


def _sent(caller: Caller, shape: type[StrictSerializer], typed: dict[str, Any]) -> dict[str, Any]:
    read = shape(data=typed)
    read.is_valid(raise_exception=True)
    return narrowing.in_body(caller, "bookings", "", dict(read.validated_data))


def _words(fault: ValidationError) -> str:
    details: Any = fault.detail
    while isinstance(details, dict | list):
        details = next(iter(details.values() if isinstance(details, dict) else details))
    return str(details)


def _refused(request: HttpRequest, token: str, caller: Caller, error: PlatformError) -> HttpResponse:
    told = as_platform_error(error)
    if told is None or isinstance(told, Unavailable):
        raise error
    return _show(request, token, caller, refusal=told.detail, status=403 if isinstance(told, NotAllowed) else 409)


def _show(
    request: HttpRequest, token: str, caller: Caller, *, said: str = "", refusal: str = "", status: int = 200
) -> HttpResponse:
    with organization_scope(caller.organization, caller.actor):
        booking, terms, now = bookings.policy(_booking(caller))
        shown = {
            "organization": caller.organization,
            "booking": booking,
            "intake": bookings.intake_of(booking.id),
            "said": said,
            "refusal": refusal,
            "token": token,
            "proof": proof(token),
            **_open_to(booking, terms, now),
        }
        with timezone.override(zone(booking.timezone)):
            return render(request, "self_service/booking.html", shown, status=status)


def _open_to(booking: Booking, terms: Terms, now: datetime) -> dict[str, Any]:
    """What can be done with it now, and what that costs."""
    state, fee = Status(booking.status_at(now)), terms.cancellation_fee(now)
    movable = state in OPEN and now <= terms.movable_until and terms.moves_left(booking.reschedules) != 0
    return {
        "state": STATES[state],
        "price": format_money(Money(booking.total_cents, booking.currency)),
        "cancellable": can_move(state, Status.CANCELLED),
        "fee": format_money(Money(fee, booking.currency)) if fee and state == Status.CONFIRMED else "",
        "free_until": terms.free_until if now <= terms.free_until else None,
        "movable": movable,
        "times": _times(booking, now) if movable else [],
        "answerable": state in OPEN and bool(booking_queries.questions_about(booking)),
        "questions": booking_queries.questions_about(booking),
    }


def _times(booking: Booking, now: datetime) -> list[datetime]:
    """The next free times of the same service with the same person."""
    session = booking.session
    try:
        found = bookings.availability(
            from_at=now,
            to_at=now + AHEAD,
            services=[session.service_id],
            professionals=[session.professional_id],
            first_free=MOST_TIMES,
        )
    except PlatformError:  # it is no longer offered
        return []
    return [slot.starts_at for day in found.days for slot in day.slots]
