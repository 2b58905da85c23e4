"""Changes to services. All run inside an organization scope."""

from datetime import datetime
from typing import Any

from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.money import Money
from authspine.kernel.text import search_text
from authspine.kernel.validation import check_fields
from professionals.models import Professional
from services import queries
from services.errors import DepositTooHigh, MixedCurrencies, ServiceNotFound
from services.models import Offer, Service

# What `set_price` and `derive` fill.
DERIVED = ("price_cents", "deposit_cents", "currency", "search_text")


def set_price(service: Service, *, price: Money | None = None, deposit: Money | None = None) -> Service:
    """Set price and deposit, in one currency. Raises MixedCurrencies, DepositTooHigh."""
    if price is not None:
        if service.deposit_cents and deposit is None and price.currency != service.currency:
            raise MixedCurrencies  # the deposit that stays would be as many of another currency
        service.price_cents, service.currency = price.amount_cents, price.currency
    if deposit is not None:
        if deposit.currency != service.currency:
            raise MixedCurrencies
        service.deposit_cents = deposit.amount_cents
    if service.deposit_cents > service.price_cents:
        raise DepositTooHigh
    return service


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

    Raises Invalid, MixedCurrencies, DepositTooHigh, ServiceNotFound. Locks the service.
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
    return bool(changed)
