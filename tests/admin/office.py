"""The admin as a member of staff meets it: signed in, over HTTP in this process."""

import re
import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.test import Client as Browser
from django.urls import reverse

from authspine.api.admin.tenant import TenantAdmin
from authspine.api.authentication import SESSION_KEY
from authspine.identity import actions as identity_actions
from authspine.identity.models import ApiKey, BookingLink, Membership, Organization, User
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, payments, professionals, services, verticals
from authspine.privacy.models import Erasure
from bookings.models import Booking
from clients.models import Client
from payments.models import (
    Alert,
    Customer,
    Dispute,
    GatewayEvent,
    MethodSetup,
    PaymentIntent,
    PaymentMethod,
    RefundRequest,
)
from professionals.actions import DayHours, Window
from professionals.models import Professional
from services.actions.resources import Need
from services.models import Service
from tests.factories import (
    BookingFactory,
    ClientFactory,
    ClosureFactory,
    ConsentFactory,
    DowntimeFactory,
    HolidayCalendarFactory,
    KeyedRequestFactory,
    ServiceFactory,
    TimeOffFactory,
    TravelPeriodFactory,
    hour,
)
from tests.sessions import enter

CHOOSER = "/admin/organization/"

type Row = models.Model


def new_user(**fields: Any) -> User:
    return User.objects.create_user(f"{uuid.uuid4().hex}@example.com", **{"is_staff": True, **fields})


def member(organization: Organization, role: str = "staff") -> User:
    """Staff with this role in the organization."""
    user = new_user()
    identity_actions.add_member(organization, user, role=role, by="owner")
    return user


def signed_in(user: User, organization: Organization | None = None) -> Browser:
    """A browser in which this user has signed in, and chosen this organization, both at once.

    How an organization is chosen, and which may be, is tested by itself (`tests/admin/test_switch.py`).
    """
    return enter(Browser(), user, state={SESSION_KEY: organization.slug} if organization else None)


def page(model: type[Row], what: str, *args: object) -> str:
    """The address of the `changelist`, `add`, `change`, `delete` or `history` page of a model."""
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=[str(arg) for arg in args])


def move(row: Row, name: str) -> str:
    """The address of a move that is offered on a row's page."""
    meta = row._meta
    return reverse(f"admin:{meta.app_label}_{meta.model_name}_{name}", args=[str(row.pk)])


def run(browser: Browser, model: type[Row], action: str, *rows: Row, **more: str) -> list[tuple[str, str]]:
    """Run an action on selected rows of a list; the messages that follow."""
    browser.get(page(model, "changelist"))  # shows what was said before
    sent = {"action": action, "_selected_action": [str(row.pk) for row in rows], **more}
    return said(browser.post(page(model, "changelist"), sent, follow=True))


def said(response: Any) -> list[tuple[str, str]]:
    """The messages on a page, each with its tone."""
    return [(messages.DEFAULT_TAGS[one.level], one.message) for one in response.context["messages"]]


def faults(response: Any) -> dict[str, list[str]]:
    """What a form that was shown again says, by field."""
    assert response.status_code == 200
    found = dict(response.context["adminform"].form.errors)
    for formset in response.context["inline_admin_formsets"]:
        for errors in formset.formset.errors:
            found |= errors
    return {field: list(map(str, errors)) for field, errors in found.items()}


def ids_in(response: Any) -> set[str]:
    return set(re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", response.content.decode()))


def tenant_models() -> list[type[Row]]:
    return [model for model, found in admin.site._registry.items() if isinstance(found, TenantAdmin)]


def furnish(organization: Organization) -> Booking:
    """At least one row of every model that is shown of an organization; gives the booking."""
    with organization_scope(organization, SYSTEM):
        verticals.configure("consulting", allowed_payment_methods=["cash"])
    identity_actions.create_api_key(organization, scope="read", name="Website")
    booking = add_rows(organization, at=10)
    with organization_scope(organization, SYSTEM):
        bookings.link(booking.id)
    return booking


def add_rows(organization: Organization, *, at: int) -> Booking:
    """One more of every kind but verticals and keys; `at` is the hour of the booking, which is paid back."""
    identity_actions.add_member(organization, new_user(is_staff=False), role="staff", by="owner")
    with organization_scope(organization, SYSTEM):
        service = ServiceFactory()
        booking: Booking = BookingFactory(service=service, starts_at=hour(at))
        bookings.confirm(booking.id)
        bookings.answer(booking.id, answers={"scope": "Prices"})
        _add_calendar(service.professional)
        _add_resource(service)
        _add_card(ClientFactory())
        ConsentFactory()
        KeyedRequestFactory()
    intent = payments.pay(organization, SYSTEM, booking=booking.id, method="cash")
    payments.refund(organization, SYSTEM, intent=intent.id)
    with organization_scope(organization, SYSTEM):
        _add_news(booking, intent)
        bookings.complete(booking.id)
    return booking


def _add_calendar(professional: Professional) -> None:
    TimeOffFactory(professional=professional)
    TravelPeriodFactory(professional=professional)
    place = HolidayCalendarFactory().location_id
    ClosureFactory(location=place)
    professionals.set_working_hours(
        professional.id,
        timezone="UTC",
        weekly=[Window(0, 540, 1020, place)],
        overrides={date(2027, 1, 1): DayHours((), place)},
    )


def _add_resource(service: Service) -> None:
    room = DowntimeFactory().resource
    services.require(service.id, [Need("room", [room.id])])


def _add_card(holder: Client) -> None:
    PaymentMethod.objects.create(
        client=holder, type="card", provider="stripe", provider_method_id="pm_secret", brand="visa", last4="4242"
    )


def _add_news(booking: Booking, intent: PaymentIntent) -> None:
    """What a gateway tells, and what waits for a second person."""
    number, now = uuid.uuid4().hex, clock.now()
    Customer.objects.create(client=booking.client, gateway_id=f"cus_{number}")
    MethodSetup.objects.create(client=booking.client, type="card", gateway_method="pm_secret")
    Dispute.objects.create(intent=intent, amount_cents=100, currency="USD", gateway_id=f"dp_{number}", status="won")
    Alert.objects.create(kind="amount_differs", intent=intent, subject=f"pi_{number}", detail="75 there, 74 here")
    RefundRequest.objects.create(intent=intent, amount_cents=100, currency="USD", requested_by="user:nobody")
    Erasure.objects.create(kind="client", person=uuid.uuid4(), at=now, by="user:nobody")
    GatewayEvent.objects.create(event_id=f"evt_{number}", type="charge.updated", happened_at=now)


def rows(organization: Organization, label: str) -> Iterator[Any]:
    """The organization's rows of a model, such as `clients.Client`, oldest first."""
    from django.apps import apps

    model = apps.get_model(label)
    with organization_scope(organization, SYSTEM):
        found = model._default_manager.order_by("pk")
        if model in (ApiKey, BookingLink, Membership):
            found = found.filter(organization=organization)
        yield from list(found)


def one(organization: Organization, model: type[Row]) -> Any:
    return next(iter(rows(organization, model._meta.label)))
