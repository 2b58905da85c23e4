"""What payments stand on and lead to: clients as the gateway knows them, attempts to keep a card, disputes, alerts."""

from collections.abc import Sequence
from uuid import UUID

from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.importer import Importer
from authspine.orchestrator.importing.work import Entry, Work
from payments.models import METHODS, Alert, Customer, Dispute, MethodSetup, PaymentIntent


class Customers(Importer):
    kind = "customers"
    model = Customer
    refers = {"client": "clients"}

    def build(self, entry: Entry) -> Customer:
        reader = entry.reader
        row = Customer(
            **self.common(entry),
            client_id=self.refer(reader, "client"),
            gateway_id=reader.text("gateway_id", "", most=100),
        )
        check_fields(row)
        return row


class MethodSetups(Importer):
    kind = "method_setups"
    model = MethodSetup
    refers = {"client": "clients"}

    def build(self, entry: Entry) -> MethodSetup:
        reader = entry.reader
        row = MethodSetup(
            **self.common(entry),
            client_id=self.refer(reader, "client"),
            type=reader.word("type", METHODS),
            status=reader.word("status", MethodSetup.Status.values),
            gateway_id=reader.text("gateway_id", "", most=100),
            gateway_method=reader.text("gateway_method", "", most=100),
            next_action_url=reader.text("next_action_url", "", most=1000),
            is_default=reader.flag("is_default", False),
            failure_code=reader.text("failure_code", "", most=60),
        )
        check_fields(row)
        return row


class Disputes(Importer):
    kind = "disputes"
    model = Dispute
    refers = {"intent": "payments"}

    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self._currencies: dict[UUID, str] = {}

    def prepare(self, entries: Sequence[Entry]) -> None:
        intents = PaymentIntent.objects.filter(id__in=self.referred(entries, "intent"))
        self._currencies = dict(intents.values_list("id", "currency"))

    def build(self, entry: Entry) -> Dispute:
        reader = entry.reader
        common, intent_id = self.common(entry), self.refer(reader, "intent")
        amount: Money = reader.money("amount", least=1)
        if amount.currency != self._currencies[intent_id]:
            reader.refuse("amount", f"must be in {self._currencies[intent_id]}, as the payment is.")
        row = Dispute(
            **common,
            intent_id=intent_id,
            status=reader.word("status", Dispute.Status.values),
            amount_cents=amount.amount_cents,
            currency=amount.currency,
            reason=reader.text("reason", "", most=60),
            gateway_id=reader.text("gateway_id", most=100),
        )
        check_fields(row)
        return row


class Alerts(Importer):
    kind = "alerts"
    model = Alert
    refers = {"intent": "payments"}

    def build(self, entry: Entry) -> Alert:
        reader = entry.reader
        row = Alert(
            **self.common(entry),
            kind=reader.text("kind", most=40),
            intent_id=self.refer_if_any(reader, "intent"),
            subject=reader.text("subject", most=100),
            detail=reader.text("detail", most=500),
            settled_at=reader.instant("settled_at", None),
            settled_by=reader.text("settled_by", "", most=60),
        )
        check_fields(row)
        return row
