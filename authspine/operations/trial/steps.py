"""The steps of a trial, in order. Each does what a user would do and raises Failed when what came of it is wrong."""

import json
from collections.abc import Callable
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, connection, transaction

from analytics.models import AnalyticsEvent
from analytics.queries import Filters
from authspine.kernel.actor import SYSTEM
from authspine.kernel.crypto import new_key
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.operations.trial.ground import Ground
from authspine.orchestrator import (
    analytics,
    bookings,
    clients,
    exporting,
    ledger,
    payments,
    professionals,
    services,
    status,
)
from bookings.errors import SlotTaken
from bookings.models import Booking, Occupancy
from clients import queries as client_queries
from clients.models import Client
from payments.models import LedgerTransaction
from professionals import queries as professional_queries

PRICE = Money(7500, "USD")


class Failed(Exception):
    """A result that is not what the platform promises."""


def expect(condition: object, otherwise: str) -> None:
    if not condition:
        raise Failed(otherwise)


def check_role(ground: Ground) -> None:
    """The app's role owns nothing and passes no policy."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls, EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)"
            " FROM pg_roles r WHERE rolname = current_user"
        )
        powerful, owns = cursor.fetchone()
    expect(not powerful, "the role of the app is a superuser or passes row-level security")
    expect(not owns, "the role of the app owns tables")


def check_promises(ground: Ground) -> None:
    """Every constraint, index and policy of the models is in the database."""
    lacking = {name: state for name, state in status.modules().items() if state != "ok"}
    expect(not lacking, "; ".join(f"{name}: {state}" for name, state in lacking.items()))


def initialise(ground: Ground) -> None:
    """A new organization has its six verticals and its first event."""
    expect(professional_queries.verticals().count() == 6, "there are not six verticals")
    expect(AnalyticsEvent.objects.filter(type="platform.initialized").count() == 1, "no platform.initialized")


def register_client(ground: Ground) -> None:
    """A client is stored with its login."""
    ground.client = clients.register(
        email=f"client@{ground.domain}",
        name="Test Client",
        phone="555-0123",
        preferences={"preferredTime": "morning"},
        metadata={"source": "test"},
    )
    login = Client.objects.get().user
    expect(login is not None and login.email == f"client@{ground.domain}", "the client has no login")


def onboard_professional(ground: Ground) -> None:
    """A professional is onboarded and verified."""
    made = professionals.onboard(email=f"pro@{ground.domain}", name="Test Pro", vertical="beauty", timezone="UTC")
    ground.professional = professionals.verify(made.id)
    expect(professional_queries.get(made.id).verified_at, "the professional is not verified")


def publish_service(ground: Ground) -> None:
    """A service is published at a price."""
    ground.service = services.publish(ground.professional.id, name="Premium Haircut", duration_minutes=60, price=PRICE)
    expect(ground.service.price_cents == 7500, "the price is not what was asked")


def offer_slots(ground: Ground) -> None:
    """Eight hours are on offer on a working day."""
    found = bookings.availability(services=[ground.service.id], from_at=ground.at(0), to_at=ground.at(23))
    hours = [slot.starts_at.hour for slot in found.slots]
    expect(hours == list(range(9, 17)), f"these hours are on offer: {hours}")


def hold_booking(ground: Ground) -> None:
    """A time is held at the price of the service."""
    ground.booking = bookings.hold(client=ground.client.id, service=ground.service.id, starts_at=ground.at(10))
    expect(ground.booking.public_status == "held", "the booking is not held")
    expect(ground.booking.total_cents == 7500, "the booking has another price")


def refuse_overlap(ground: Ground) -> None:
    """The same time is refused, by the journey and by the database itself."""
    try:
        bookings.hold(client=ground.client.id, service=ground.service.id, starts_at=ground.at(10))
    except SlotTaken:
        pass
    else:
        raise Failed("the same time was held twice")
    taken = Occupancy.objects.get(session=ground.booking.session_id)
    try:
        with transaction.atomic():
            Occupancy.objects.create(
                session=taken.session,
                subject=taken.subject,
                starts_at=taken.starts_at + timedelta(minutes=30),
                ends_at=taken.ends_at + timedelta(minutes=30),
            )
    except IntegrityError:
        return
    raise Failed("the database took an overlap")


def confirm_booking(ground: Ground) -> None:
    """The hold is confirmed."""
    ground.booking = bookings.confirm(ground.booking.id)
    expect(ground.booking.public_status == "confirmed", "the booking is not confirmed")


def track_event(ground: Ground) -> None:
    """An event of one's own is stored."""
    about = {"bookingId": str(ground.booking.id), "serviceId": str(ground.service.id)}
    analytics.track("test.integration", user=ground.client.id, data=about)
    expect(AnalyticsEvent.objects.filter(type="test.integration").count() == 1, "the event is not there")


def report_events(ground: Ground) -> None:
    """The report counts what happened."""
    report = analytics.report(Filters())
    counted = AnalyticsEvent.objects.count()
    expect(report["total_events"] == counted, f"{report['total_events']} reported, {counted} stored")
    expect(report["by_type"].get("booking.confirmed") == 1, "booking.confirmed is not reported once")


def search_clients(ground: Ground) -> None:
    """A client is found by the beginnings of words and by the end of the phone number."""
    for typed in ("tes cli", "0123", ground.client.email):
        found = list(client_queries.search(client_queries.present(), typed))
        expect(found == [ground.client], f"{typed!r} finds {len(found)} clients")


def tell_status(ground: Ground) -> None:
    """The status counts the same as the tables."""
    counts = status.status()["counts"]
    wanted = {"clients": 1, "professionals": 1, "services": 1, "bookings": 1}
    expect({name: counts[name] for name in wanted} == wanted, f"the counts are {counts}")


def roll_back(ground: Ground) -> None:
    """What fails half-way leaves nothing behind."""
    try:
        with organization_scope(ground.organization, SYSTEM):
            clients.register(email=f"gone@{ground.domain}", name="Gone")
            raise Failed
    except Failed:
        pass
    with organization_scope(ground.organization, SYSTEM):
        expect(Client.objects.count() == 1, "a rolled back client is still there")


def hide_from_strangers(ground: Ground) -> None:
    """Another organization sees none of it, even past the managers' filter."""
    with organization_scope(ground.stranger, SYSTEM):
        for model in (Client, Booking, AnalyticsEvent):
            seen = model._base_manager.filter(organization_id=ground.organization.id).count()
            expect(seen == 0, f"a stranger sees {seen} rows of {model._meta.db_table}")
    expect(Client._base_manager.count() == 0, "rows are seen outside of any organization")


def pay(ground: Ground) -> None:
    """The booking is paid: by a test card at the gateway, in cash when the key is a live one or there is none."""
    card = settings.STRIPE_API_KEY.startswith(("sk_test_", "rk_test_"))
    method, token = ("card", "pm_card_visa") if card else ("cash", "")
    ground.intent = payments.pay(
        ground.organization, SYSTEM, booking=ground.booking.id, method=method, payment_method=token
    )
    expect(ground.intent.status == "succeeded", f"the payment is {ground.intent.status}")
    expect(ground.intent.captured_cents == 7500, f"{ground.intent.captured_cents} cents were captured")


def refund(ground: Ground) -> None:
    """A part is given back, and more than was paid is refused."""
    payments.refund(ground.organization, SYSTEM, intent=ground.intent.id, amount=Money(2500, "USD"), reason="trial")
    with organization_scope(ground.organization, SYSTEM):
        ground.intent.refresh_from_db()
    expect(ground.intent.refunded_cents == 2500, f"{ground.intent.refunded_cents} cents were given back")
    try:
        payments.refund(ground.organization, SYSTEM, intent=ground.intent.id, amount=Money(5001, "USD"))
    except Exception as error:
        expect(getattr(error, "code", "") == "refund_too_large", f"refused, but as {error!r}")
    else:
        raise Failed("more was given back than was paid")


def prove_ledger(ground: Ground) -> None:
    """The ledger agrees with what was earned, paid and given back."""
    found = ledger.check(ground.organization, SYSTEM)
    expect(found.differences == [], "; ".join(found.differences))
    expect(bool(found.sums), "the ledger is empty")


def export_everything(ground: Ground) -> None:
    """The export holds every record, and nothing of a stranger's; nobody reads in it who the client is."""
    text = "".join(exporting.export(ground.organization, SYSTEM, key=new_key()))
    expect(ground.client.email not in text, "a sealed export tells an e-mail address")
    written = json.loads(text)
    sizes = {kind: len(records) for kind, records in written.items() if isinstance(records, list) and records}
    with organization_scope(ground.organization, SYSTEM):
        events, posted = AnalyticsEvent.objects.count(), LedgerTransaction.objects.count()
    wanted = {"verticals": 6, "clients": 1, "professionals": 1, "services": 1, "bookings": 1, "payments": 1}
    wanted |= {"refunds": 1, "ledger": posted, "events": events}
    expect(sizes == wanted, f"the export has {sizes}")


# In the organization's scope, or outside of any: the journeys that open their own.
INSIDE: list[Callable[[Ground], None]] = [
    check_role,
    check_promises,
    initialise,
    register_client,
    onboard_professional,
    publish_service,
    offer_slots,
    hold_booking,
    refuse_overlap,
    confirm_booking,
    track_event,
    report_events,
    search_clients,
    tell_status,
]
OUTSIDE: list[Callable[[Ground], None]] = [roll_back, hide_from_strangers, pay, refund, prove_ledger, export_everything]
