"""Changes to services themselves."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Min

from authspine.kernel.errors import Invalid
from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.money import Money
from authspine.kernel.text import search_text
from authspine.kernel.validation import check_fields, check_rule
from professionals.models import Professional
from professionals.rules.limits import check_limits
from professionals.rules.policies import check_overrides
from professionals.rules.starting_points import check_questions
from services import queries
from services.errors import (
    DepositAbovePrice,
    DepositTooHigh,
    MixedCurrencies,
    OffersHavePrices,
    OtherCurrency,
    ServiceNotFound,
)
from services.models import Offer, Option, Service

# What `set_price` and `derive` fill.
DERIVED = ("price_cents", "deposit_cents", "currency", "search_text")


def set_price(service: Service, *, price: Money | None = None, deposit: Money | None = None) -> Service:
    """Set price and deposit, in one currency.

    Raises MixedCurrencies, DepositTooHigh when the two do not go together; OtherCurrency, DepositAbovePrice, naming the
    one that was sent, when it does not go with the other as it is kept.
    """
    if price is not None and deposit is not None:
        if deposit.currency != price.currency:
            raise MixedCurrencies
        if deposit.amount_cents > price.amount_cents:
            raise DepositTooHigh
    elif sent := price or deposit:
        _hold_against_kept(service, sent, field="price" if price else "deposit")
    if price is not None:
        service.price_cents, service.currency = price.amount_cents, price.currency
    if deposit is not None:
        service.deposit_cents = deposit.amount_cents
    return service


def _hold_against_kept(service: Service, sent: Money, *, field: str) -> None:
    """A deposit of nothing is in no currency; any other that stays would be as many of the price's new one."""
    if sent.currency != service.currency and (field == "deposit" or service.deposit_cents):
        raise OtherCurrency(field=field)
    if field == "deposit" and sent.amount_cents > service.price_cents:
        raise DepositAbovePrice(field=field)
    if field == "price" and sent.amount_cents < service.deposit_cents:
        raise DepositAbovePrice(field=field)


def derive(service: Service) -> Service:
    service.search_text = search_text(service.name, service.description)
    return service


def check(service: Service) -> None:
    """Raise Invalid, naming the field, unless the row's fields, its policy, limits and dates fit."""
    check_fields(derive(service))
    for field, check_value in (("policy", check_overrides), ("booking_limits", check_limits)):
        try:
            check_value(getattr(service, field))
        except ValueError as fault:
            raise Invalid(f"{field}: {fault}.", field=field) from fault
    service.intake_questions = check_rule(check_questions, service.intake_questions, field="intake_questions")
    first, last = service.bookable_from, service.bookable_to
    if first and last and first > last:
        raise Invalid("The last date cannot be before the first.", field="bookable_to")


def publish(
    professional: Professional, *, price: Money, deposit: Money | None = None, now: datetime, **fields: Any
) -> Service:
    """Offer a service of this professional, with the vertical's notice and share as deposit unless told otherwise.

    Raises Invalid, MixedCurrencies, DepositTooHigh.
    """
    vertical = professional.vertical
    fields.setdefault("min_notice_minutes", vertical.min_notice_minutes)
    service = Service(id=new_id(), professional=professional, created_at=now, updated_at=now, **fields)
    set_price(service, price=price, deposit=price.share(vertical.deposit_bps) if deposit is None else deposit)
    check(service)
    service.save(force_insert=True)
    own_offer(service).save(force_insert=True)
    return service


def own_offer(service: Service) -> Offer:
    """The offer, not written yet, of the professional whom a service belongs to; each service has it from the start."""
    stamps = {"created_at": service.created_at, "updated_at": service.created_at}
    return Offer(id=new_id(), service=service, professional_id=service.professional_id, **stamps)


def update(
    service: Service, *, now: datetime, price: Money | None = None, deposit: Money | None = None, **changes: Any
) -> Service:
    """Change what is named, of the row as it is now. Bookings keep what was agreed.

    Raises Invalid, what `set_price` raises, OffersHavePrices, ServiceNotFound. Locks the service.
    """
    lock_row(service, queries.listed(), missing=ServiceNotFound)
    for field, value in changes.items():
        setattr(service, field, value)
    if price is not None or deposit is not None:
        currency = service.currency
        _check_offers(set_price(service, price=price, deposit=deposit), currency_was=currency)
    check(service)
    service.updated_at = now
    service.save(update_fields=[*changes, *DERIVED, "updated_at"])
    return service


def _check_offers(service: Service, *, currency_was: str) -> None:
    """Prices of offers are in the service's currency, and none is less than its deposit."""
    lowest = Offer.objects.filter(service=service).aggregate(lowest=Min("price_cents"))["lowest"]
    if lowest is None:
        return
    if service.currency != currency_was:
        raise OffersHavePrices
    if service.deposit_cents > lowest:
        raise DepositTooHigh


def deactivate(service: Service, *, now: datetime) -> bool:
    """Withdraw a service from sale; False if it was withdrawn already."""
    changed = Service.objects.filter(id=service.id, active=True).update(active=False, updated_at=now)
    service.active = False
    if changed:
        service.updated_at = now
    return bool(changed)


def remove_all(professional_id: UUID, *, now: datetime) -> list[Service]:
    """Take away what a professional alone sold: the row goes where nothing refers to it, else it is withdrawn.

    Gives those that were on offer until now and stay as history. What others offer, too, stays on sale with them.
    """
    withdrawn = []
    for service in Service.objects.filter(professional=professional_id).order_by("id"):
        if Offer.objects.filter(service=service, active=True).exclude(professional=professional_id).exists():
            continue
        try:
            with transaction.atomic():
                _remove(service)
        except IntegrityError:  # somebody has booked it: what was sold stays on record
            if deactivate(service, now=now):
                withdrawn.append(service)
    return withdrawn


def _remove(service: Service) -> None:
    Option.objects.filter(requirement__service=service).delete()
    for rows in (service.requirements, service.offers):
        rows.all().delete()
    service.delete()
