"""What a business is made of: its trades, places, people, services and resources."""

from authspine.orchestrator.exporting.records.values import Record, date_of, id_of, money_of, row_of, time_of
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


def vertical(row: Vertical) -> Record:
    return row_of(row) | {
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
    return row_of(row) | {
        "name": row.name,
        "timezone": row.timezone,
        "address": row.address,
        "active": row.active,
        "metadata": row.metadata,
    }


def closure(row: Closure) -> Record:
    return row_of(row) | {
        "location": id_of(row.location_id),
        "starts_on": date_of(row.starts_on),
        "ends_on": date_of(row.ends_on),
        "reason": row.reason,
    }


def holiday_calendar(row: HolidayCalendar) -> Record:
    return row_of(row) | {"location": id_of(row.location_id), "country": row.country, "region": row.region}


def professional(row: Professional) -> Record:
    return row_of(row) | {
        "email": row.email,
        "name": row.name,
        "vertical": row.vertical.slug,
        "specialties": row.specialties,
        "bio": row.bio,
        "timezone": row.timezone,
        "verified_at": time_of(row.verified_at),
        "license": row.license,
        "years_of_experience": row.years_of_experience,
        "booking_limits": row.booking_limits,
        "metadata": row.metadata,
        "deleted_at": time_of(row.deleted_at),
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
        "location": id_of(row.location_id),
        "valid_from": date_of(row.valid_from),
        "valid_to": date_of(row.valid_to),
    }


def _override(row: HoursOverride) -> Record:
    return {
        "date": date_of(row.date),
        "ranges": [[clock_of(start), clock_of(end)] for start, end in row.ranges],
        "location": id_of(row.location_id),
    }


def _period(row: TimeOff | Downtime) -> Record:
    return row_of(row) | {"starts_at": time_of(row.starts_at), "ends_at": time_of(row.ends_at), "reason": row.reason}


def _travel(row: TravelPeriod) -> Record:
    return row_of(row) | {
        "timezone": row.timezone,
        "starts_on": date_of(row.starts_on),
        "ends_on": date_of(row.ends_on),
    }


def resource(row: Resource) -> Record:
    return row_of(row) | {
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
    return row_of(row) | {
        "professional": str(row.professional_id),
        "name": row.name,
        "description": row.description,
        "duration_minutes": row.duration_minutes,
        "price": money_of(row.price_cents, row.currency),
        "deposit": money_of(row.deposit_cents, row.currency),
        "location_type": row.location_type,
        "recurrence": row.recurrence,
        "capacity": row.capacity,
        "buffer_before_minutes": row.buffer_before_minutes,
        "buffer_after_minutes": row.buffer_after_minutes,
        "slot_interval_minutes": row.slot_interval_minutes,
        "slot_offset_minutes": row.slot_offset_minutes,
        "min_notice_minutes": row.min_notice_minutes,
        "horizon_days": row.horizon_days,
        "bookable_from": date_of(row.bookable_from),
        "bookable_to": date_of(row.bookable_to),
        "location": str(row.location_id) if row.location_id else None,
        "requires_approval": row.requires_approval,
        "policy": row.policy,
        "booking_limits": row.booking_limits,
        "intake_questions": row.intake_questions,
        "active": row.active,
        "metadata": row.metadata,
        "offers": [_offer(offer) for offer in row.offers.all()],
        "requirements": [_requirement(requirement) for requirement in row.requirements.all()],
    }


def _offer(row: Offer) -> Record:
    return row_of(row) | {
        "professional": str(row.professional_id),
        "price": row.price.as_json() if row.price else None,
        "duration_minutes": row.duration_minutes,
        "priority": row.priority,
        "active": row.active,
    }


def _requirement(row: Requirement) -> Record:
    return row_of(row) | {"name": row.name, "resources": [str(resource) for resource in row.resources]}
