"""What happened: clients, bookings, events."""

from datetime import datetime

from analytics.models import AnalyticsEvent
from authspine.orchestrator.exporting.holds import as_lapsed
from authspine.orchestrator.exporting.records.values import Record, date_of, id_of, money_of, row_of, time_of
from bookings.models import Booking, IntakeAnswers
from bookings.rules.status import OCCUPYING
from clients.models import Client, Consent
from payments.models import PaymentMethod


def client(row: Client) -> Record:
    return row_of(row) | {
        "email": row.email,
        "name": row.name,
        "phone": row.phone,
        "preferences": row.preferences,
        "metadata": row.metadata,
        "notes": row.notes,
        "deleted_at": time_of(row.deleted_at),
        "legal_hold": _legal_hold(row),
        "consents": [_consent(given) for given in row.consents.all()],
        "payment_methods": [_payment_method(method) for method in row.payment_methods.all()],
    }


def _legal_hold(row: Client) -> Record | None:
    if row.legal_hold_at is None:
        return None
    return {
        "reference": row.legal_hold_reference,
        "until": date_of(row.legal_hold_until),
        "set_at": time_of(row.legal_hold_at),
    }


def _consent(row: Consent) -> Record:
    return row_of(row) | {
        "purpose": row.purpose,
        "text_version": row.text_version,
        "given_at": time_of(row.given_at),
        "method": row.method,
        "withdrawn_at": time_of(row.withdrawn_at),
        "withdrawn_how": row.withdrawn_how,
    }


def _payment_method(row: PaymentMethod) -> Record:
    return row_of(row) | {
        "type": row.type,
        "provider": row.provider,
        "provider_method_id": row.provider_method_id,
        "brand": row.brand,
        "last4": row.last4,
        "is_default": row.is_default,
        "metadata": row.metadata,
    }


def booking(row: Booking, *, now: datetime) -> Record:
    """`capacity` and `occupied` are of the session: its seats, and the time it takes up, buffers included."""
    if row.is_lapsed(now):
        as_lapsed(row)
    session = row.session
    status = row.public_status
    return row_of(row) | {
        "client": str(row.client_id),
        "service": str(session.service_id),
        "professional": str(session.professional_id),
        "vertical": row.vertical.slug,
        "starts_at": time_of(session.starts_at),
        "ends_at": time_of(session.ends_at),
        "location": id_of(session.location_id),
        "timezone": row.timezone,
        "status": status,
        "total": money_of(row.total_cents, row.currency),
        "deposit": money_of(row.deposit_cents, row.currency),
        "fee": money_of(row.fee_cents, row.currency),
        "policy": row.policy,
        "capacity": session.capacity,
        "occupied": _occupied(row) if status in OCCUPYING else None,
        "resources": _resources(row) if status in OCCUPYING else [],
        "hold_expires_at": time_of(row.hold_expires_at),
        "confirmed_at": time_of(row.confirmed_at),
        "closed_at": time_of(row.closed_at),
        "cancelled_by": row.cancelled_by,
        "cancellation_reason": row.cancellation_reason,
        "notes": row.notes,
        "intake_answers": [_answers(answers) for answers in row.intake_answers.all()],
        "reschedules": row.reschedules,
        "version": row.version,
    }


def _answers(row: IntakeAnswers) -> Record:
    """At most one in a booking: what was asked and answered. Whose they are is told by the booking."""
    return row_of(row) | {"content": row.content}


def _occupied(row: Booking) -> Record | None:
    own = (o for o in row.session.occupancies.all() if o.subject == row.session.professional_id)
    found = next(own, None)
    return {"starts_at": time_of(found.starts_at), "ends_at": time_of(found.ends_at)} if found else None


def _resources(row: Booking) -> list[str]:
    """What of rooms and equipment the session has, besides the professional's time."""
    bound = (one.subject for one in row.session.occupancies.all() if one.subject != row.session.professional_id)
    return sorted(map(str, bound))


def event(row: AnalyticsEvent) -> Record:
    return row_of(row) | {
        "type": row.type,
        "timestamp": time_of(row.timestamp),
        "user": str(row.user) if row.user else None,
        "actor": row.actor,
        "session_id": row.session_id,
        "data": row.data,
    }
