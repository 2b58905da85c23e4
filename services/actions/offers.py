"""Who offers a service, and on which terms of their own."""

from datetime import datetime
from typing import Any

from authspine.kernel.ids import new_id
from authspine.kernel.locks import lock_row
from authspine.kernel.money import Money
from authspine.kernel.validation import check_fields
from professionals.models import Professional
from services import queries
from services.errors import OfferBelowDeposit, OfferInOtherCurrency, OfferNotFound, OwnOffer, ServiceNotFound
from services.models import Offer, Service


def put(
    service: Service,
    professional: Professional,
    *,
    price: Money | None = None,
    duration_minutes: int | None = None,
    priority: int = 0,
    active: bool = True,
    now: datetime,
    **external_id: Any,
) -> tuple[Offer, bool]:
    """Let a professional offer a service on these terms, or replace theirs; says whether the offer is new.

    Without a price or a duration the service's holds. Bookings keep what was agreed. Raises Invalid,
    OfferInOtherCurrency, OfferBelowDeposit, ServiceNotFound. Locks the service.
    """
    lock_row(service, queries.listed(), missing=ServiceNotFound)
    check_price(service, price)
    offer = Offer.objects.filter(service=service, professional=professional).first()
    made = offer is None
    offer = offer or Offer(id=new_id(), created_at=now)
    terms = {"duration_minutes": duration_minutes, "priority": priority, "active": active, **external_id}
    terms["price_cents"] = None if price is None else price.amount_cents
    for field, value in {**terms, "service": service, "professional": professional, "updated_at": now}.items():
        setattr(offer, field, value)
    check_fields(offer)
    offer.save(force_insert=made)
    return offer, made


def check_price(service: Service, price: Money | None) -> None:
    """Raise OfferInOtherCurrency, OfferBelowDeposit: a booking is in one currency, its deposit a part of its total."""
    if price is None:
        return
    if price.currency != service.currency:
        raise OfferInOtherCurrency
    if price.amount_cents < service.deposit_cents:
        raise OfferBelowDeposit


def remove(offer: Offer) -> None:
    """Take an offer back; bookings of it stay. Raises OwnOffer, OfferNotFound. Locks the offer."""
    lock_row(offer, Offer.objects.select_related("service"), missing=OfferNotFound)
    if offer.professional_id == offer.service.professional_id:
        raise OwnOffer
    offer.delete()


def withdraw_all(professional: Professional, *, now: datetime) -> None:
    """Nothing is offered by who has gone: offers of their own services become inactive, those of others' go."""
    offers = Offer.objects.filter(professional=professional)
    offers.exclude(service__professional=professional).delete()
    offers.filter(active=True).update(active=False, updated_at=now)
