"""The sections of an export: which rows, in order of creation, read through a cursor of the server."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Model, Prefetch, QuerySet

from analytics.models import AnalyticsEvent
from authspine.orchestrator.exporting import records
from bookings.models import Booking, IntakeAnswers, Occupancy
from clients.models import Client, Consent
from payments.models import (
    Alert,
    Customer,
    Dispute,
    LedgerEntry,
    LedgerTransaction,
    MethodSetup,
    PaymentIntent,
    PaymentMethod,
    Refund,
)
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
from services.models import Downtime, Offer, Option, Requirement, Resource, Service

BATCH = 1000

type Section = Callable[[datetime], Iterator[dict[str, Any]]]


def _told[M: Model](rows: QuerySet[M], tell: Callable[[M], dict[str, Any]]) -> Iterator[dict[str, Any]]:
    return map(tell, _in_order(rows).iterator(chunk_size=BATCH))


def _in_order[M: Model](rows: QuerySet[M]) -> QuerySet[M]:
    return rows.order_by("created_at", "id")


def _verticals(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(Vertical.objects.all(), records.vertical)


def _locations(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(Location.objects.all(), records.location)


def _closures(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(Closure.objects.all(), records.closure)


def _holiday_calendars(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(HolidayCalendar.objects.all(), records.holiday_calendar)


def _clients(now: datetime) -> Iterator[dict[str, Any]]:
    methods = Prefetch("payment_methods", _in_order(PaymentMethod.objects.all()))
    consents = Prefetch("consents", _in_order(Consent.objects.all()))
    return _told(Client.objects.prefetch_related(methods, consents), records.client)


def _professionals(now: datetime) -> Iterator[dict[str, Any]]:
    calendar = (
        # Ids differ from place to place: what makes a window stands in its order, too.
        Prefetch(
            "working_hours",
            WorkingHours.objects.order_by("weekday", "start_minute", "end_minute", "valid_from", "valid_to", "id"),
        ),
        Prefetch("hours_overrides", HoursOverride.objects.order_by("date")),
        Prefetch("time_off", _in_order(TimeOff.objects.all())),
        Prefetch("travel_periods", _in_order(TravelPeriod.objects.all())),
    )
    rows = Professional.objects.select_related("vertical").prefetch_related(*calendar)
    return _told(rows, records.professional)


def _resources(now: datetime) -> Iterator[dict[str, Any]]:
    downtimes = Prefetch("downtimes", _in_order(Downtime.objects.all()))
    return _told(Resource.objects.prefetch_related(downtimes), records.resource)


def _services(now: datetime) -> Iterator[dict[str, Any]]:
    parts = (
        Prefetch("offers", _in_order(Offer.objects.all())),
        Prefetch("requirements", Requirement.objects.order_by("position")),
        Prefetch("requirements__options", Option.objects.all()),
    )
    return _told(Service.objects.prefetch_related(*parts), records.service)


def _bookings(now: datetime) -> Iterator[dict[str, Any]]:
    live = Prefetch("session__occupancies", Occupancy.objects.filter(active=True))
    # The clients' keys open what was noted. A join, right after an import, goes over all of them for each booking.
    answers = Prefetch("intake_answers", IntakeAnswers.objects.prefetch_related("client"))
    rows = Booking.objects.select_related("session", "vertical").prefetch_related(live, answers, "client")
    return _told(rows, lambda booking: records.booking(booking, now=now))


def _payments(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(PaymentIntent.objects.all(), records.payment)


def _refunds(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(Refund.objects.all(), records.refund)


def _customers(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(Customer.objects.all(), records.customer)


def _method_setups(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(MethodSetup.objects.all(), records.method_setup)


def _disputes(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(Dispute.objects.all(), records.dispute)


def _alerts(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(Alert.objects.all(), records.alert)


def _ledger(now: datetime) -> Iterator[dict[str, Any]]:
    entries = Prefetch("entries", _in_order(LedgerEntry.objects.all()))
    return _told(LedgerTransaction.objects.prefetch_related(entries), records.transaction)


def _events(now: datetime) -> Iterator[dict[str, Any]]:
    return _told(AnalyticsEvent.objects.exclude(type="platform.data_imported"), records.event)


SECTIONS: dict[str, Section] = {
    "verticals": _verticals,
    "locations": _locations,
    "closures": _closures,
    "holiday_calendars": _holiday_calendars,
    "clients": _clients,
    "professionals": _professionals,
    "resources": _resources,
    "services": _services,
    "bookings": _bookings,
    "payments": _payments,
    "refunds": _refunds,
    "customers": _customers,
    "method_setups": _method_setups,
    "disputes": _disputes,
    "alerts": _alerts,
    "ledger": _ledger,
    "events": _events,
}
