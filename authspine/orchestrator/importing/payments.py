"""Payments and refunds, with the money that moved as it is told: the counters must agree with each other."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Sum

from authspine.kernel.errors import Conflict
from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.reading import Reader
from authspine.orchestrator.importing.work import Entry, Work
from bookings.models import Booking
from payments.errors import PaymentInProgress
from payments.models import METHODS, PaymentIntent, Refund
from payments.rules import LIVE

# Statuses of which something may have been captured.
CAPTURING = (PaymentIntent.Status.SUCCEEDED, PaymentIntent.Status.AUTHORIZED)


class GatewayIdExists(Conflict):
    detail = "Another payment here has this gateway_id."


class Payments(Importer):
    kind = "payments"
    model = PaymentIntent
    refers = {"booking": "bookings"}

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._currencies: dict[UUID, str] = {}
        self._live: set[UUID] = set()
        self._gateway_ids: set[str] = set()

    def prepare(self, entries: Sequence[Entry]) -> None:
        ids = self.referred(entries, "booking")
        self._currencies = dict(Booking.objects.filter(id__in=ids).values_list("id", "currency"))
        live = PaymentIntent.objects.filter(booking__in=ids, status__in=list(LIVE))
        self._live = set(live.values_list("booking", flat=True))
        told = {text for entry in entries if isinstance(text := entry.reader.peek("gateway_id"), str) and text}
        known = PaymentIntent.objects.filter(gateway_id__in=told)
        self._gateway_ids = set(known.values_list("gateway_id", flat=True))

    def build(self, entry: Entry) -> PaymentIntent:
        reader = entry.reader
        common, booking_id = self.common(entry), self.refer(reader, "booking")
        failure = reader.part("failure", {})
        row = PaymentIntent(
            **common,
            booking_id=booking_id,
            purpose=reader.word("purpose", PaymentIntent.Purpose.values, PaymentIntent.Purpose.FULL),
            capture=reader.word("capture", PaymentIntent.Capture.values, PaymentIntent.Capture.AUTOMATIC),
            off_session=reader.flag("off_session", False),
            method=reader.word("method", METHODS),
            status=reader.word("status", PaymentIntent.Status.values),
            **_counters(reader, self._currencies[booking_id]),
            gateway_id=reader.text("gateway_id", "", most=100),
            gateway_method=reader.text("gateway_method", "", most=100),
            next_action_url=reader.text("next_action_url", "", most=1000),
            failure_code=failure.text("code", "", most=60),
            failure_detail=failure.text("detail", "", most=300),
            processed_at=reader.instant("processed_at", None),
        )
        failure.done()
        if row.captured_cents and row.status not in CAPTURING:
            reader.refuse("amount_captured", f"a payment that is {row.status} has captured nothing.")
        check_fields(row)
        reader.done()
        self._check_alone(row)
        return row

    def booking_of(self, row: PaymentIntent) -> UUID:
        return row.booking_id

    def _check_alone(self, row: PaymentIntent) -> None:
        """One payment of a booking is under way at most, and a payment at the gateway is one here."""
        live = row.status in LIVE
        if live and row.booking_id in self._live:
            raise PaymentInProgress
        if row.gateway_id in self._gateway_ids:
            raise GatewayIdExists
        self._live |= {row.booking_id} if live else set()
        self._gateway_ids |= {row.gateway_id} - {""}


def _counters(reader: Reader, currency: str) -> dict[str, Any]:
    """0 <= refunded <= captured <= amount and 0 <= disputed <= captured, all in the currency of the booking."""
    amount: Money = reader.money("amount", least=1)
    nothing = Money(0, currency)
    captured: Money = reader.money("amount_captured", nothing)
    refunded: Money = reader.money("amount_refunded", nothing)
    disputed: Money = reader.money("amount_disputed", nothing)
    fee: Money = reader.money("fee", nothing)
    if {money.currency for money in (amount, captured, refunded, disputed, fee)} != {currency}:
        reader.refuse("amount", f"must be in {currency}, as the booking is.")
    if not refunded.amount_cents <= captured.amount_cents <= amount.amount_cents:
        reader.refuse("amount_captured", "must lie between what was refunded and the amount.")
    if disputed.amount_cents > captured.amount_cents:
        reader.refuse("amount_disputed", "must not be more than what was captured.")
    return {
        "amount_cents": amount.amount_cents,
        "captured_cents": captured.amount_cents,
        "refunded_cents": refunded.amount_cents,
        "disputed_cents": disputed.amount_cents,
        "fee_cents": fee.amount_cents,
        "fee_is_known": reader.flag("fee_is_known", False),
        "currency": currency,
    }


class Refunds(Importer):
    kind = "refunds"
    model = Refund
    refers = {"intent": "payments"}

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._intents: dict[UUID, PaymentIntent] = {}
        self._left: dict[UUID, int] = {}

    def prepare(self, entries: Sequence[Entry]) -> None:
        """The payments, and how much of what they say was refunded no refund accounts for yet."""
        ids = self.referred(entries, "intent")
        self._intents = PaymentIntent.objects.in_bulk(list(ids))
        told = Refund.objects.filter(intent__in=ids).exclude(status=Refund.Status.FAILED)
        sums = dict(told.values_list("intent").annotate(sum=Sum("amount_cents")))
        self._left = {id: intent.refunded_cents - sums.get(id, 0) for id, intent in self._intents.items()}

    def build(self, entry: Entry) -> Refund:
        reader = entry.reader
        common, intent = self.common(entry), self._intents[self.refer(reader, "intent")]
        amount: Money = reader.money("amount", least=1)
        row = Refund(
            **common,
            intent=intent,
            cause=reader.word("cause", Refund.Cause.values, Refund.Cause.ASKED),
            status=reader.word("status", Refund.Status.values),
            amount_cents=amount.amount_cents,
            currency=amount.currency,
            reason=reader.text("reason", "", most=500),
            gateway_id=reader.text("gateway_id", "", most=100),
            failure_code=reader.text("failure_code", "", most=60),
            processed_at=reader.instant("processed_at", None),
        )
        check_fields(row)
        reader.done()
        self._account_for(row, reader)
        return row

    def booking_of(self, row: Refund) -> UUID:
        return row.intent.booking_id

    def _account_for(self, row: Refund, reader: Reader) -> None:
        """The refunds of a payment, failed ones apart, are no more than what it says was refunded."""
        if row.currency != row.intent.currency:
            reader.refuse("amount", f"must be in {row.intent.currency}, as the payment is.")
        if row.status == Refund.Status.FAILED:
            return
        if row.amount_cents > self._left[row.intent_id]:
            reader.refuse("amount", "is more than what the payment says was refunded.")
        self._left[row.intent_id] -= row.amount_cents
