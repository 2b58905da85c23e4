"""Steps that the tests of payments share: a booking in any state, and how to look at what became of its money."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import connections
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization
from authspine.kernel.actor import Actor
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payments, verticals
from bookings.models import Booking
from payments.models import PaymentIntent, Refund
from tests.gateways import GOOD_CARD
from tests.studio import Studio, open_studio

STAFF = Actor("key", new_id())
ALL_METHODS = ["card", "bank", "cash", "invoice"]
STEPS: dict[str, list[Callable[[UUID], Booking]]] = {
    "held": [],
    "confirmed": [bookings.confirm],
    "completed": [bookings.confirm, bookings.complete],
    "cancelled": [bookings.cancel],
    "no_show": [bookings.confirm, bookings.mark_no_show],
}


def shop(organization: Organization, **service: Any) -> Studio:
    """A studio that takes every way of paying."""
    studio = open_studio(organization, **service)
    with organization_scope(organization, STAFF):
        verticals.configure("consulting", allowed_payment_methods=ALL_METHODS)
    return studio


def usd(cents: int) -> Money:
    return Money(cents, "USD")


def book(studio: Studio, *, status: str = "confirmed", hour: int = 10) -> Booking:
    """A booking of 75.00 in this status."""
    with organization_scope(studio.organization, STAFF):
        booking = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(hour))
        for step in STEPS[status]:
            booking = step(booking.id)
        return booking


def lapse(studio: Studio, booking: Booking) -> None:
    """The hold has run out a second ago."""
    with organization_scope(studio.organization, STAFF):
        late = booking.created_at - timedelta(seconds=1)
        Booking.objects.filter(id=booking.id).update(hold_expires_at=late)


def start(studio: Studio, booking: Booking, method: str = "card", **more: Any) -> PaymentIntent:
    return payments.start(studio.organization, STAFF, booking=booking.id, method=method, **more)


def confirm(studio: Studio, intent: PaymentIntent, payment_method: str = "") -> PaymentIntent:
    return payments.confirm(studio.organization, STAFF, intent.id, payment_method=payment_method)


def paid(studio: Studio, booking: Booking | None = None, method: str = "card") -> PaymentIntent:
    """A payment of 75.00 that has succeeded."""
    card = GOOD_CARD if method == "card" else ""
    return confirm(studio, start(studio, booking or book(studio), method), card)


def refund(studio: Studio, intent: PaymentIntent, cents: int | None = None, **more: Any) -> Refund:
    amount = None if cents is None else usd(cents)
    return payments.refund(studio.organization, STAFF, intent=intent.id, amount=amount, **more)


def stored(studio: Studio, intent: PaymentIntent | str) -> PaymentIntent:
    """The intent as the database has it now."""
    with organization_scope(studio.organization, STAFF):
        found: PaymentIntent = PaymentIntent.objects.get(id=getattr(intent, "id", intent))
        return found


def events(studio: Studio, *, starting: str = "payment.") -> list[str]:
    with organization_scope(studio.organization, STAFF):
        found = AnalyticsEvent.objects.filter(type__startswith=starting).order_by("created_at", "id")
        return [event.type for event in found]


def work_off(studio: Studio) -> int:
    """Run the waiting jobs about this studio's money, as a worker would; gives how many there were."""
    done, of_studio = 0, {"organization": str(studio.organization.id)}
    while job := ProcrastinateJob.objects.filter(status="todo", args__contains=of_studio).order_by("id").first():
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = %s", [job.id])
        app.tasks[job.task_name](**job.args)
        with connections["owner"].cursor() as cursor:
            cursor.execute("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE id = %s", [job.id])
        done += 1
    return done
