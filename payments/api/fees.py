"""The table of fees over HTTP."""

import re
from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import CurrencyField, MoneyField, WholeNumberField, WordField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.kernel.money import MAX_PRICE_CENTS, Money
from authspine.orchestrator import payments
from payments.models import METHODS


class TypedNumber(WholeNumberField):
    """A whole number as it stands in a URL."""

    def to_internal_value(self, value: Any) -> int:
        if not isinstance(value, str) or not re.fullmatch("[0-9]{1,12}", value):
            self.refuse("not_an_integer", "Must be a whole number.")
        return super().to_internal_value(int(value))


class FeeQuery(StrictSerializer):
    amount_cents = TypedNumber(most=MAX_PRICE_CENTS)
    currency = CurrencyField(required=False)


class FeeOut(serializers.Serializer[Any]):
    method = WordField(choices=METHODS)
    fee = MoneyField()


class FeeTableOut(serializers.Serializer[Any]):
    amount = MoneyField()
    fees = FeeOut(many=True)


class FeeViewSet(ScopedViewSet):
    """What each way of paying costs, as an estimate."""

    shown_as = FeeTableOut
    asks = {"retrieve": FeeQuery}

    def retrieve(self, request: Request) -> Response:
        """The fee of every method for an amount, in the organization's currency if none is said."""
        asked = self.asked()
        amount = Money(asked["amount_cents"], asked.get("currency") or self.caller.organization.currency)
        table = [{"method": method, "fee": fee} for method, fee in payments.fees(amount).items()]
        return self.show({"amount": amount, "fees": table})
