"""Paying, cancelling and giving back, as forms."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms

from authspine.demo.forms.choices import offer
from authspine.demo.forms.money import Amount, in_currency
from authspine.kernel.money import Money
from payments import rules


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay in the demo: the method, and the gateway's name of a test card."""

    method: str
    card: str
    label: str


# Test cards of Stripe's, which every server that speaks like it knows.
WAYS = {
    "card": Way("card", "pm_card_visa", "Test card 4242 4242 4242 4242: accepted"),
    "declined": Way("card", "pm_card_chargeCustomerFail", "Test card 4000 0000 0000 0341: declined"),
    "wallet": Way("wallet", "pm_card_visa", "Wallet on the client's phone"),
    "cash": Way("cash", "", "Cash: you have it in hand"),
    "invoice": Way("invoice", "", "Invoice: it has been paid"),
}


class PayForm(forms.Form):
    way = forms.ChoiceField(
        label="How is it paid?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it is paid.", "invalid_choice": "Choose one of these ways to pay."},
    )

    def __init__(self, *args: Any, allowed: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(name, way.label) for name, way in WAYS.items() if rules.is_allowed(way.method, allowed)]
        offer(self, "way", offered)
        self.fields["way"].initial = offered[0][0] if offered else None

    def chosen(self) -> Way:
        return WAYS[self.cleaned_data["way"]]


class CancelForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        label="Why is it cancelled?",
        error_messages={"required": "Enter a reason; it stays with the booking."},
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )


class RefundForm(forms.Form):
    amount = Amount(error_messages={"required": "Enter how much is given back."})
    reason = forms.CharField(required=False, max_length=500, widget=forms.TextInput({"dir": "auto"}))

    def __init__(self, *args: Any, left: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_currency(self, left.currency, "amount")

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if not amount.amount_cents:
            raise forms.ValidationError("Enter an amount above zero.", code="zero")
        return amount
