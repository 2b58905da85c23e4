"""The client itself, whose errors become ours, and the units that it counts in."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

import stripe
from django.conf import settings

from authspine.kernel import tenancy
from authspine.kernel.money import Money
from payments.errors import (
    ApprovalNeeded,
    Declined,
    GatewayNotConfigured,
    GatewayRefused,
    GatewayUnavailable,
    NotThere,
)

logger = logging.getLogger(__name__)

# It would name this machine by a file that it writes to the home folder, and send that along with every request.
stripe.enable_telemetry = False

# What this package was written against; an upgrade of the SDK must not change what the answers look like.
API_VERSION: Final = "2026-10-28.endive"

# Stripe counts these with two decimals, though they have none (docs.stripe.com/currencies, special cases).
COUNTED_IN_HUNDREDTHS: Final = frozenset({"ISK", "UGX"})


@lru_cache(maxsize=4)
def _client(api_key: str, base: str, timeout: int, retries: int) -> stripe.StripeClient:
    return stripe.StripeClient(
        api_key,
        stripe_version=API_VERSION,
        base_addresses={"api": base},
        max_network_retries=retries,
        http_client=stripe.RequestsClient(timeout=timeout),
    )


def check_configured() -> None:
    """Raise GatewayNotConfigured where there is no gateway to talk to."""
    if not settings.STRIPE_API_KEY:
        raise GatewayNotConfigured


def services() -> stripe.V1Services:
    """The gateway. Raises OutsideScopeError inside of a scope: no call may keep a transaction open."""
    tenancy.refuse_inside()
    check_configured()
    return _client(
        settings.STRIPE_API_KEY, settings.STRIPE_API_BASE, settings.STRIPE_TIMEOUT_SECONDS, settings.STRIPE_RETRIES
    ).v1


def is_live() -> bool:
    """Whether real money is moved here."""
    return settings.STRIPE_API_KEY.startswith(("sk_live", "rk_live"))


def patience() -> timedelta:
    """After this long a call of ours has ended, with or without an answer: each try waits, and pauses afterwards."""
    pause = 5
    return timedelta(seconds=(settings.STRIPE_TIMEOUT_SECONDS + pause) * (settings.STRIPE_RETRIES + 1))


@contextmanager
def in_our_words(field: str = "") -> Iterator[None]:
    """The SDK's errors as ours. What is neither a clear no nor a clear yes is unknown."""
    try:
        yield
    except stripe.CardError as error:
        if error.code == "authentication_required":
            raise ApprovalNeeded(reason=error.code) from error
        raise Declined(error.user_message, reason=_reason(error)) from error
    except stripe.InvalidRequestError as error:
        logger.info("The gateway refused a request: %s", _reason(error) or type(error).__name__)
        raise GatewayRefused(reason=_reason(error), field=field) from error
    except (stripe.StripeError, AttributeError, KeyError) as error:  # the last two: an answer without what is in each
        # Not in its words, which may quote what was sent.
        logger.warning("The gateway gave no usable answer: %s", type(error).__name__)
        raise GatewayUnavailable from error


@contextmanager
def as_found() -> Iterator[None]:
    """Around a look at what was asked for before: not to find it is no clear no, as it may be found by another key.

    Raises NotThere for that, which is a GatewayUnavailable.
    """
    try:
        with in_our_words():
            yield
    except GatewayRefused as refusal:
        raise NotThere from refusal


def _reason(error: stripe.StripeError) -> str:
    # Of two codes the bank's own says more; some errors carry theirs in the body alone.
    told = error.error
    return (told and (told.decline_code or told.code)) or error.code or ""


def key(row: UUID, step: str) -> Any:
    """What makes a call the same call, however often it is sent."""
    return {"idempotency_key": f"{row}:{step}"}


def _factor(currency: str) -> int:
    return 100 if currency.upper() in COUNTED_IN_HUNDREDTHS else 1


def units(amount: Money) -> int:
    """An amount as the gateway counts it."""
    return amount.amount_cents * _factor(amount.currency)


def cents(counted: int, currency: str) -> int:
    """What the gateway has counted, in our minor units."""
    return counted // _factor(currency)
