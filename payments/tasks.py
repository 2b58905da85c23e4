"""What payments do by themselves: money of bookings that are over is settled, events of the gateway are worked on."""

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from authspine.identity import queries as identity_queries
from authspine.kernel.actor import SYSTEM
from authspine.orchestrator import payments

# A gateway that is away is asked again after 1, 2, 4 ... seconds; what is left then is found by the reconciliation.
PATIENT = RetryStrategy(max_attempts=10, exponential_wait=2)


@app.task(name="payments.settle_booking", retry=PATIENT)
def settle_booking(organization: str, booking: str) -> None:
    """Take, let go or give back what the booking's status asks for."""
    payments.settle_booking(identity_queries.organization(UUID(organization)), SYSTEM, UUID(booking))


@app.task(name="payments.process_event", retry=PATIENT)
def process_event(event: str) -> None:
    """Look at what the gateway has told of."""
    payments.process_event(UUID(event))
