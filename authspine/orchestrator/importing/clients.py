"""Clients, with the payment methods that they keep on file."""

from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.people import People
from authspine.orchestrator.importing.reading import MAX_TEXT
from authspine.orchestrator.importing.work import Entry
from clients import actions as client_actions
from clients.errors import EmailExists
from clients.models import Client
from payments.models import METHODS, PaymentMethod


class Clients(People):
    kind = "clients"
    model = Client
    contains = {"payment_methods": PaymentMethod}
    email_exists = EmailExists
    holder = "client"
    personal = ("email", "name", "phone", "preferences", "metadata", "notes", "payment_methods")

    def build(self, entry: Entry) -> Client:
        reader = entry.reader
        if erased := self.erased(entry):
            reader.done()
            return erased  # type: ignore[no-any-return]
        row = Client(
            **self.common(entry),
            email=reader.text("email", most=254),
            name=reader.text("name"),
            phone=reader.text("phone", "", most=40),
            preferences=reader.object("preferences", {}),
            metadata=reader.object("metadata", {}),
            notes=reader.text("notes", "", most=MAX_TEXT),
            deleted_at=reader.instant("deleted_at", None),
            erased_at=reader.instant("erased_at", None),
        )
        check_fields(client_actions.derive(row))
        for part in self.inside(entry, "payment_methods"):
            part.row = self._method(part)
        _check_methods(entry)
        reader.done()
        self.check_email(row)
        return row

    def _method(self, part: Entry) -> PaymentMethod:
        reader = part.reader
        row = PaymentMethod(
            **self.common(part),
            type=reader.word("type", METHODS),
            provider=reader.text("provider", most=20),
            provider_method_id=reader.text("provider_method_id", most=100),
            brand=reader.text("brand", "", most=30),
            last4=reader.text("last4", "", most=4),
            is_default=reader.flag("is_default", False),
            metadata=reader.object("metadata", {}),
        )
        check_fields(row)
        reader.done()
        return row


def _check_methods(entry: Entry) -> None:
    """One default at most, and each method once."""
    rows = [part.row for part in entry.parts]
    if sum(row.is_default for row in rows) > 1:
        entry.reader.refuse("payment_methods", "only one can be the default.")
    if len({(row.provider, row.provider_method_id) for row in rows}) < len(rows):
        entry.reader.refuse("payment_methods", "the same one stands there twice.")
