"""What is decided about payments without a database: fees, moves of an intent, refunds, allowed methods."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from authspine.kernel.money import Money, share_cents


class Method(StrEnum):
    """How a booking is paid. Card, bank and wallet go through the gateway; staff record cash and invoice."""

    CARD = "card"
    BANK = "bank"
    WALLET = "wallet"
    CASH = "cash"
    INVOICE = "invoice"


GATEWAY_METHODS = frozenset({Method.CARD, Method.BANK, Method.WALLET})


@dataclass(frozen=True, slots=True)
class Fee:
    """A share of the amount and a fixed part in minor units of its currency."""

    basis_points: int
    fixed_cents: int


# The original's table (PaymentAdapter.calculateProcessingFee), except that what no gateway touches costs no fee.
FEES = {
    Method.CARD: Fee(290, 30),
    Method.BANK: Fee(80, 0),
    Method.WALLET: Fee(250, 10),
    Method.CASH: Fee(0, 0),
    Method.INVOICE: Fee(0, 0),
}


def fee(method: str, amount: Money) -> Money:
    """The estimated processing fee: the share, half a minor unit rounded up, plus the fixed part."""
    rate = FEES[Method(method)]
    return Money(share_cents(amount.amount_cents, rate.basis_points) + rate.fixed_cents, amount.currency)


class IntentStatus(StrEnum):
    """The public words."""

    PENDING = "pending"
    REQUIRES_ACTION = "requires_action"
    PROCESSING = "processing"
    AUTHORIZED = "authorized"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """What a payment is for: so much of the booking's price, or a fee that it has come to owe."""

    DEPOSIT = "deposit"
    BALANCE = "balance"
    FULL = "full"
    FEE = "fee"


_ENDS = frozenset({IntentStatus.SUCCEEDED, IntentStatus.FAILED, IntentStatus.CANCELLED})

# A refund is a row of its own and leaves the intent succeeded; a failed attempt is followed by a new intent.
MOVES: dict[IntentStatus, frozenset[IntentStatus]] = {
    IntentStatus.PENDING: _ENDS | {IntentStatus.REQUIRES_ACTION, IntentStatus.PROCESSING, IntentStatus.AUTHORIZED},
    IntentStatus.REQUIRES_ACTION: _ENDS | {IntentStatus.PROCESSING, IntentStatus.AUTHORIZED},
    # Also while the gateway is being asked, so its answer may still be that the client has to act.
    IntentStatus.PROCESSING: _ENDS | {IntentStatus.REQUIRES_ACTION, IntentStatus.AUTHORIZED},
    IntentStatus.AUTHORIZED: _ENDS,
    IntentStatus.SUCCEEDED: frozenset(),
    # Money that is there is there, whatever we believed: the gateway has the last word on it.
    IntentStatus.FAILED: frozenset({IntentStatus.SUCCEEDED}),
    IntentStatus.CANCELLED: frozenset({IntentStatus.SUCCEEDED}),
}

# At most one of these per booking.
LIVE = frozenset(IntentStatus) - _ENDS


# A booking may be paid while it is one of these (public words): a hold before it, a completed one after it.
PAYABLE = frozenset({"held", "confirmed", "completed"})

# Those that owe a fee, if they owe anything.
FEE_OWING = frozenset({"cancelled", "no_show"})

# Money that arrives for one of these has no booking any more.
GONE = frozenset({"cancelled", "expired", "declined"})


def is_payable(purpose: str, status: str) -> bool:
    """Whether a booking of this (public) status can be paid for this."""
    return status in (FEE_OWING if purpose == Purpose.FEE else PAYABLE)


def wanted_cents(purpose: str, *, total: int, deposit: int, fee: int) -> int:
    """How much is to be paid altogether when this is paid; what is due is that less what was paid and kept."""
    return {Purpose.DEPOSIT: deposit, Purpose.FEE: fee}.get(Purpose(purpose), total)


def kept_cents(status: str, *, total: int, fee: int) -> int | None:
    """How much of what was paid for a booking is to be kept, by its (public) status; None where nobody decides that.

    What is still to come keeps everything, and whoever did not come gets back what staff give back.
    """
    if status in GONE:
        return min(fee, total)
    return total if status == "completed" else None


def can_move(status: str, to: str) -> bool:
    """Whether an intent may go from one status to another."""
    return IntentStatus(to) in MOVES[IntentStatus(status)]


def sources(to: str) -> list[IntentStatus]:
    """The statuses from which an intent may go to this one."""
    return [status for status, targets in MOVES.items() if IntentStatus(to) in targets]


def refundable_cents(*, captured_cents: int, refunded_cents: int) -> int:
    """How much can still be refunded. ValueError when the counters contradict each other."""
    if not 0 <= refunded_cents <= captured_cents:
        raise ValueError("more refunded than captured")
    return captured_cents - refunded_cents


def needs_approval(given_back: Money, limit: Money) -> bool:
    """Whether a second person must approve that so much of one payment goes back altogether.

    In parts as in one: who may not give back 100 may not give back ten times 10. What is in another currency than the
    limit cannot be compared with it, so it is always approved.
    """
    return given_back.currency != limit.currency or given_back.amount_cents > limit.amount_cents


def is_allowed(method: str, allowed: Collection[str]) -> bool:
    """Whether a vertical that allows these takes this one: a wallet is a card in a phone, so it goes with card."""
    return method in allowed or (method == Method.WALLET and Method.CARD in allowed)
