"""Amounts in forms, as people write them: in the major unit of their currency."""

from django import forms

from authspine.api.admin.refusals import sentence
from authspine.kernel.money import Money, is_price, parse_money


def read_money(form: forms.BaseForm, name: str, currency: str) -> Money | None:
    """What was typed into a field; an empty one is nothing. None when it is no amount, which the form then tells."""
    try:
        amount = parse_money(form.cleaned_data[name] or "0", currency)
    except ValueError as fault:
        form.add_error(name, sentence(fault))
        return None
    if not is_price(amount.amount_cents):
        form.add_error(name, "This is more than can be asked for.")
    return amount
