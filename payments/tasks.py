"""What payments do by themselves: money of bookings that are over is settled, events of the gateway are worked on."""

import logging
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from authspine.identity import queries as identity_queries
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.orchestrator import erasure as erasures
from authspine.orchestrator import payments, sweep
from payments.errors import GatewayUnavailable

logger = logging.getLogger(__name__)

# A gateway that is away is asked again after 1, 2, 4 ... seconds; what is left then is found by the reconciliation.
PATIENT: Final = RetryStrategy(max_attempts=10, exponential_wait=2)

# Stripe itself gives up to bring an event after three days.
COMPARED: Final = timedelta(days=3)


@app.task(name="payments.settle_booking", retry=PATIENT)
def settle_booking(organization: str, booking: str) -> None:
    """Take, let go or give back what the booking's status asks for."""
    payments.settle_booking(identity_queries.organization(UUID(organization)), SYSTEM, UUID(booking))


@app.task(name="payments.process_event", retry=PATIENT)
def process_event(event: str) -> None:
    """Look at what the gateway has told of."""
    payments.process_event(UUID(event))


@app.task(name="payments.forget_customer", retry=PATIENT)
def forget_customer(organization: str, erasure: str) -> None:
    """Erase at the provider whoever was erased here."""
    erasures.forget_customer(identity_queries.organization(UUID(organization)), SYSTEM, UUID(erasure))


@app.periodic(cron="37 * * * *")
@app.task(name="payments.forget_customers", queueing_lock="payments.forget_customers", pass_context=True)
def forget_customers(context: JobContext, timestamp: int) -> None:
    """Every hour: whoever the provider still knows, as it was away for longer than the job was patient."""
    if settings.STRIPE_API_KEY:
        sweep.in_every_organization(erasures.ask_again, stop=context.should_abort)


@app.periodic(cron="*/10 * * * *")
@app.task(name="payments.reconcile", queueing_lock="payments.reconcile", pass_context=True)
def reconcile(context: JobContext, timestamp: int) -> None:
    """Every ten minutes: repair what crashes and missed webhooks have left. Two at a time do no harm."""
    if not settings.STRIPE_API_KEY:
        return
    try:
        payments.reconcile(clock.now() - COMPARED, stop=context.should_abort)
    except GatewayUnavailable:
        logger.warning("The payment provider is away; payments are compared with it the next time.")
