"""The ledger and the statements over HTTP: to be read alone."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponseBase
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, ValidationError

from authspine.api.documents import SHAPES, document
from authspine.api.fields import (
    CurrencyField,
    IdField,
    InstantField,
    LineField,
    MoneyField,
    WholeNumberField,
    WordField,
)
from authspine.api.filters import FilterSet, IdFilter, InstantFilter, WordFilter
from authspine.api.schema import ProblemAutoSchema
from authspine.api.serializers import ResourceOut, StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import ledger
from payments.models import LedgerEntry
from payments.queries import ledger as ledger_queries
from payments.queries.statements import Statement
from payments.rules.ledger import Account, Kind
from payments.rules.statements import as_csv

ACCOUNTS = [account.value for account in Account]
KINDS = [kind.value for kind in Kind]
MOST = 100


class EntryOut(serializers.Serializer[Any]):
    """A debit is positive, a credit negative."""

    account = WordField(choices=ACCOUNTS)
    professional = IdField(source="professional_id", allow_null=True)
    amount = MoneyField(cents="amount_cents", signed=True)


class TransactionOut(ResourceOut):
    booking = IdField(source="booking_id")
    kind = WordField(choices=KINDS)
    currency = CurrencyField()
    at = InstantField()
    entries = EntryOut(many=True)


class LedgerFilters(FilterSet):
    booking = IdFilter()
    kind = WordFilter(words=KINDS)
    professional = IdFilter(method="with_entry")
    account = WordFilter(words=ACCOUNTS, method="with_entry")
    # `from` is a word of Python.
    vars()["from"] = InstantFilter(field_name="at", lookup_expr="gte")
    to = InstantFilter(field_name="at", lookup_expr="lt")

    def with_entry(self, rows: QuerySet[Any], name: str, value: Any) -> QuerySet[Any]:
        """Transactions of which an entry says so."""
        return rows.filter(Exists(LedgerEntry.objects.filter(transaction=OuterRef("id"), **{name: value})))


class LedgerViewSet(ScopedViewSet):
    """Every movement of money, in double entry. Nothing of it is ever changed."""

    resource = "ledger"
    shown_as = TransactionOut
    filterset_class = LedgerFilters

    def list(self, request: Request) -> Response:
        """Transactions with their entries, newest first; those with `from <= at < to`."""
        return self.page(ledger_queries.transactions())


class StatementQuery(StrictSerializer):
    professional = ListField(child=IdField(), max_length=MOST, required=False)
    format = WordField(choices=["json", "csv"], required=False)

    def get_fields(self) -> dict[str, Any]:
        # `from` is a word of Python.
        return {**super().get_fields(), "from": InstantField(source="since"), "to": InstantField(source="until")}

    def validate(self, asked: dict[str, Any]) -> dict[str, Any]:
        if asked["until"] <= asked["since"]:
            raise ValidationError({"to": ValidationError("Must be after `from`.", code="order").detail})
        return asked


class StatementOut(serializers.Serializer[Any]):
    professional = IdField()
    name = LineField(max_length=200)
    opening = MoneyField(signed=True)
    earned = MoneyField(signed=True)
    refunded = MoneyField(signed=True)
    closing = MoneyField(signed=True)
    fees = MoneyField(signed=True)
    bookings = WholeNumberField()


class StatementsOut(serializers.Serializer[Any]):
    statements = StatementOut(many=True)

    def get_fields(self) -> dict[str, Any]:
        return {"from": InstantField(source="since"), "to": InstantField(source="until"), **super().get_fields()}


class StatementSchema(ProblemAutoSchema):
    """JSON, or the same as CSV."""

    def _success(self, status: str) -> dict[str, Any]:
        answer = super()._success(status)
        answer["content"]["text/csv"] = {"schema": SHAPES["text/csv"]}
        return answer


class StatementViewSet(ScopedViewSet):
    """What professionals have earned."""

    resource = "ledger"
    schema = StatementSchema()
    shown_as = StatementsOut
    asks = {"retrieve": StatementQuery}
    limited_as = {"retrieve": "search"}
    snapshots = frozenset({"retrieve"})

    def retrieve(self, request: Request) -> HttpResponseBase:
        """By professional and currency, for `from <= at < to`: what was earned, what was given back of it, and fees.

        `opening` and `closing` are what was earned until then, less what was given back. Without `professional` it is
        everybody who has earned anything. With `format=csv` it is a table for spreadsheets.
        """
        asked = self.asked()
        since, until = asked["since"], asked["until"]
        found = ledger.statements(since, until, professionals=asked.get("professional", ()))
        if asked.get("format") != "csv":
            told = [
                {"professional": one.professional, "name": one.name, "bookings": one.bookings, **one.money}
                for one in found
            ]
            return self.show({"since": since, "until": until, "statements": told})
        period = {"from": since.isoformat(), "to": until.isoformat()}
        table = as_csv((_words(one) | period, one.money) for one in found)
        return cast(HttpResponseBase, document([table], media_type="text/csv", filename="statements.csv"))


def _words(one: Statement) -> dict[str, Any]:
    return {"professional": str(one.professional), "name": one.name, "currency": one.currency, "bookings": one.bookings}
