"""The smallest valid rows, made by the journeys that make them in the product. They are called inside a scope."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import factory

from authspine.idempotency import actions as idempotency_actions
from authspine.idempotency.actions import Answer, Asked
from authspine.idempotency.models import KeyedRequest
from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.money import Money
from authspine.orchestrator import (
    bookings,
    clients,
    closures,
    holiday_calendars,
    locations,
    professionals,
    resources,
    services,
)
from bookings.models import Booking
from clients.models import Client, Consent
from payments.actions import methods as method_actions
from payments.models import PaymentMethod
from professionals.models import Closure, HolidayCalendar, Location, Professional, TimeOff, TravelPeriod
from services.models import Downtime, Offer, Resource, Service


def _working_day() -> datetime:
    day = datetime.now(UTC).date() + timedelta(days=2)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return datetime.combine(day, time(), UTC)


# Found once: a test that moves the clock, or is run at midnight, means the same day all along.
_WORKING_DAY = _working_day()


def working_day() -> datetime:
    """Midnight, UTC, of a weekday in the coming week."""
    return _WORKING_DAY


def hour(of_day: int) -> datetime:
    """That hour of the working day."""
    return working_day() + timedelta(hours=of_day)


class ClientFactory(factory.Factory):
    class Meta:
        model = Client

    name = "Ana García"
    email = factory.Sequence(lambda number: f"ana{number}@example.com")

    @classmethod
    def _create(cls, model_class: type[Client], **fields: Any) -> Client:
        return clients.register(**fields)


class ConsentFactory(factory.Factory):
    class Meta:
        model = Consent

    client = factory.SubFactory(ClientFactory)
    purpose = "marketing"
    text_version = "2026-1"
    method = "web_form"

    @classmethod
    def _create(cls, model_class: type[Consent], *, client: Client, **fields: Any) -> Consent:
        return clients.consent(client.id, **fields)


class ProfessionalFactory(factory.Factory):
    """Works Monday to Friday, 09:00-17:00 UTC."""

    class Meta:
        model = Professional

    name = "Pro Mann"
    email = factory.Sequence(lambda number: f"pro{number}@example.com")
    vertical = "consulting"
    timezone = "UTC"

    @classmethod
    def _create(cls, model_class: type[Professional], **fields: Any) -> Professional:
        return professionals.onboard(**fields)


class TimeOffFactory(factory.Factory):
    class Meta:
        model = TimeOff

    professional = factory.SubFactory(ProfessionalFactory)
    starts_at = factory.LazyFunction(lambda: hour(12))
    ends_at = factory.LazyFunction(lambda: hour(13))

    @classmethod
    def _create(cls, model_class: type[TimeOff], *, professional: Professional, **fields: Any) -> TimeOff:
        return professionals.take_time_off(professional.id, **fields)


class TravelPeriodFactory(factory.Factory):
    """A day of its own in New York."""

    class Meta:
        model = TravelPeriod

    professional = factory.SubFactory(ProfessionalFactory)
    timezone = "America/New_York"
    starts_on = factory.Sequence(lambda number: date(2030, 1, 1) + timedelta(days=number))
    ends_on = factory.SelfAttribute("starts_on")

    @classmethod
    def _create(cls, model_class: type[TravelPeriod], *, professional: Professional, **fields: Any) -> TravelPeriod:
        return professionals.travel(professional.id, **fields)


class LocationFactory(factory.Factory):
    class Meta:
        model = Location

    name = "Main Street"
    timezone = "UTC"

    @classmethod
    def _create(cls, model_class: type[Location], **fields: Any) -> Location:
        return locations.create(**fields)


class ClosureFactory(factory.Factory):
    """Of the whole business, for a day."""

    class Meta:
        model = Closure

    starts_on = date(2030, 1, 1)
    ends_on = factory.SelfAttribute("starts_on")

    @classmethod
    def _create(cls, model_class: type[Closure], **fields: Any) -> Closure:
        return closures.create(**fields)


class HolidayCalendarFactory(factory.Factory):
    """Of a location of its own."""

    class Meta:
        model = HolidayCalendar

    location = factory.LazyFunction(lambda: LocationFactory().id)
    country = "DE"

    @classmethod
    def _create(cls, model_class: type[HolidayCalendar], **fields: Any) -> HolidayCalendar:
        return holiday_calendars.create(**fields)


class ServiceFactory(factory.Factory):
    class Meta:
        model = Service

    professional = factory.SubFactory(ProfessionalFactory)
    name = "Consultation"
    duration_minutes = 60
    price = Money(7500, "USD")

    @classmethod
    def _create(cls, model_class: type[Service], *, professional: Professional, **fields: Any) -> Service:
        return services.publish(professional.id, **fields)


class OfferFactory(factory.Factory):
    """Somebody else offers the service, too."""

    class Meta:
        model = Offer

    service = factory.SubFactory(ServiceFactory)
    professional = factory.SubFactory(ProfessionalFactory)

    @classmethod
    def _create(cls, model_class: type[Offer], *, service: Service, professional: Professional, **fields: Any) -> Offer:
        return services.offer(service.id, professional.id, **fields)[0]


class ResourceFactory(factory.Factory):
    """A room that is always there."""

    class Meta:
        model = Resource

    name = "Room 1"

    @classmethod
    def _create(cls, model_class: type[Resource], **fields: Any) -> Resource:
        return resources.add(**fields)


class DowntimeFactory(factory.Factory):
    class Meta:
        model = Downtime

    resource = factory.SubFactory(ResourceFactory)
    starts_at = factory.LazyFunction(lambda: hour(12))
    ends_at = factory.LazyFunction(lambda: hour(13))

    @classmethod
    def _create(cls, model_class: type[Downtime], *, resource: Resource, **fields: Any) -> Downtime:
        return resources.add_downtime(resource.id, **fields)


class BookingFactory(factory.Factory):
    """A hold at ten o'clock, UTC, on a working day."""

    class Meta:
        model = Booking

    client = factory.SubFactory(ClientFactory)
    service = factory.SubFactory(ServiceFactory)
    starts_at = factory.LazyFunction(lambda: hour(10))

    @classmethod
    def _create(cls, model_class: type[Booking], *, client: Client, service: Service, **fields: Any) -> Booking:
        return bookings.hold(client=client.id, service=service.id, **fields)


class KeyedRequestFactory(factory.Factory):
    """A request that has been answered."""

    class Meta:
        model = KeyedRequest

    key = factory.LazyFunction(lambda: str(new_id()))

    @classmethod
    def _create(cls, model_class: type[KeyedRequest], *, key: str, **fields: Any) -> KeyedRequest:
        asked = Asked("key:a", "POST", "/api/platform/clients", key, "0" * 64)
        run: Any = idempotency_actions.claim(asked, now=clock.now())
        idempotency_actions.answer(run, Answer(201, {}, b"ana@example.com"), now=clock.now())
        KeyedRequest.objects.filter(id=run.id).update(**{"run": 1} | fields)
        return KeyedRequest.objects.get(id=run.id)


class PaymentMethodFactory(factory.Factory):
    """A card on file that the gateway knows nothing of."""

    class Meta:
        model = PaymentMethod

    client = factory.SubFactory(ClientFactory)

    @classmethod
    def _create(cls, model_class: type[PaymentMethod], *, client: Client, **fields: Any) -> PaymentMethod:
        told: dict[str, Any] = {"type": "card", "gateway_id": f"pm_{new_id()}", "brand": "visa", "last4": "4242"}
        return method_actions.add(client, now=clock.now(), **told | fields)
