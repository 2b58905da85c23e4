"""How much of a payment: forms over its page. Made outside of any scope, they read it in one of their own."""

from typing import Any

from django import forms
from django.http import Http404
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldBooleanSwitchWidget

from authspine.api.admin.dialogs import ReasonForm, text_field
from authspine.api.admin.refusals import sentence
from authspine.api.admin.seat import caller
from authspine.kernel.money import Money, format_amount, format_money, parse_money
from authspine.kernel.tenancy import organization_scope
from payments.models import PaymentIntent


def intent_of(object_id: str) -> PaymentIntent:
    """The payment with this id. Raises Http404."""
    try:
        return PaymentIntent.objects.get(id=object_id)
    except (PaymentIntent.DoesNotExist, ValueError, forms.ValidationError) as error:
        raise Http404 from error


class AmountForm(BaseDialogForm):
    """Part of what is left, or all of it."""

    amount = text_field("Amount", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acting = caller(self.request)
        with organization_scope(acting.organization, acting.actor):
            self.intent = intent_of(str(self.object_id))
        left = self.left()
        self.fields["amount"].help_text = f"All that is left, {format_money(left)}, if empty"
        self.fields["amount"].widget.attrs["placeholder"] = format_amount(left.amount_cents, left.currency)

    def left(self) -> Money:
        raise NotImplementedError

    def clean_amount(self) -> Money | None:
        if not (typed := self.cleaned_data["amount"]):
            return None
        try:
            return parse_money(typed, self.intent.currency)
        except ValueError as fault:
            raise forms.ValidationError(sentence(fault)) from fault


class RefundForm(AmountForm, ReasonForm):
    """How much is given back, and why."""

    field_order = ("amount", "reason")

    def left(self) -> Money:
        return self.intent.left


class CaptureForm(AmountForm):
    """How much of what is authorized is taken, and whether more of it is taken later."""

    more_follows = forms.BooleanField(
        label="More follows", required=False, help_text="Keep the rest authorized", widget=UnfoldBooleanSwitchWidget
    )

    def left(self) -> Money:
        return Money(self.intent.amount_cents - self.intent.captured_cents, self.intent.currency)
