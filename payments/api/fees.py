"""The table of fees over HTTP."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import CurrencyField, MoneyField, TypedNumber, WholeNumberField, WordField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.kernel.money import MAX_PRICE_CENTS, Money
from authspine.orchestrator import payments
from payments.models import METHODS


class FeeQuery(StrictSerializer):
    amount_cents = TypedNumber(most=MAX_PRICE_CENTS, required=False)
    currency = CurrencyField(required=False)


class FeeOut(serializers.Serializer[Any]):
    method = WordField(choices=METHODS)
    basis_points = WholeNumberField()
    fixed_cents = WholeNumberField()
    fee = MoneyField(allow_null=True)


class FeeTableOut(serializers.Serializer[Any]):
    amount = MoneyField(allow_null=True)
    fees = FeeOut(many=True)


class FeeViewSet(ScopedViewSet):
    """What each way of paying costs, as an estimate."""

    resource = "fees"
    shown_as = FeeTableOut
    asks = {"retrieve": FeeQuery}

    def retrieve(self, request: Request) -> Response:
        """The share and the fixed part of every method, and the fee where an amount is given.

        The amount is in the organization's currency, if none is said.
        """
        asked = self.asked()
        amount = None
        if "amount_cents" in asked:
            amount = Money(asked["amount_cents"], asked.get("currency") or self.caller.organization.currency)
        return self.show({"amount": amount, "fees": payments.fees(amount)})
