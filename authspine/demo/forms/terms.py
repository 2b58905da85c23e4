"""The terms of bookings as fields of a form: what differs from the vertical's policy, and how much may be booked."""

from collections.abc import Mapping
from typing import Any

from django import forms

from authspine.demo.forms.money import Amount
from authspine.demo.forms.numbers import UNLIMITED, Limit, OwnAmount, Percent
from authspine.demo.rules_in_words import spoken
from authspine.kernel.money import Money, format_amount
from professionals.models import Vertical
from professionals.rules.limits import MEASURES, MOST, PERIODS
from professionals.rules.policies import POLICIES

LABELS = {
    "cancellation_window_minutes": "Free to cancel until … minutes before",
    "cancellation_fee_bps": "Cancelling later costs … percent",
    "cancellation_fee_cents": "Cancelling later costs",
    "no_show_fee_bps": "Not coming costs … percent",
    "no_show_fee_cents": "Not coming costs",
    "reschedule_window_minutes": "Can be moved until … minutes before",
    "max_reschedules": "Can be moved … times",
    "hold_minutes": "A hold lasts … minutes",
    "approval_minutes": "A request is answered within … minutes",
    "max_open_holds": "Open holds of a client",
    "max_future_bookings": "Bookings ahead of a client",
}


def policy_field(name: str) -> forms.Field:
    """The field for one policy; empty means what the vertical has."""
    label, bound = LABELS[name], POLICIES[name]
    if name.endswith("_bps"):
        return Percent(label=label)
    if name.endswith("_cents"):
        return OwnAmount(label=label)
    if bound.optional:
        return Limit(label=label, least=bound.least, most=bound.most)
    return forms.IntegerField(label=label, required=False, min_value=bound.least, max_value=bound.most)


def policy_fields() -> dict[str, forms.Field]:
    return {name: policy_field(name) for name in LABELS}


def limit_fields() -> dict[str, forms.Field]:
    """`day_bookings`, `day_minutes` ...; empty means not limited."""
    return {
        f"{period}_{measure}": forms.IntegerField(
            label=f"Most {measure} a {period}", required=False, min_value=0, max_value=MOST
        )
        for period in PERIODS
        for measure in MEASURES
    }


def explain(form: forms.Form, vertical: Vertical | None, currency: str) -> None:
    """Say in which currency the fees are, and what holds where a field is left empty."""
    defaults = vertical.policy_defaults() if vertical else {}
    for name in LABELS:
        field = form.fields[name]
        if isinstance(field, Amount):
            field.currency, field.label = currency, f"{LABELS[name]} … {currency}"
        empty = f"{spoken(name, defaults[name], currency)}, as in {vertical}" if vertical else "as in the vertical"
        field.help_text = f"Empty: {empty}."
        if POLICIES[name].optional:
            field.help_text += f" “{UNLIMITED}” for {spoken(name, None, currency)}."


def policy_of(cleaned: Mapping[str, Any]) -> dict[str, int | None]:
    """What was said, by the names of the policies."""
    found: dict[str, int | None] = {}
    for name in LABELS:
        value = cleaned[name]
        if isinstance(value, Money):
            found[name] = value.amount_cents
        elif POLICIES[name].optional:
            found |= {} if value == "" else {name: value}
        elif value is not None:
            found[name] = value
    return found


def limits_of(cleaned: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    said = {
        period: {
            measure: cleaned[f"{period}_{measure}"]
            for measure in MEASURES
            if cleaned[f"{period}_{measure}"] is not None
        }
        for period in PERIODS
    }
    return {period: limit for period, limit in said.items() if limit}


def initial_policy(policy: Mapping[str, int | None], currency: str) -> dict[str, Any]:
    """The fields of a policy as it is kept; what it does not tell stays empty."""
    return {name: _shown(name, policy[name], currency) if name in policy else "" for name in LABELS}


def _shown(name: str, value: int | None, currency: str) -> Any:
    if value is None:
        return UNLIMITED
    return format_amount(value, currency) if name.endswith("_cents") else value


def initial_limits(limits: Mapping[str, Mapping[str, int]]) -> dict[str, int]:
    return {f"{period}_{measure}": most for period, limit in limits.items() for measure, most in limit.items()}


def without_terms(cleaned: Mapping[str, Any]) -> dict[str, Any]:
    """What of a form is neither policy nor limit."""
    own = LABELS.keys() | limit_fields().keys()
    return {name: value for name, value in cleaned.items() if name not in own}
