"""The sample as an export's document, with everything dated as seen from a day: made once, when the demo first starts.

The same organization and day give the same document, ids included; no other organization has these ids.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from authspine.demo.sample.diary import APPOINTMENTS, TIME_OFF, Appointment
from authspine.demo.sample.people import CLIENTS, EXPERTS, OFFERS, Expert, Offer, Person
from authspine.kernel import times
from authspine.kernel.money import Money
from authspine.orchestrator.default_verticals import DEFAULT_VERTICALS
from authspine.orchestrator.exporting import FORMAT, VERSION
from bookings.rules.intake import kept
from payments.rules import fee

type Record = dict[str, Any]

BACK_CENTS = 1000
# The version of the texts that the sample's clients have agreed to.
TEXT = "2026-1"
DECLINED = {"code": "card_declined", "detail": "Your card was declined."}


@dataclass
class Sample:
    """The document in the making; every record brings its events."""

    organization_id: UUID
    now: datetime
    zone: ZoneInfo
    currency: str
    events: list[Record] = field(default_factory=list)
    payments: list[Record] = field(default_factory=list)
    refunds: list[Record] = field(default_factory=list)

    def document(self) -> Record:
        clients = [self.client(person) for person in CLIENTS]
        professionals = [self.professional(expert, 50 - place) for place, expert in enumerate(EXPERTS)]
        services = [self.service(offer, 46, place) for place, offer in enumerate(OFFERS)]
        bookings = [self.booking(appointment, place) for place, appointment in enumerate(APPOINTMENTS)]
        return {
            "format": FORMAT,
            "version": VERSION,
            "clients": clients,
            "professionals": professionals,
            "services": services,
            "bookings": bookings,
            "payments": self.payments,
            "refunds": self.refunds,
            "events": sorted(self.events, key=lambda event: str(event["timestamp"])),
        }

    def client(self, person: Person) -> Record:
        at = self.now - timedelta(days=person.days, minutes=person.days * 7)
        id = self._id("client", person.key)
        self.tell("client.created", at, id, clientId=id)
        email = f"{person.key}@example.com"
        told = {"email": email, "name": person.name, "phone": person.phone, "notes": person.notes}
        consents = [self._consent(id, person, purpose, at) for purpose in person.agreed]
        return self._row(id, at) | told | {"consents": consents}

    def _consent(self, client: str, person: Person, purpose: str, at: datetime) -> Record:
        self.tell("client.consented", at, client, purpose=purpose, version=TEXT)
        row = self._row(self._id("consent", f"{person.key}-{purpose}"), at)
        return row | {"purpose": purpose, "text_version": TEXT, "given_at": at.isoformat(), "method": "web_form"}

    def professional(self, expert: Expert, days: int) -> Record:
        at = self.now - timedelta(days=days)
        verified_at = at + timedelta(days=1) if expert.verified else None
        id = self._id("professional", expert.key)
        self.tell("professional.created", at, id, professionalId=id, vertical=expert.vertical)
        if verified_at:
            self.tell("professional.verified", verified_at, id, professionalId=id)
        return self._row(id, at) | {
            "email": f"{expert.key}@demo.example",
            "name": expert.name,
            "vertical": expert.vertical,
            "specialties": list(expert.specialties),
            "bio": expert.bio,
            "timezone": self.zone.key,
            "verified_at": verified_at and verified_at.isoformat(),
            "years_of_experience": expert.years,
            "working_hours": {"weekly": list(_weekly(expert)), "overrides": []},
            "time_off": list(self._time_off(expert)),
        }

    def service(self, offer: Offer, days: int, place: int) -> Record:
        at = self.now - timedelta(days=days) + timedelta(minutes=place)
        id, professional = self._id("service", offer.key), self._id("professional", offer.expert)
        self.tell("service.created", at, professional, serviceId=id, professionalId=professional)
        return self._row(id, at) | {
            "professional": professional,
            "name": offer.name,
            "duration_minutes": offer.minutes,
            "price": self._money(offer.cents),
            "deposit": self._money(offer.deposit),
            "location_type": offer.location,
            "capacity": offer.capacity,
            "slot_interval_minutes": offer.interval,
            "buffer_after_minutes": offer.after,
            "min_notice_minutes": offer.notice,
        }

    def booking(self, appointment: Appointment, place: int) -> Record:
        offer = _offer(appointment.offer)
        start = self._at(appointment.day, appointment.clock)
        end = start + timedelta(minutes=offer.minutes)
        made = min(start - timedelta(days=6, minutes=place * 11), self.now - timedelta(hours=3, minutes=place * 17))
        id, client = self._id("booking", str(place)), self._id("client", appointment.client)
        status, over = self._life(appointment, start, end)
        booked = _Booked(id, client, offer, end, made, status, over)
        self._tell_life(booked)
        self._pay(booked, appointment.paid)
        return self._row(id, made) | {
            "client": client,
            "service": self._id("service", offer.key),
            "professional": self._id("professional", offer.expert),
            "starts_at": start.isoformat(),
            "ends_at": end.isoformat(),
            "status": status,
            "total": self._money(offer.cents),
            "deposit": self._money(offer.deposit),
            "occupied": None if status == "cancelled" else _occupied(offer, start, end),
            "hold_expires_at": (self.now + timedelta(hours=20)).isoformat() if status == "held" else None,
            "confirmed_at": None if status == "held" else (made + timedelta(minutes=6)).isoformat(),
            "closed_at": over and over.isoformat(),
            "cancelled_by": "demo" if status == "cancelled" else "",
            "cancellation_reason": appointment.reason,
            "intake_answers": self._answers(id, made, offer, dict(appointment.answers)),
        }

    def _answers(self, booking: str, at: datetime, offer: Offer, answers: dict[str, str]) -> list[Record]:
        """With the questions that the vertical starts with."""
        asked = next(one["intake_questions"] for one in DEFAULT_VERTICALS if one["slug"] == _vertical(offer))
        row = self._row(self._id("answers", booking), at)
        return [row | {"content": kept(asked, answers)}] if answers else []

    def _life(self, appointment: Appointment, start: datetime, end: datetime) -> tuple[str, datetime | None]:
        if appointment.outcome == "cancelled":
            return "cancelled", min(start - timedelta(hours=20), self.now - timedelta(hours=1))
        if appointment.outcome == "held":
            return "held", None
        if end > self.now:
            return "confirmed", None
        return ("completed" if appointment.outcome == "kept" else "no_show"), end

    def _tell_life(self, booked: "_Booked") -> None:
        told = {
            "bookingId": booked.id,
            "serviceId": self._id("service", booked.offer.key),
            "professionalId": self._id("professional", booked.offer.expert),
            "amount": booked.offer.cents,
        }
        self.tell("booking.created", booked.made, booked.client, **told)
        if booked.status != "held":
            self.tell("booking.confirmed", booked.made + timedelta(minutes=6), booked.client, **told)
        if booked.over:
            self.tell(f"booking.{booked.status}", booked.over, booked.client, **told)

    def _pay(self, booked: "_Booked", paid: str) -> None:
        if not paid or booked.end > self.now:
            return
        if paid == "declined first":
            self._payment(booked, "card", "failed", minutes=2)
        back = BACK_CENTS if paid == "partly back" else 0
        intent = self._payment(booked, "invoice" if paid == "invoice" else "cash", "succeeded", minutes=5, back=back)
        if back:
            self._refund(booked, intent, back)

    def _payment(self, booked: "_Booked", method: str, status: str, *, minutes: int, back: int = 0) -> str:
        at = min(booked.end + timedelta(minutes=minutes), self.now)
        id, cents = self._id("payment", f"{booked.id} {minutes}"), booked.offer.cents
        told = {"paymentIntentId": id, "bookingId": booked.id, "method": method, "amount": cents}
        self.tell("payment.created", at, booked.client, **told)
        self.tell(f"payment.{status}", at, booked.client, **told)
        succeeded = status == "succeeded"
        self.payments.append(
            self._row(id, at)
            | {
                "booking": booked.id,
                "method": method,
                "status": status,
                "amount": self._money(cents),
                "amount_captured": self._money(cents if succeeded else 0),
                "amount_refunded": self._money(back),
                "fee": fee(method, Money(cents, self.currency)).as_json() if succeeded else self._money(0),
                "failure": {} if succeeded else DECLINED,
                "processed_at": at.isoformat(),
            }
        )
        return id

    def _refund(self, booked: "_Booked", intent: str, cents: int) -> None:
        at = min(booked.end + timedelta(days=1), self.now)
        id = self._id("refund", intent)
        told = {"paymentIntentId": intent, "bookingId": booked.id, "refundId": id, "amount": cents}
        self.tell("payment.refunded", at, booked.client, **told)
        made = {"intent": intent, "status": "succeeded", "amount": self._money(cents), "reason": "Had to wait"}
        self.refunds.append(self._row(id, at) | made | {"processed_at": at.isoformat()})

    def tell(self, type: str, at: datetime, user: str, **data: Any) -> None:
        id = self._id("event", f"{type} {user} {sorted(data.items())}")
        self.events.append(
            self._row(id, at) | {"type": type, "timestamp": at.isoformat(), "user": user, "actor": "demo", "data": data}
        )

    def _id(self, kind: str, key: str) -> str:
        return str(uuid5(self.organization_id, f"demo {kind} {key}"))

    def _row(self, id: str, at: datetime) -> Record:
        return {"id": id, "created_at": at.isoformat(), "updated_at": at.isoformat()}

    def _money(self, cents: int) -> Record:
        return {"amount_cents": cents, "currency": self.currency}

    def _at(self, day: int, clock: str) -> datetime:
        on = working_day(times.local_date(self.now, self.zone), day)
        at = time.fromisoformat(clock)
        return times.instant_of(on, at.hour * 60 + at.minute, self.zone)

    def _time_off(self, expert: Expert) -> Iterator[Record]:
        for key, day, start, end, reason in TIME_OFF:
            if key == expert.key:
                made = self._row(self._id("time off", f"{key} {day}"), self.now - timedelta(days=3))
                at = {"starts_at": self._at(day, start).isoformat(), "ends_at": self._at(day, end).isoformat()}
                yield made | at | {"reason": reason}


@dataclass(frozen=True, slots=True)
class _Booked:
    """What the events and payments of a booking are made of."""

    id: str
    client: str
    offer: Offer
    end: datetime
    made: datetime
    status: str
    over: datetime | None


def working_day(today: date, offset: int) -> date:
    """So many working days before or after today; on a weekend the coming Monday is today."""
    on = today
    while on.weekday() > 4:
        on += timedelta(days=1)
    step = timedelta(days=1 if offset > 0 else -1)
    for _ in range(abs(offset)):
        on += step
        while on.weekday() > 4:
            on += step
    return on


def _offer(key: str) -> Offer:
    return next(offer for offer in OFFERS if offer.key == key)


def _vertical(offer: Offer) -> str:
    return next(expert.vertical for expert in EXPERTS if expert.key == offer.expert)


def _weekly(expert: Expert) -> Iterator[Record]:
    for first, last, start, end in expert.hours:
        for weekday in range(first, last + 1):
            yield {"weekday": weekday, "start": start, "end": end}


def _occupied(offer: Offer, start: datetime, end: datetime) -> Record:
    return {"starts_at": start.isoformat(), "ends_at": (end + timedelta(minutes=offer.after)).isoformat()}
