"""Every state as a word and one of four tones: ok, wait, warn, stop. Never the colour alone."""

from dataclasses import dataclass
from typing import Literal

Tone = Literal["ok", "wait", "warn", "stop"]


@dataclass(frozen=True, slots=True)
class State:
    """How a state reads; the mark tells tones apart without colour."""

    word: str
    tone: Tone

    @property
    def mark(self) -> str:
        return {"ok": "✓", "wait": "…", "warn": "!", "stop": "×"}[self.tone]


BOOKING = {
    "requested": State("Requested", "wait"),
    "held": State("Held", "wait"),
    "confirmed": State("Confirmed", "ok"),
    "completed": State("Completed", "ok"),
    "cancelled": State("Cancelled", "stop"),
    "no_show": State("No-show", "warn"),
    "expired": State("Expired", "warn"),
    "declined": State("Declined", "stop"),
}

# Why a time cannot be had.
RULES = {
    "professional_unverified": "not verified yet",
    "in_the_past": "over already",
    "notice": "too soon to be booked",
    "horizon": "not on sale for this date",
    "outside_hours": "runs out of working hours",
    "holiday": "public holiday",
    "time_off": "time off",
    "not_a_slot": "not a start of this service",
    "full": "all seats are taken",
    "booked": "booked",
    "buffer": "too close to another booking",
    "resource_busy": "a room or equipment is in use",
    "limit_reached": "no more bookings on this day",
}

PAYMENT = {
    "pending": State("Started", "wait"),
    "processing": State("Processing", "wait"),
    "requires_action": State("Waiting for the client", "wait"),
    "authorized": State("Authorized", "wait"),
    "succeeded": State("Paid", "ok"),
    "failed": State("Failed", "stop"),
    "cancelled": State("Cancelled", "stop"),
    "refunded": State("Refunded", "warn"),
    "partly_refunded": State("Partly refunded", "warn"),
}

PURPOSES = {"deposit": "The deposit", "balance": "The balance", "full": "In full", "fee": "The fee that is owed"}

# What has become of a payment, for whoever has just paid.
OUTCOMES = {
    "succeeded": "Paid: the money has arrived.",
    "authorized": "Authorized: the money is held on the card. It is taken when you capture it, or let go.",
    "processing": "On its way: the bank takes its time, and says later whether it pays. There is nothing to do.",
    "requires_action": "Not approved yet: the client's bank waits for an answer.",
    "pending": "Started: nothing has been asked of the bank yet.",
    "failed": "Not paid: nothing was charged. Try another card, or another way.",
    "cancelled": "Cancelled: nothing was charged.",
}
UNKNOWN_OUTCOME = "Not known yet: the payment provider does not answer. Look again in a moment; nothing is paid twice."

# What the provider says to programmers only.
REASONS = {
    "payment_intent_authentication_failure": "The client has not approved it at their bank.",
    "authentication_required": "The bank wants the client to approve it, and the client was away.",
}

# Why a payment that is under way waits, and for whom.
WAITS = {
    "pending": "This payment is still under way.",
    "processing": "The bank has been asked and takes its time: a debit takes days, in this demo some seconds.",
    "requires_action": "The client's bank wants to hear from the client before it pays.",
    "authorized": "The money is held on the card, and not here yet: capture it, or let it go.",
}
GIVEN = {"succeeded": "Given back", "pending": "On its way back, the bank takes its time"}

DISPUTE = {
    "open": State("Disputed", "warn"),
    "won": State("Dispute won", "ok"),
    "lost": State("Dispute lost", "stop"),
}

ACCOUNTS = {
    "cash_at_stripe": "At Stripe",
    "cash_in_hand": "In hand",
    "client_receivable": "Owed by clients",
    "deposits_held": "Deposits held",
    "revenue": "Earned",
    "refunds": "Given back",
    "fees": "Fees",
    "disputes": "Lost to disputes",
}
LEDGER = {
    "payment": State("Payment", "ok"),
    "earning": State("Earned", "ok"),
    "refund": State("Refund", "warn"),
    "fee": State("Fee", "wait"),
    "dispute": State("Dispute", "stop"),
    "correction": State("Correction", "warn"),
}

REFUND = {
    "pending": State("Under way", "wait"),
    "succeeded": State("Refunded", "ok"),
    "failed": State("Failed", "stop"),
}

VERIFIED = {True: State("Verified", "ok"), False: State("Not verified", "wait")}
IN_USE = {True: State("In use", "ok"), False: State("Out of use", "stop")}
OFFERED = {True: State("On offer", "ok"), False: State("Withdrawn", "stop")}

METHODS = {"card": "Card", "bank": "Bank debit", "wallet": "Wallet", "cash": "Cash", "invoice": "Invoice"}
LOCATIONS = {"in_person": "In person", "virtual": "Online", "mobile": "At the client's"}

# The tone of an event is that of what it tells; what is not named is good news.
_EVENT_TONES: dict[str, Tone] = {
    "booking.created": "wait",
    "payment.created": "wait",
    "cancelled": "stop",
    "failed": "stop",
    "expired": "warn",
    "no_show": "warn",
    "refunded": "warn",
    "requested": "wait",
    "declined": "stop",
    "deleted": "stop",
    "deactivated": "stop",
}


def payment_state(status: str, *, captured_cents: int, refunded_cents: int) -> State:
    """An intent's state as people speak of it: a payment that was given back is not just paid."""
    if refunded_cents:
        return PAYMENT["refunded" if refunded_cents == captured_cents else "partly_refunded"]
    return PAYMENT[status]


def event_state(type: str) -> State:
    """An event type in words: `booking.no_show` is `Booking no-show`."""
    family, _, verb = type.partition(".")
    spoken = "no-show" if verb == "no_show" else verb.replace("_", " ").replace(".", " ")
    return State(
        f"{family.replace('_', ' ').capitalize()} {spoken}", _EVENT_TONES.get(type) or _EVENT_TONES.get(verb, "ok")
    )
