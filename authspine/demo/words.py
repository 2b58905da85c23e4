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

REFUND = {
    "pending": State("Under way", "wait"),
    "succeeded": State("Refunded", "ok"),
    "failed": State("Failed", "stop"),
}

VERIFIED = {True: State("Verified", "ok"), False: State("Not verified", "wait")}
IN_USE = {True: State("In use", "ok"), False: State("Out of use", "stop")}
OFFERED = {True: State("On offer", "ok"), False: State("Withdrawn", "stop")}

METHODS = {"card": "Card", "bank": "Bank transfer", "wallet": "Wallet", "cash": "Cash", "invoice": "Invoice"}
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
