"""The whole story, walked through in one go: from a new client to the money given back.

Every step is a journey, as if somebody had pressed its button; each is committed before the next begins, so when one is
refused, what happened until then stays and is shown.
"""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse

from authspine.demo import moments
from authspine.demo.visit import ACTOR, Visit
from authspine.kernel.errors import Conflict, PlatformError
from authspine.kernel.money import Money, format_money
from authspine.orchestrator import bookings, clients, payments, professionals, services
from bookings.models import Booking

CARD = "pm_card_visa"
PRICE_CENTS = 4500
BACK_CENTS = 1500
LOOK_AHEAD = timedelta(days=14)


@dataclass(frozen=True)
class Step:
    """What was done, where to see it, and how long it took."""

    title: str
    detail: str
    link: str
    milliseconds: int
    failed: bool = False


class NoFreeTime(Conflict):
    detail = "There is no free time in the next two weeks."


def tell(visit: Visit) -> list[dict[str, Any]]:
    """Walk the story; gives its steps as plain data. A step that is refused is the last one, and says why."""
    steps: list[Step] = []
    pages = _Pages(visit)
    for title, walk in pages.walk():
        began = time.perf_counter()
        try:
            detail, link = walk()
        except PlatformError as refusal:
            steps.append(Step(title, refusal.detail, "", _since(began), failed=True))
            break
        steps.append(Step(title, detail, link, _since(began)))
    return [asdict(step) for step in steps]


def _since(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


type Told = tuple[str, str]


class _Pages:
    """The story's steps, in order; each remembers what the later ones need."""

    def __init__(self, visit: Visit) -> None:
        self.visit = visit
        self.tag = secrets.token_hex(2)
        self.currency = visit.organization.currency

    def walk(self) -> Iterator[tuple[str, Callable[[], Told]]]:
        yield "A client registers", self.client_registers
        yield "A professional is onboarded", self.professional_joins
        yield "The papers are verified", self.papers_are_seen
        yield "A service is published", self.service_is_published
        yield "The first free time is held", self.time_is_held
        yield "The booking is confirmed", self.booking_is_confirmed
        yield "The client pays with a test card", self.client_pays
        yield "The appointment is completed", self.appointment_is_completed
        yield "A part of the money is given back", self.money_goes_back

    def client_registers(self) -> Told:
        with self.visit.scope():
            self.client = clients.register(name=f"Robin Story {self.tag}", email=f"robin.{self.tag}@example.com")
        return self.client.name, reverse("demo:client", args=[self.client.id])

    def professional_joins(self) -> Told:
        with self.visit.scope():
            self.professional = professionals.onboard(
                name=f"Jo Story {self.tag}", email=f"jo.{self.tag}@example.com", vertical="beauty"
            )
        return f"{self.professional.name}, beauty", reverse("demo:professional", args=[self.professional.id])

    def papers_are_seen(self) -> Told:
        with self.visit.scope():
            professionals.verify(self.professional.id)
        return "Beauty asks for it before anybody can book", reverse("demo:professional", args=[self.professional.id])

    def service_is_published(self) -> Told:
        price = Money(PRICE_CENTS, self.currency)
        with self.visit.scope():
            self.service = services.publish(
                self.professional.id, name=f"Haircut {self.tag}", duration_minutes=60, price=price
            )
        return f"60 min for {format_money(price)}", reverse("demo:service", args=[self.service.id])

    def time_is_held(self) -> Told:
        now = self.visit.now
        with self.visit.scope():
            found = bookings.availability(services=[self.service.id], from_at=now, to_at=now + LOOK_AHEAD)
            if not found.slots:
                raise NoFreeTime
            first = found.slots[0]
            self.booking = bookings.hold(client=self.client.id, service=self.service.id, starts_at=first.starts_at)
        return moments.short(self.booking.session.starts_at), self._booking()

    def booking_is_confirmed(self) -> Told:
        return self._move(bookings.confirm)

    def client_pays(self) -> Told:
        self.intent = payments.pay(
            self.visit.organization, ACTOR, booking=self.booking.id, method="card", payment_method=CARD
        )
        return format_money(self.intent.amount), reverse("demo:payment", args=[self.intent.id])

    def appointment_is_completed(self) -> Told:
        return self._move(bookings.complete)

    def money_goes_back(self) -> Told:
        amount = Money(BACK_CENTS, self.currency)
        payments.refund(
            self.visit.organization, ACTOR, intent=self.intent.id, amount=amount, reason="A gesture of goodwill"
        )
        return f"{format_money(amount)} of {format_money(self.intent.amount)}", reverse(
            "demo:payment", args=[self.intent.id]
        )

    def _move(self, journey: Callable[[Any], Booking]) -> Told:
        with self.visit.scope():
            journey(self.booking.id)
        return f"{self.service.name} for {self.client.name}", self._booking()

    def _booking(self) -> str:
        return reverse("demo:booking", args=[self.booking.id])
