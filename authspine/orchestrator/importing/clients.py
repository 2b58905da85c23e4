"""Clients, with what they have agreed to and the payment methods that they keep on file."""

from typing import Any

from authspine.kernel.validation import check_fields
from authspine.orchestrator.importing.people import People
from authspine.orchestrator.importing.reading import MAX_TEXT, Reader
from authspine.orchestrator.importing.work import Entry
from clients import actions as client_actions
from clients.errors import EmailExists
from clients.models import Client, Consent
from payments.models import METHODS, PaymentMethod


class Clients(People):
    kind = "clients"
    model = Client
    contains = {"consents": Consent, "payment_methods": PaymentMethod}
    email_exists = EmailExists
    holder = "client"
    personal = (
        "email", "name", "phone", "preferences", "metadata", "notes", "legal_hold", "consents", "payment_methods",
    )  # fmt: skip

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
            **_legal_hold(reader.optional_part("legal_hold")),
        )
        check_fields(client_actions.derive(row))
        consents, methods = self.inside(entry, "consents"), self.inside(entry, "payment_methods")
        for part in consents:
            part.row = self._consent(part)
        for part in methods:
            part.row = self._method(part)
        _check_consents(entry, [part.row for part in consents])
        _check_methods(entry, [part.row for part in methods])
        reader.done()
        self.check_email(row)
        return row

    def _consent(self, part: Entry) -> Consent:
        reader = part.reader
        row = Consent(
            **self.common(part),
            purpose=reader.text("purpose", most=50),
            text_version=reader.text("text_version", most=50),
            given_at=reader.instant("given_at"),
            method=reader.word("method", Consent.Method.values, Consent.Method.IMPORTED),
            withdrawn_at=reader.instant("withdrawn_at", None),
            withdrawn_how=reader.word("withdrawn_how", [*dict(Consent.ENDINGS), ""], ""),
        )
        if bool(row.withdrawn_at) != bool(row.withdrawn_how):
            reader.refuse("withdrawn_how", "stands there with withdrawn_at, and not without.")
        if row.withdrawn_at and row.withdrawn_at < row.given_at:
            reader.refuse("withdrawn_at", "must not be before given_at.")
        check_fields(row)
        reader.done()
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


def _legal_hold(reader: Reader | None) -> dict[str, Any]:
    if reader is None:
        return {}
    found = {
        "legal_hold_reference": reader.text("reference", most=100),
        "legal_hold_until": reader.day("until", None),
        "legal_hold_at": reader.instant("set_at"),
    }
    reader.done()
    return found


def _check_consents(entry: Entry, rows: list[Consent]) -> None:
    """One live one at most of each purpose."""
    live = [row.purpose for row in rows if row.withdrawn_at is None]
    if len(set(live)) < len(live):
        entry.reader.refuse("consents", "only one of a purpose can be live.")


def _check_methods(entry: Entry, rows: list[PaymentMethod]) -> None:
    """One default at most, and each method once."""
    if sum(row.is_default for row in rows) > 1:
        entry.reader.refuse("payment_methods", "only one can be the default.")
    if len({(row.provider, row.provider_method_id) for row in rows}) < len(rows):
        entry.reader.refuse("payment_methods", "the same one stands there twice.")
