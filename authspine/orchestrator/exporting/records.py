"""Rows as the records of an export: every field that cannot be derived, in a fixed order, in the words of the API."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from analytics.models import AnalyticsEvent
from authspine.kernel.models import TenantModel
from authspine.orchestrator.exporting.holds import as_lapsed
from bookings.models import Booking
from bookings.rules.status import OCCUPYING
from clients.models import Client
from payments.models import PaymentIntent, PaymentMethod, Refund
from professionals.models import (
    Closure,
    HolidayCalendar,
    HoursOverride,
    Location,
    Professional,
    TimeOff,
    TravelPeriod,
    Vertical,
    WorkingHours,
)
from professionals.rules.working_hours import clock_of
from services.models import Downtime, Offer, Requirement, Resource, Service

type Record = dict[str, Any]


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _date(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _id(value: UUID | None) -> str | None:
    return str(value) if value else None


def _money(amount_cents: int, currency: str) -> Record:
    return {"amount_cents": amount_cents, "currency": currency}


def _row(row: TenantModel) -> Record:
    return {
        "id": str(row.id),
        "external_id": row.external_id,
        "created_at": _time(row.created_at),
        "updated_at": _time(row.updated_at),
    }


def vertical(row: Vertical) -> Record:
    return _row(row) | {
        "slug": row.slug,
        "display_name": row.display_name,
        "service_templates": row.service_templates,
        "compliance": {
            "requires_verification": row.requires_verification,
            "data_retention_days": row.data_retention_days,
            "allowed_payment_methods": row.allowed_payment_methods,
        },
        "policies": {
            "min_notice_minutes": row.min_notice_minutes,
            "deposit_bps": row.deposit_bps,
            **row.policy_defaults(),
        },
        "intake_questions": row.intake_questions,
        "metadata": row.metadata,
    }


def location(row: Location) -> Record:
    return _row(row) | {
        "name": row.name,
        "timezone": row.timezone,
        "address": row.address,
        "active": row.active,
        "metadata": row.metadata,
    }


def closure(row: Closure) -> Record:
    return _row(row) | {
        "location": _id(row.location_id),
        "starts_on": _date(row.starts_on),
        "ends_on": _date(row.ends_on),
        "reason": row.reason,
    }


def holiday_calendar(row: HolidayCalendar) -> Record:
    return _row(row) | {"location": _id(row.location_id), "country": row.country, "region": row.region}


def client(row: Client) -> Record:
    return _row(row) | {
        "email": row.email,
        "name": row.name,
        "phone": row.phone,
        "preferences": row.preferences,
        "metadata": row.metadata,
        "notes": row.notes,
        "deleted_at": _time(row.deleted_at),
        "payment_methods": [_payment_method(method) for method in row.payment_methods.all()],
    }


def _payment_method(row: PaymentMethod) -> Record:
    return _row(row) | {
        "type": row.type,
        "provider": row.provider,
        "provider_method_id": row.provider_method_id,
        "brand": row.brand,
        "last4": row.last4,
        "is_default": row.is_default,
        "metadata": row.metadata,
    }


def professional(row: Professional) -> Record:
    return _row(row) | {
        "email": row.email,
        "name": row.name,
        "vertical": row.vertical.slug,
        "specialties": row.specialties,
        "bio": row.bio,
        "timezone": row.timezone,
        "verified_at": _time(row.verified_at),
        "license": row.license,
        "years_of_experience": row.years_of_experience,
        "booking_limits": row.booking_limits,
        "metadata": row.metadata,
        "deleted_at": _time(row.deleted_at),
        "working_hours": {
            "weekly": [_window(window) for window in row.working_hours.all()],
            "overrides": [_override(override) for override in row.hours_overrides.all()],
        },
        "time_off": [_period(period) for period in row.time_off.all()],
        "travel": [_travel(period) for period in row.travel_periods.all()],
    }


def _window(row: WorkingHours) -> Record:
    return {
        "weekday": row.weekday,
        "start": clock_of(row.start_minute),
        "end": clock_of(row.end_minute),
        "location": _id(row.location_id),
        "valid_from": _date(row.valid_from),
        "valid_to": _date(row.valid_to),
    }


def _override(row: HoursOverride) -> Record:
    return {
        "date": _date(row.date),
        "ranges": [[clock_of(start), clock_of(end)] for start, end in row.ranges],
        "location": _id(row.location_id),
    }


def _period(row: TimeOff | Downtime) -> Record:
    return _row(row) | {"starts_at": _time(row.starts_at), "ends_at": _time(row.ends_at), "reason": row.reason}


def _travel(row: TravelPeriod) -> Record:
    return _row(row) | {
        "timezone": row.timezone,
        "starts_on": _date(row.starts_on),
        "ends_on": _date(row.ends_on),
    }


def resource(row: Resource) -> Record:
    return _row(row) | {
        "name": row.name,
        "kind": row.kind,
        "timezone": row.timezone,
        "hours": [
            {"weekday": window.weekday, "start": clock_of(window.start_minute), "end": clock_of(window.end_minute)}
            for window in row.windows
        ],
        "active": row.active,
        "metadata": row.metadata,
        "downtimes": [_period(period) for period in row.downtimes.all()],
    }


def service(row: Service) -> Record:
    return _row(row) | {
        "professional": str(row.professional_id),
        "name": row.name,
        "description": row.description,
        "duration_minutes": row.duration_minutes,
        "price": _money(row.price_cents, row.currency),
        "deposit": _money(row.deposit_cents, row.currency),
        "location_type": row.location_type,
        "recurrence": row.recurrence,
        "capacity": row.capacity,
        "buffer_before_minutes": row.buffer_before_minutes,
        "buffer_after_minutes": row.buffer_after_minutes,
        "slot_interval_minutes": row.slot_interval_minutes,
        "slot_offset_minutes": row.slot_offset_minutes,
        "min_notice_minutes": row.min_notice_minutes,
        "horizon_days": row.horizon_days,
        "bookable_from": _date(row.bookable_from),
        "bookable_to": _date(row.bookable_to),
        "location": str(row.location_id) if row.location_id else None,
        "requires_approval": row.requires_approval,
        "policy": row.policy,
        "booking_limits": row.booking_limits,
        "active": row.active,
        "metadata": row.metadata,
        "offers": [_offer(offer) for offer in row.offers.all()],
        "requirements": [_requirement(requirement) for requirement in row.requirements.all()],
    }


def _offer(row: Offer) -> Record:
    return _row(row) | {
        "professional": str(row.professional_id),
        "price": row.price.as_json() if row.price else None,
        "duration_minutes": row.duration_minutes,
        "priority": row.priority,
        "active": row.active,
    }


def _requirement(row: Requirement) -> Record:
    return _row(row) | {"name": row.name, "resources": [str(resource) for resource in row.resources]}


def booking(row: Booking, *, now: datetime) -> Record:
    """`capacity` and `occupied` are of the session: its seats, and the time it takes up, buffers included."""
    if row.is_lapsed(now):
        as_lapsed(row)
    session = row.session
    status = row.public_status
    return _row(row) | {
        "client": str(row.client_id),
        "service": str(session.service_id),
        "professional": str(session.professional_id),
        "vertical": row.vertical.slug,
        "starts_at": _time(session.starts_at),
        "ends_at": _time(session.ends_at),
        "location": _id(session.location_id),
        "timezone": row.timezone,
        "status": status,
        "total": _money(row.total_cents, row.currency),
        "deposit": _money(row.deposit_cents, row.currency),
        "policy": row.policy,
        "capacity": session.capacity,
        "occupied": _occupied(row) if status in OCCUPYING else None,
        "resources": _resources(row) if status in OCCUPYING else [],
        "hold_expires_at": _time(row.hold_expires_at),
        "confirmed_at": _time(row.confirmed_at),
        "closed_at": _time(row.closed_at),
        "cancelled_by": row.cancelled_by,
        "cancellation_reason": row.cancellation_reason,
        "notes": row.notes,
        "reschedules": row.reschedules,
        "version": row.version,
    }


def _occupied(row: Booking) -> Record | None:
    own = (o for o in row.session.occupancies.all() if o.subject == row.session.professional_id)
    found = next(own, None)
    return {"starts_at": _time(found.starts_at), "ends_at": _time(found.ends_at)} if found else None


def _resources(row: Booking) -> list[str]:
    """What of rooms and equipment the session has, besides the professional's time."""
    bound = (one.subject for one in row.session.occupancies.all() if one.subject != row.session.professional_id)
    return sorted(map(str, bound))


def payment(row: PaymentIntent) -> Record:
    return _row(row) | {
        "booking": str(row.booking_id),
        "method": row.method,
        "status": row.status,
        "amount": _money(row.amount_cents, row.currency),
        "amount_captured": _money(row.captured_cents, row.currency),
        "amount_refunded": _money(row.refunded_cents, row.currency),
        "fee": _money(row.fee_cents, row.currency),
        "gateway_id": row.gateway_id,
        "gateway_method": row.gateway_method,
        "failure": {"code": row.failure_code, "detail": row.failure_detail},
        "processed_at": _time(row.processed_at),
    }


def refund(row: Refund) -> Record:
    return _row(row) | {
        "intent": str(row.intent_id),
        "status": row.status,
        "amount": _money(row.amount_cents, row.currency),
        "reason": row.reason,
        "gateway_id": row.gateway_id,
        "failure_code": row.failure_code,
        "processed_at": _time(row.processed_at),
    }


def event(row: AnalyticsEvent) -> Record:
    return _row(row) | {
        "type": row.type,
        "timestamp": _time(row.timestamp),
        "user": str(row.user) if row.user else None,
        "actor": row.actor,
        "session_id": row.session_id,
        "data": row.data,
    }
