"""Paying, capturing, cancelling and giving back, as forms."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django import forms

from authspine.demo.forms.choices import Options, offer
from authspine.demo.forms.money import Amount, in_currency
from authspine.kernel.money import Money
from payments import rules
from payments.models import PaymentMethod


@dataclass(frozen=True, slots=True)
class Way:
    """A way to pay in the demo: the method, and the gateway's name of a test card, or the id of what is on file."""

    method: str
    card: str
    label: str
    off_session: bool = False

    @property
    def can_wait(self) -> bool:
        """Whether the money can be held first, and taken later."""
        return self.method in (rules.Method.CARD, rules.Method.WALLET)


def _card(name: str, number: str, ends: str) -> Way:
    return Way("card", f"pm_card_{name}", f"Test card {number}: {ends}")


# Stripe's test cards, which every server that speaks like it knows (docs.stripe.com/testing).
WAYS = {
    "card": _card("visa", "4242 4242 4242 4242", "accepted"),
    "declined": _card("chargeCustomerFail", "4000 0000 0000 0341", "declined"),
    "empty": _card("chargeDeclinedInsufficientFunds", "4000 0000 0000 9995", "declined, too little money"),
    "approve": _card("authenticationRequired", "4000 0027 6000 3184", "the client must approve"),
    "dispute": _card("createDispute", "4000 0000 0000 0259", "accepted, then disputed"),
    "slow": _card("pendingRefund", "4000 0000 0000 7726", "accepted, slow to refund"),
    "wallet": Way("wallet", "pm_card_visa", "Wallet on the client's phone"),
    "bank": Way("bank", "", "Bank debit: the bank takes its time"),
    "cash": Way("cash", "", "Cash: you have it in hand"),
    "invoice": Way("invoice", "", "Invoice: it has been paid"),
}
# The test account of the debit that a currency is paid by.
ACCOUNTS = {
    "USD": "pm_usBankAccount",
    "EUR": "pm_sepaDebit",
    "GBP": "pm_bacsDebit",
    "CAD": "pm_acssDebit",
    "AUD": "pm_auBecsDebit",
}


def ways(currency: str, allowed: Collection[str], on_file: PaymentMethod | None = None) -> dict[str, Way]:
    """What can be chosen for a booking: first what the client has on file, then what the vertical allows."""
    found = {}
    if on_file is not None:
        kept = f"{on_file.brand or on_file.type} ending in {on_file.last4}".capitalize()
        found["file"] = Way(on_file.type, str(on_file.id), f"{kept}, on file: the client need not be here", True)
    offered = found | WAYS | {"bank": Way("bank", ACCOUNTS.get(currency, ""), WAYS["bank"].label)}
    if currency not in ACCOUNTS:
        del offered["bank"]
    return {name: way for name, way in offered.items() if rules.is_allowed(way.method, allowed)}


class PayForm(forms.Form):
    purpose = forms.ChoiceField(
        label="What is paid?",
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose what is paid."},
    )
    way = forms.ChoiceField(
        label="How is it paid?",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how it is paid.", "invalid_choice": "Choose one of these ways to pay."},
    )
    later = forms.BooleanField(label="Authorize now, capture later", required=False)

    def __init__(self, *args: Any, offered: dict[str, Way], purposes: Options, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered, self.purposes = offered, purposes
        offer(self, "purpose", purposes)
        offer(self, "way", [(name, way.label) for name, way in offered.items()])
        self.fields["purpose"].initial = purposes[0][0] if purposes else None
        self.fields["way"].initial = "card" if "card" in offered else next(iter(offered), None)

    @property
    def only_sum(self) -> str:
        """The amount, where there is no choice."""
        return self.purposes[0][1].rpartition(": ")[2] if len(self.purposes) == 1 else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        way = self.offered.get(cleaned.get("way", ""))
        if way and cleaned.get("later") and not way.can_wait:
            self.add_error("later", "Only a card or a wallet can be authorized first. Choose one, or pay at once.")
        return cleaned

    def asked(self) -> dict[str, Any]:
        """What the journey is asked for."""
        way = self.offered[self.cleaned_data["way"]]
        usual = self.purposes[0][0] if self.purposes else rules.Purpose.FULL
        return {
            "method": way.method,
            "payment_method": way.card,
            "purpose": self.cleaned_data["purpose"] or usual,
            "capture": "manual" if self.cleaned_data["later"] else "automatic",
            "off_session": way.off_session,
        }


class CancelForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        label="Why is it cancelled?",
        error_messages={"required": "Enter a reason; it stays with the booking."},
        widget=forms.TextInput({"dir": "auto", "autocomplete": "off"}),
    )


class AmountForm(forms.Form):
    """How much of what is left."""

    amount = Amount(error_messages={"required": "Enter an amount."})

    def __init__(self, *args: Any, left: Money, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_currency(self, left.currency, "amount")

    def clean_amount(self) -> Money:
        amount: Money = self.cleaned_data["amount"]
        if not amount.amount_cents:
            raise forms.ValidationError("Enter an amount above zero.", code="zero")
        return amount


class RefundForm(AmountForm):
    amount = Amount(error_messages={"required": "Enter how much is given back."})
    reason = forms.CharField(required=False, max_length=500, widget=forms.TextInput({"dir": "auto"}))


class CaptureForm(AmountForm):
    amount = Amount(error_messages={"required": "Enter how much is captured."})
    more_follows = forms.BooleanField(label="Keep the rest authorized: more follows", required=False)


class KeepForm(forms.Form):
    """A test card to be put on a client's file."""

    CARDS = {
        "card": ("pm_card_visa", "Test card 4242 4242 4242 4242: kept at once"),
        "approve": ("pm_card_authenticationRequiredOnSetup", "Test card 4000 0025 0000 3155: approved once, then kept"),
        "declined": ("pm_card_chargeDeclined", "Test card 4000 0000 0000 0002: declined"),
    }

    card = forms.ChoiceField(
        label="Which card?",
        choices=[(name, label) for name, (_, label) in CARDS.items()],
        initial="card",
        widget=forms.RadioSelect,
        error_messages={"required": "Choose a card.", "invalid_choice": "Choose one of these cards."},
    )

    def chosen(self) -> str:
        """The gateway's name of it."""
        return self.CARDS[self.cleaned_data["card"]][0]
