"""Money: what was attempted, given back and taken back, what it stands on, and the ledger."""

from authspine.orchestrator.exporting.records.values import Record, id_of, money_of, row_of, time_of
from payments.models import (
    Alert,
    Customer,
    Dispute,
    LedgerEntry,
    LedgerTransaction,
    MethodSetup,
    PaymentIntent,
    Refund,
)


def customer(row: Customer) -> Record:
    return row_of(row) | {"client": str(row.client_id), "gateway_id": row.gateway_id}


def method_setup(row: MethodSetup) -> Record:
    return row_of(row) | {
        "client": str(row.client_id),
        "type": row.type,
        "status": row.status,
        "gateway_id": row.gateway_id,
        "gateway_method": row.gateway_method,
        "next_action_url": row.next_action_url,
        "is_default": row.is_default,
        "failure_code": row.failure_code,
    }


def payment(row: PaymentIntent) -> Record:
    return row_of(row) | {
        "booking": str(row.booking_id),
        "purpose": row.purpose,
        "capture": row.capture,
        "off_session": row.off_session,
        "method": row.method,
        "status": row.status,
        "amount": money_of(row.amount_cents, row.currency),
        "amount_captured": money_of(row.captured_cents, row.currency),
        "amount_refunded": money_of(row.refunded_cents, row.currency),
        "amount_disputed": money_of(row.disputed_cents, row.currency),
        "fee": money_of(row.fee_cents, row.currency),
        "fee_is_known": row.fee_is_known,
        "gateway_id": row.gateway_id,
        "gateway_method": row.gateway_method,
        "next_action_url": row.next_action_url,
        "failure": {"code": row.failure_code, "detail": row.failure_detail},
        "processed_at": time_of(row.processed_at),
    }


def refund(row: Refund) -> Record:
    return row_of(row) | {
        "intent": str(row.intent_id),
        "cause": row.cause,
        "status": row.status,
        "amount": money_of(row.amount_cents, row.currency),
        "reason": row.reason,
        "gateway_id": row.gateway_id,
        "failure_code": row.failure_code,
        "processed_at": time_of(row.processed_at),
    }


def dispute(row: Dispute) -> Record:
    return row_of(row) | {
        "intent": str(row.intent_id),
        "status": row.status,
        "amount": money_of(row.amount_cents, row.currency),
        "reason": row.reason,
        "gateway_id": row.gateway_id,
    }


def alert(row: Alert) -> Record:
    return row_of(row) | {
        "kind": row.kind,
        "intent": id_of(row.intent_id),
        "subject": row.subject,
        "detail": row.detail,
        "settled_at": time_of(row.settled_at),
        "settled_by": row.settled_by,
    }


def transaction(row: LedgerTransaction) -> Record:
    """As it was written. Amounts may be negative: a debit is positive, a credit negative."""
    return row_of(row) | {
        "booking": str(row.booking_id),
        "kind": row.kind,
        "currency": row.currency,
        "at": time_of(row.at),
        "entries": [_entry(entry) for entry in row.entries.all()],
    }


def _entry(row: LedgerEntry) -> Record:
    return row_of(row) | {
        "account": row.account,
        "professional": id_of(row.professional_id),
        "amount_cents": row.amount_cents,
    }
