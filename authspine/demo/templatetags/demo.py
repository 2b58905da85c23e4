"""What templates need to show states, times and money; they compute nothing themselves."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django import template
from django.forms import BoundField
from django.template.context import Context
from django.utils.html import format_html
from django.utils.safestring import SafeString

from analytics.models import AnalyticsEvent
from authspine.demo import moments, words
from authspine.demo.words import State
from authspine.kernel.money import Money, format_money
from bookings.models import Booking
from payments.models import Dispute, PaymentIntent, Refund

register = template.Library()


def _badge(state: State) -> SafeString:
    return format_html(
        '<span class="badge {}"><span class="mark" aria-hidden="true">{}</span>{}</span>',
        state.tone,
        state.mark,
        state.word,
    )


@register.simple_tag(takes_context=True)
def booking_badge(context: Context, booking: Booking) -> SafeString:
    """The booking's state as it reads at the time of the visit."""
    return _badge(words.BOOKING[booking.status_at(context["visit"].now)])


@register.simple_tag(takes_context=True)
def booking_tone(context: Context, booking: Booking) -> str:
    return words.BOOKING[booking.status_at(context["visit"].now)].tone


@register.simple_tag(takes_context=True)
def booking_word(context: Context, booking: Booking) -> str:
    return words.BOOKING[booking.status_at(context["visit"].now)].word


@register.simple_tag(takes_context=True)
def countdown(context: Context, booking: Booking, brief: bool = False) -> SafeString:
    """Until when a hold lasts; where scripts run, how long that still is."""
    if booking.status_at(context["visit"].now) != "held" or booking.hold_expires_at is None:
        return SafeString("")
    until = booking.hold_expires_at
    return format_html(
        ' <span class="until">{}<time datetime="{}" title="{}" data-until="{}">{}</time></span>',
        "" if brief else "· Held until ",
        until.isoformat(),
        moments.exact(until),
        "brief" if brief else "",
        moments.clock(until) if not brief else f"until {moments.clock(until)}",
    )


@register.simple_tag
def about(event: AnalyticsEvent, names: Mapping[UUID, str]) -> str:
    """Whom an event is about."""
    return names.get(event.user, "") if event.user else "the studio"


@register.simple_tag
def payment_badge(intent: PaymentIntent) -> SafeString:
    state = words.payment_state(
        intent.status, captured_cents=intent.captured_cents, refunded_cents=intent.refunded_cents
    )
    return _badge(state)


@register.simple_tag
def refund_badge(refund: Refund) -> SafeString:
    return _badge(words.REFUND[refund.status])


@register.simple_tag
def dispute_badge(dispute: Dispute) -> SafeString:
    return _badge(words.DISPUTE[dispute.status])


@register.simple_tag
def ledger_badge(kind: str) -> SafeString:
    return _badge(words.LEDGER[kind])


@register.filter
def account(slug: str) -> str:
    return words.ACCOUNTS[slug]


@register.filter
def why(intent: PaymentIntent) -> str:
    """Why it failed, or what else is to be looked at."""
    return words.REASONS.get(intent.failure_code, intent.failure_detail)


@register.filter
def purpose(slug: str) -> str:
    return words.PURPOSES[slug]


@register.filter
def debit(cents: int, currency: str) -> str:
    """The amount in the column of debits, or nothing; negative ones stand in the other."""
    return format_money(Money(cents, currency)) if cents > 0 else ""


@register.filter
def credit(cents: int, currency: str) -> str:
    return format_money(Money(-cents, currency)) if cents < 0 else ""


@register.simple_tag
def verified_badge(verified: object) -> SafeString:
    return _badge(words.VERIFIED[bool(verified)])


@register.simple_tag
def offered_badge(active: object) -> SafeString:
    return _badge(words.OFFERED[bool(active)])


@register.simple_tag
def in_use_badge(active: object) -> SafeString:
    return _badge(words.IN_USE[bool(active)])


@register.simple_tag
def event_badge(type: str) -> SafeString:
    return _badge(words.event_state(type))


@register.filter
def money(cents: int, currency: str) -> str:
    return format_money(Money(cents, currency))


@register.filter
def minutes(count: int) -> str:
    return moments.minutes(count)


@register.filter
def percent(rate: float) -> str:
    return f"{rate:.0%}"


@register.filter
def method(slug: str) -> str:
    return words.METHODS[slug]


@register.filter
def location(slug: str) -> str:
    return words.LOCATIONS[slug]


@register.filter
def clock(at: datetime) -> str:
    return moments.clock(at)


@register.simple_tag
def when(at: datetime) -> SafeString:
    """A time for a list, with the exact one and its zone in the title."""
    return _time(at, moments.short(at))


@register.simple_tag
def on_day(at: datetime) -> SafeString:
    return _time(at, moments.day(at))


@register.simple_tag(takes_context=True)
def ago(context: Context, at: datetime) -> SafeString:
    """How long ago, or in how long, seen from the visit."""
    return _time(at, moments.relative(at, context["visit"].now))


def _time(at: datetime, text: str) -> SafeString:
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), moments.exact(at), text)


@register.inclusion_tag("demo/parts/field.html")
def field(bound: BoundField, **attrs: Any) -> dict[str, Any]:
    """A field with its label, hint and errors; the control says which of them describe it."""
    return {"field": bound, "checkbox": bound.widget_type == "checkbox"} | attrs


@register.inclusion_tag("demo/parts/copy.html")
def copyable(id: object, what: str) -> dict[str, object]:
    """An id that can be selected with one click, and copied with a button where scripts run."""
    return {"id": id, "what": what}
