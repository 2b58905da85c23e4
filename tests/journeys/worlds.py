"""An organization that has lived: everything that an export can hold, in every state that it can be in."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.apps import apps

from analytics.models import AnalyticsEvent
from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.models import TenantModel
from authspine.kernel.money import Money
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import (
    analytics,
    bookings,
    clients,
    closures,
    holiday_calendars,
    locations,
    payments,
    professionals,
    resources,
    services,
    verticals,
)
from authspine.privacy.models import OrganizationKey
from bookings.models import Booking, Occupancy, Session
from clients.models import Client
from payments.actions import ledger as ledger_actions
from payments.models import Alert, Customer, Dispute, MethodSetup, PaymentIntent, PaymentMethod, Refund, RefundRequest
from professionals.actions import DayHours, Window
from professionals.models import HoursOverride, Location, WorkingHours
from services.actions.resources import Need
from services.models import Option, Service
from services.rules import Window as Hours
from tests.factories import hour


def live(organization: Organization) -> None:
    """Fill an empty organization, committed."""
    with organization_scope(organization, SYSTEM):
        booked = _house()
    _pay(organization, booked)
    with organization_scope(organization, SYSTEM):
        _times(booked)
        _money(booked)
        _traces(booked)


@dataclass(frozen=True)
class Cast:
    """Who and what the bookings are between."""

    ana: Client
    ben: Client
    gone: Client
    cut: Service
    group: Service
    asked: Service


def _house() -> dict[str, Booking]:
    verticals.configure(
        "tattoo",
        display_name="Tattoo & Co. 刺青",
        allowed_payment_methods=["cash"],
        cancellation_fee_cents=500,
        no_show_fee_cents=1000,
        reschedule_window_minutes=60,
        max_reschedules=2,
        deposit_bps=2500,
        approval_minutes=120,
        max_open_holds=1,
        max_future_bookings=5,
        metadata={"z": 1, "a": [1.5, None, "é"]},
    )
    question = {"id": "skin", "prompt": "Haut?", "type": "text", "required": True, "max_length": 100}
    verticals.configure("beauty", no_show_fee_cents=1000, intake_questions=[question])
    ana = clients.register(email="Ana@Example.com", name="Ana García", phone="+1 555 0123", external_id="crm-1")
    ben = clients.register(email="ben@example.com", name="Ben 佐藤", preferences={"sms": False}, notes="Line\nline 2")
    gone = clients.register(email="gone@example.com", name="Gone")
    left = clients.register(email="left@example.com", name="Left")
    _agree(ana, ben)
    cut, group = _offers(_professional(_places()))
    _share(cut, group)
    booked = _bookings(Cast(ana, ben, gone, cut, group, _on_request(cut)))
    # One who has bookings stays, without the e-mail; one who has none leaves only events behind.
    clients.delete(gone.id)
    clients.delete(left.id)
    clients.register(email="gone@example.com", name="Gone's successor")
    return booked


def _agree(ana: Client, ben: Client) -> None:
    """What they have agreed to, in every state that it can be in; and one of them is held."""
    early = clock.now() - timedelta(days=9)
    clients.consent(ana.id, purpose="photos", text_version="1", method="paper", given_at=early, external_id="box-7")
    clients.consent(ana.id, purpose="marketing", text_version="2025-1", method="web_form")
    clients.consent(ana.id, purpose="marketing", text_version="2026-1", method="email")
    given = clients.consent(ben.id, purpose="health_data", text_version="Fassung ß", method="verbal")
    clients.withdraw_consent(ben.id, given.id, how="imported")
    clients.hold(ben.id, reference="AZ 114/26", until=date(2199, 12, 31))


def _places() -> UUID:
    """Two locations, one of which is closed for good and still referred to."""
    shop = locations.create(
        name="Hauptstraße", timezone="Europe/Berlin", address="1 Main St\nBerlin", metadata={"f": 2}, external_id="shop"
    )
    old = locations.create(name="Old", timezone="America/New_York")
    closures.create(starts_on=date(2027, 8, 1), ends_on=date(2027, 8, 14), reason="Summer", external_id="c-1")
    closures.create(starts_on=date(2027, 1, 1), ends_on=date(2027, 1, 1), location=old.id)
    holiday_calendars.create(country="DE", region="BY", location=shop.id)
    holiday_calendars.create(country="US", external_id="us")
    locations.delete(old.id)
    assert not Location.objects.get(id=old.id).active
    return shop.id


def _professional(shop: UUID) -> UUID:
    pro = professionals.onboard(
        email="pro@example.com",
        name="Zoë",
        vertical="beauty",
        timezone="Europe/Berlin",
        specialties=["color", "cut"],
        booking_limits={"day": {"bookings": 20, "minutes": 900}},
    )
    professionals.verify(pro.id)
    professionals.set_working_hours(
        pro.id,
        timezone="Europe/Berlin",
        weekly=[
            (0, 540, 1020),
            (4, 1320, 120),
            (2, 540, 1440),
            Window(3, 540, 1020, shop, None, date(2027, 6, 30)),
            Window(3, 600, 1080, None, date(2027, 7, 1), date(2027, 12, 31)),
        ],
        overrides={
            date(2026, 12, 24): [(540, 720), (780, 900)],
            date(2026, 12, 25): [],
            date(2026, 12, 31): DayHours(((540, 720),), shop),
        },
    )
    professionals.travel(pro.id, timezone="Asia/Tokyo", starts_on=date(2027, 3, 1), ends_on=date(2027, 3, 9))
    professionals.travel(
        pro.id, timezone="UTC", starts_on=date(2027, 3, 10), ends_on=date(2027, 3, 10), external_id="trip"
    )
    professionals.take_time_off(pro.id, starts_at=hour(20), ends_at=hour(22), reason="Dentist")
    return pro.id


def _offers(professional: UUID) -> tuple[Service, Service]:
    price, free = Money(7500, "USD"), Money(0, "EUR")
    buffers: dict[str, Any] = {"buffer_before_minutes": 10, "buffer_after_minutes": 15}
    some: dict[str, Any] = {"capacity": 3, "deposit": Money(1000, "USD"), "metadata": {"x": [1]}}
    rules: dict[str, Any] = {
        "slot_offset_minutes": 5,
        "bookable_from": date(2026, 1, 1),
        "bookable_to": date(2099, 12, 31),
        "policy": {"cancellation_fee_bps": 0, "max_open_holds": None},
        "booking_limits": {"day": {"bookings": 50}, "month": {"minutes": 50_000}},
        "intake_questions": [{"id": "wash", "prompt": "Wash?", "type": "choice", "options": ["yes", "nö"]}],
    }
    cut = services.publish(professional, name="Cut", duration_minutes=60, price=price, **buffers, **rules)
    group = services.publish(professional, name="Class", duration_minutes=30, price=price, **some)
    old = services.publish(professional, name="Old", duration_minutes=1440, price=free, requires_approval=True)
    services.deactivate(old.id)
    return cut, group


def _share(cut: Service, group: Service) -> None:
    """Those who offer them, too, and the rooms and equipment that they take."""
    helper = professionals.onboard(email="helper@example.com", name="Helper", vertical="beauty")
    gone = professionals.onboard(email="away@example.com", name="Away", vertical="beauty")
    own: dict[str, Any] = {"price": Money(6500, "USD"), "duration_minutes": 75, "priority": 3, "external_id": "offer-1"}
    services.offer(cut.id, helper.id, **own)
    services.offer(group.id, helper.id, active=False)
    services.offer(cut.id, gone.id)
    professionals.delete(gone.id)
    hours = [Hours(0, 540, 1020), Hours(6, 1320, 120)]
    room = resources.add(name="Room 1", kind="room", timezone="Europe/Berlin", hours=hours, metadata={"floor": 2})
    other = resources.add(name="Room 2", kind="room", external_id="room-2")
    laser = resources.add(name="Laser")
    resources.add_downtime(room.id, starts_at=hour(20), ends_at=hour(22), reason="Paint")
    gone_room = resources.add(name="Room 3")
    services.require(group.id, [Need("room", [gone_room.id, other.id, room.id]), Need("", [laser.id])])
    resources.delete(gone_room.id)
    services.update(cut.id, location=Location.objects.get(external_id="shop").id)


def _on_request(cut: Service) -> Service:
    price = Money(100, "USD")
    return services.publish(
        cut.professional_id, name="On request", duration_minutes=30, price=price, requires_approval=True
    )


def _bookings(cast: Cast) -> dict[str, Booking]:
    booked = {}
    for word, client, service, when in (
        ("held", cast.ana, cast.cut, 4),
        ("confirmed", cast.ben, cast.cut, 6),
        ("completed", cast.ana, cast.cut, 8),
        ("cancelled", cast.ben, cast.cut, 10),
        ("again", cast.ana, cast.cut, 10),
        ("missed", cast.ben, cast.cut, 12),
        ("lapsed", cast.ben, cast.cut, 14),
        ("class_ana", cast.ana, cast.group, 16),
        ("class_ben", cast.ben, cast.group, 16),
        ("class_left", cast.gone, cast.group, 16),
        ("moved", cast.ben, cast.group, 17),
        ("requested", cast.ana, cast.asked, 2),
        ("declined", cast.ana, cast.asked, 3),
    ):
        booked[word] = bookings.hold(client=client.id, service=service.id, starts_at=hour(when), override=True)
        if word in ("confirmed", "completed", "missed", "class_ana"):
            bookings.confirm(booked[word].id, override=True)
        if word in ("cancelled", "class_left"):
            bookings.cancel(booked[word].id, reason="Ill")
    bookings.answer(booked["held"].id, answers={"skin": "Trocken, “sehr”", "wash": "nö"})
    bookings.answer(booked["class_ben"].id, answers={"skin": "-"})
    bookings.decline(booked["declined"].id, reason="Full")
    bookings.complete(booked["completed"].id)
    bookings.mark_no_show(booked["missed"].id)
    bookings.reschedule(booked["moved"].id, starts_at=hour(18), override=True)
    return booked


def _pay(organization: Organization, booked: dict[str, Booking]) -> None:
    paid = payments.pay(organization, SYSTEM, booking=booked["completed"].id, method="cash")
    payments.refund(organization, SYSTEM, intent=paid.id, amount=Money(500, "USD"), reason="Late")
    payments.pay(organization, SYSTEM, booking=booked["class_ana"].id, method="cash")


def _times(booked: dict[str, Booking]) -> None:
    """What takes time or a gateway to come about."""
    now = clock.now()
    Booking.objects.filter(id=booked["lapsed"].id).update(hold_expires_at=now - timedelta(minutes=1))
    some: dict[str, Any] = {"method": "card", "currency": "USD", "amount_cents": 7500}
    PaymentIntent.objects.create(booking=booked["confirmed"], status="failed", failure_code="declined", **some)
    PaymentIntent.objects.create(booking=booked["confirmed"], status="processing", gateway_id="pi_1", **some)
    intent = PaymentIntent.objects.get(booking=booked["completed"])
    Refund.objects.create(intent=intent, status="failed", amount_cents=7000, currency="USD", failure_code="lost")
    for number, client in enumerate((booked["held"].client, booked["held"].client, booked["confirmed"].client)):
        PaymentMethod.objects.create(
            client=client, type="card", provider="stripe", provider_method_id=f"pm_{number}", is_default=number != 1
        )


def _money(booked: dict[str, Booking]) -> None:
    """What a gateway would have told."""
    missed, client = booked["missed"], booked["missed"].client
    some: dict[str, Any] = {"method": "card", "currency": "USD", "amount_cents": 1000, "status": "succeeded"}
    charged = PaymentIntent.objects.create(
        **some,
        booking=missed,
        purpose="fee",
        capture="manual",
        off_session=True,
        captured_cents=1000,
        disputed_cents=400,
        fee_cents=59,
        fee_is_known=True,
        gateway_id="pi_2",
        next_action_url="https://example.com/approve",
    )
    money: dict[str, Any] = {"amount_cents": 100, "currency": "USD"}
    PaymentIntent.objects.filter(id=charged.id).update(refunded_cents=100)
    Refund.objects.create(intent=charged, status="succeeded", cause="provider", processed_at=clock.now(), **money)
    Dispute.objects.create(intent=charged, amount_cents=400, currency="USD", reason="general", gateway_id="dp_1")
    Dispute.objects.create(intent=charged, amount_cents=5, currency="USD", status="won", gateway_id="dp_2")
    Customer.objects.create(client=client, gateway_id="cus_1")
    MethodSetup.objects.create(
        client=client,
        type="card",
        status="requires_action",
        gateway_id="seti_1",
        gateway_method="pm_9",
        next_action_url="https://example.com/approve",
        is_default=True,
    )
    MethodSetup.objects.create(client=client, type="card", status="failed", failure_code="declined")
    Alert.objects.create(kind="amount_differs", intent=charged, subject="pi_2", detail="1000 there, 900 here")
    Alert.objects.create(
        kind="unknown_payment", subject="pi_3", detail="nobody's", settled_at=clock.now(), settled_by="user:1"
    )
    ledger_actions.post(missed.id, now=clock.now())


def _traces(booked: dict[str, Booking]) -> None:
    client = booked["held"].client_id
    analytics.track("newsletter.opened", user=client, session_id="s1", data={"bookingId": "mine", "π": 3.14})
    analytics.track("newsletter.opened", data={"clientId": str(client), "deep": {"er": [True, 10**20]}})
    analytics.track("newsletter.opened", user=booked["held"].client.user_id, external_id="trace-3")
    AnalyticsEvent.objects.create(type="platform.data_imported", data={"clients": 1})


def occupied(organization: Organization) -> set[tuple[Any, ...]]:
    """Who is bound when, and with how many seats taken of how many."""
    with organization_scope(organization, SYSTEM):
        bound = Occupancy.objects.filter(active=True).values_list("subject", "starts_at", "ends_at")
        seats = Session.objects.filter(seats_taken__gt=0).values_list(
            "professional", "service", "starts_at", "ends_at", "capacity", "seats_taken"
        )
        return {*bound, *seats}


def stored(organization: Organization) -> dict[str, list[Any]]:
    """Every column of every row that is told, opened; rows without an id of their own by content.

    Keys are this installation's own, and so is what is made with them.

    Sessions follow from the bookings. Answers under a key are this installation's to its own callers: nobody repeats a
    request at another one, where neither the caller's key nor the address is the same. Refunds that wait for approval
    name people who can sign in here; those that were approved are told as refunds.
    """
    with organization_scope(organization, SYSTEM):
        return {
            model.__name__: sorted(str(_row(row)) for row in model.objects.all())
            for model in apps.get_models()
            if issubclass(model, TenantModel)
            and model not in (Session, Occupancy, KeyedRequest, RefundRequest, OrganizationKey)
        }


def _row(row: TenantModel) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _columns(type(row))}


def _columns(model: type[TenantModel]) -> list[str]:
    nameless = (WorkingHours, HoursOverride, Option)
    left_out = {"organization", "payment_account", "session", "data_key", "email_key", "tokens"}
    if model in nameless:
        left_out |= {"id", "created_at", "updated_at"}
    if model is not AnalyticsEvent:
        left_out.add("user")
    return [field.attname for field in model._meta.fields if field.name not in left_out]
