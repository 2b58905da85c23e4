"""Reads of attempts, refunds and methods, and the locks that money is decided on under: booking first, then payment."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum

from authspine.kernel.money import Money
from bookings.errors import BookingNotFound
from bookings.models import Booking
from payments import rules
from payments.errors import (
    IntentNotFound,
    MethodNotFound,
    NothingOnFile,
    RefundNotFound,
    RequestNotFound,
    SetupNotFound,
)
from payments.models import (
    Alert,
    Customer,
    GatewayEvent,
    MethodSetup,
    PaymentIntent,
    PaymentMethod,
    Refund,
    RefundRequest,
)
from payments.rules import LIVE, Method

# What a row says while nobody knows what the gateway made of it.
UNKNOWN = "outcome_unknown"


def intents() -> QuerySet[PaymentIntent]:
    """Every attempt to be paid, newest first, with its booking."""
    return PaymentIntent.objects.select_related("booking").order_by("-created_at", "-id")


def get(intent_id: UUID, *, field: str = "") -> PaymentIntent:
    """The intent with this id. Raises IntentNotFound, which names `field` when the id stood in a body."""
    intent = find(intent_id)
    if intent is None:
        raise IntentNotFound(field=field)
    return intent


def find(intent_id: UUID) -> PaymentIntent | None:
    """The intent with this id, if there is one."""
    return intents().filter(id=intent_id).first()


def refunds() -> QuerySet[Refund]:
    """Every refund, newest first, with its intent and that one's booking."""
    return Refund.objects.select_related("intent__booking").order_by("-created_at", "-id")


def get_refund(refund_id: UUID) -> Refund:
    """The refund with this id. Raises RefundNotFound."""
    refund = refunds().filter(id=refund_id).first()
    if refund is None:
        raise RefundNotFound
    return refund


def refund_requests() -> QuerySet[RefundRequest]:
    """Refunds that somebody has asked for, newest first, with the payment."""
    return RefundRequest.objects.select_related("intent__booking").order_by("-created_at", "-id")


def get_refund_request(request_id: UUID) -> RefundRequest:
    """The request with this id. Raises RequestNotFound."""
    request = refund_requests().filter(id=request_id).first()
    if request is None:
        raise RequestNotFound
    return request


def methods() -> QuerySet[PaymentMethod]:
    """What clients have on file, newest first."""
    return PaymentMethod.objects.order_by("-created_at", "-id")


def get_method(method_id: UUID) -> PaymentMethod:
    """The payment method with this id. Raises MethodNotFound."""
    method = methods().filter(id=method_id).first()
    if method is None:
        raise MethodNotFound
    return method


def setups() -> QuerySet[MethodSetup]:
    """Attempts to keep something on file, newest first, each with the id of what is on file by it."""
    same = {"client": OuterRef("client"), "provider_method_id": OuterRef("gateway_method")}
    kept = PaymentMethod.objects.filter(**same).values("id")[:1]
    return MethodSetup.objects.annotate(method_id=Subquery(kept)).order_by("-created_at", "-id")


def get_setup(setup_id: UUID) -> MethodSetup:
    """The attempt with this id. Raises SetupNotFound."""
    setup = setups().filter(id=setup_id).first()
    if setup is None:
        raise SetupNotFound
    return setup


def lock_setup(setup_id: UUID) -> MethodSetup:
    """The attempt, locked until the scope ends. Raises SetupNotFound."""
    setup = MethodSetup.objects.select_for_update(no_key=True).filter(id=setup_id).first()
    if setup is None:
        raise SetupNotFound
    return setup


def method_of(client_id: UUID, gateway_method: str) -> PaymentMethod | None:
    """What this client has on file by this name of the gateway's."""
    return PaymentMethod.objects.filter(client=client_id, provider_method_id=gateway_method).first()


def customer_id(client_id: UUID) -> str:
    """What the gateway calls this client, or nothing."""
    return Customer.objects.filter(client=client_id).values_list("gateway_id", flat=True).first() or ""


def on_file_of_booking(booking_id: UUID, method: str) -> str:
    """What the gateway calls what the booking's client is charged by with this method: the default, else the newest.

    Raises NothingOnFile.
    """
    types = [Method.BANK] if method == Method.BANK else [Method.CARD, Method.WALLET]
    of_client = PaymentMethod.objects.filter(client__bookings__id=booking_id, type__in=types)
    found = of_client.order_by("-is_default", "-created_at", "-id").values_list("provider_method_id", flat=True).first()
    if not found:
        raise NothingOnFile
    return found


def named_method(booking_id: UUID, name: str) -> str:
    """What the gateway calls a card or account: what it is named, or what its id here stands for.

    Raises MethodNotFound when the booking's client has none of that id.
    """
    try:
        method_id = UUID(name)
    except ValueError:
        return name
    found = PaymentMethod.objects.filter(client__bookings__id=booking_id, id=method_id).first()
    if found is None:
        raise MethodNotFound(field="payment_method")
    return found.provider_method_id


def lock_booking(booking_id: UUID) -> Booking:
    """The booking, locked until the scope ends: who decides what is due of it queues up here.

    NO KEY: rows that only refer to the booking can still be written. Raises BookingNotFound.
    """
    locked = Booking.objects.select_for_update(of=("self",), no_key=True).select_related("vertical")
    booking = locked.filter(id=booking_id).first()
    if booking is None:
        raise BookingNotFound(field="booking")
    return booking


def lock_intent(intent_id: UUID, *, field: str = "") -> PaymentIntent:
    """The intent, locked until the scope ends. Raises IntentNotFound."""
    locked = intents().select_for_update(of=("self",), no_key=True)
    intent = locked.filter(id=intent_id).first()
    if intent is None:
        raise IntentNotFound(field=field)
    return intent


def live_intent(booking_id: UUID) -> PaymentIntent | None:
    """The attempt at this booking that is under way; the database allows one."""
    return intents().filter(booking=booking_id, status__in=LIVE).first()


def due(booking: Booking, purpose: str = rules.Purpose.FULL) -> Money:
    """What is still to be paid for this: what is wanted less what was captured and kept. Expects the booking's lock."""
    wanted = rules.wanted_cents(
        purpose, total=booking.total_cents, deposit=booking.deposit_cents, fee=booking.fee_cents
    )
    return Money(wanted - kept(booking), booking.currency)


def kept(booking: Booking) -> int:
    """How much was captured of a booking and is neither given back nor about to be."""
    sums = PaymentIntent.objects.filter(booking=booking.id).aggregate(
        cents=Sum(F("captured_cents") - F("refunded_cents"), default=0)
    )
    return int(sums["cents"])


def needs_settling(booking_id: UUID, status: str) -> bool:
    """Whether a booking of this (public) status has money at the gateway that must be taken, let go or given back."""
    if status in rules.GONE:
        return bool(with_money_left([booking_id]))
    return _through_gateway([booking_id]).filter(status=PaymentIntent.Status.AUTHORIZED).exists()


def with_money_left(bookings: Collection[UUID]) -> list[UUID]:
    """Which of these, all of which are gone, have money at the gateway that must be let go or given back."""
    is_left: Any = Q(captured_cents__gt=F("refunded_cents") + F("disputed_cents"))
    is_left &= ~Exists(_refused_by_itself(OuterRef("id")))
    found = _through_gateway(bookings).filter(Q(status__in=LIVE) | is_left)
    return list(found.values_list("booking", flat=True).distinct())


def _through_gateway(bookings: Collection[UUID]) -> QuerySet[PaymentIntent]:
    return PaymentIntent.objects.filter(booking__id__among=list(bookings), method__in=rules.GATEWAY_METHODS)


def refused_by_itself(intent_id: UUID) -> bool:
    """Whether money of this intent was to go back by itself, and the gateway or the bank did not take it."""
    return _refused_by_itself(intent_id).exists()


def _refused_by_itself(intent: UUID | OuterRef) -> QuerySet[Refund]:
    by_itself = [Refund.Cause.POLICY, Refund.Cause.BOOKING_GONE]
    return Refund.objects.filter(intent=intent, cause__in=by_itself, status=Refund.Status.FAILED)


def by_gateway_id(gateway_id: str) -> PaymentIntent | None:
    """The attempt that the gateway knows by this id."""
    return intents().filter(gateway_id=gateway_id).first() if gateway_id else None


def unfinished_refunds(intent_id: UUID) -> QuerySet[Refund]:
    """Refunds of this intent that the gateway was not told of, or has not answered, oldest first."""
    return refunds().filter(intent=intent_id, status=Refund.Status.PENDING, gateway_id="").order_by("created_at", "id")


def lost_refund(intent: PaymentIntent, *, since: datetime, amount_cents: int | None) -> Refund | None:
    """The oldest refund of this intent whose outcome nobody knows and nobody is asking about.

    Either the last attempt says so, or it began before `since` and its process has not lived to say anything.
    """
    pending = refunds().filter(intent=intent.id, status=Refund.Status.PENDING, gateway_id="")
    if amount_cents is not None:
        pending = pending.filter(amount_cents=amount_cents)
    lost = pending.filter(failure_code=UNKNOWN) | pending.filter(updated_at__lte=since)
    return lost.order_by("created_at", "id").first()


def event(event_id: UUID) -> GatewayEvent:
    """The gateway's event with this id of ours. Raises GatewayEvent.DoesNotExist: events are never removed."""
    return GatewayEvent.objects.get(id=event_id)


def waiting_events(before: datetime | None = None) -> QuerySet[GatewayEvent]:
    """What nobody has worked on yet, in the order in which it happened; with `before` what came until then."""
    waiting = GatewayEvent.objects.filter(state=GatewayEvent.State.RECEIVED).order_by("happened_at", "id")
    return waiting.filter(received_at__lt=before) if before else waiting


def open_alerts() -> QuerySet[Alert]:
    """What a human must still look at, oldest first."""
    return Alert.objects.filter(settled_at=None).order_by("created_at", "id")


def unsure() -> QuerySet[PaymentIntent]:
    """Attempts at the gateway whose end is not known: they are live, or a refund of theirs waits for the bank."""
    waits = Refund.objects.filter(status=Refund.Status.PENDING).exclude(gateway_id="").values("intent")
    through = intents().filter(method__in=rules.GATEWAY_METHODS)
    return through.filter(Q(status__in=LIVE) | Q(failure_code=UNKNOWN) | Q(id__in=waits))


def forgotten_refunds(since: datetime) -> QuerySet[Refund]:
    """Refunds that were claimed before this and that nobody is carrying out any more, oldest first."""
    claimed = refunds().filter(status=Refund.Status.PENDING, gateway_id="", updated_at__lte=since)
    return claimed.order_by("created_at", "id")


def perhaps_unsettled(since: datetime) -> list[Booking]:
    """Bookings with money at the gateway that were changed since then, or with an attempt under way."""
    changed = Q(updated_at__gte=since) | Q(booking__updated_at__gte=since) | Q(status__in=LIVE)
    through = PaymentIntent.objects.filter(changed, method__in=rules.GATEWAY_METHODS)
    return list(Booking.objects.filter(id__in=through.values("booking")).order_by("id"))
