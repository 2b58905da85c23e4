"""Changes to services. All run inside an organization scope."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.money import Money
from authspine.kernel.text import search_text
from authspine.kernel.validation import check_fields
from professionals.models import Professional
from services import queries
from services.errors import DepositAbovePrice, DepositTooHigh, MixedCurrencies, OtherCurrency, ServiceNotFound
from services.models import Service

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


def publish(
    professional: Professional, *, price: Money, deposit: Money | None = None, now: datetime, **fields: Any
) -> Service:
    """Offer a service of this professional. Raises Invalid, MixedCurrencies, DepositTooHigh."""
    fields.setdefault("min_notice_minutes", professional.vertical.min_notice_minutes)
    service = Service(id=new_id(), professional=professional, created_at=now, updated_at=now, **fields)
    set_price(service, price=price, deposit=deposit)
    check_fields(derive(service))
    service.save(force_insert=True)
    return service


def update(
    service: Service, *, now: datetime, price: Money | None = None, deposit: Money | None = None, **changes: Any
) -> Service:
    """Change what is named, of the row as it is now. Bookings keep what was agreed.

    Raises Invalid, what `set_price` raises, ServiceNotFound. Locks the service.
    """
    lock_row(service, queries.listed(), missing=ServiceNotFound)
    for field, value in changes.items():
        setattr(service, field, value)
    set_price(service, price=price, deposit=deposit)
    derive(service).updated_at = now
    check_fields(service)
    service.save(update_fields=[*changes, *DERIVED, "updated_at"])
    return service


def deactivate(service: Service, *, now: datetime) -> bool:
    """Withdraw a service from sale; False if it was withdrawn already."""
    changed = Service.objects.filter(id=service.id, active=True).update(active=False, updated_at=now)
    service.active = False
    if changed:
        service.updated_at = now
    return bool(changed)


def remove_all(professional_id: UUID, *, now: datetime) -> list[Service]:
    """Take away what a professional sold: the row goes where nothing refers to it, else it is withdrawn from sale.

    Gives those that were on offer until now and stay as history.
    """
    withdrawn = []
    for service in Service.objects.filter(professional=professional_id).order_by("id"):
        try:
            with transaction.atomic():
                service.delete()
        except IntegrityError:  # somebody has booked it: what was sold stays on record
            if deactivate(service, now=now):
                withdrawn.append(service)
    return withdrawn
