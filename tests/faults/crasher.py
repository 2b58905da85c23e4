"""A process that carries out journeys of money, each in a child of its own that is killed at one of its steps.

A step is each moment at which the world outside changes or may have changed: before and after every commit, and before
and after every request to the gateway. They are counted, so that no list of them can be out of date. Reads a JSON
object a line: {"journey", "at", "organization", "ids"}; tells {"steps": so many were passed, "killed": whether it was}.
"""

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import django

django.setup()

import psycopg  # noqa: E402
import requests  # noqa: E402

from authspine.identity.models import Organization  # noqa: E402
from authspine.kernel.actor import SYSTEM  # noqa: E402
from authspine.kernel.money import Money  # noqa: E402
from authspine.kernel.tenancy import organization_scope  # noqa: E402
from authspine.orchestrator import bookings, payments  # noqa: E402
from tests.gateways import GOOD_CARD  # noqa: E402

type Ids = dict[str, UUID]


def pay(organization: Organization, ids: Ids) -> None:
    payments.pay(organization, SYSTEM, booking=ids["booking"], method="card", payment_method=GOOD_CARD)


def authorize(organization: Organization, ids: Ids) -> UUID:
    intent = payments.start(
        organization, SYSTEM, booking=ids["booking"], method="card", payment_method=GOOD_CARD, capture="manual"
    )
    return payments.confirm(organization, SYSTEM, intent.id).id


def authorize_and_capture(organization: Organization, ids: Ids) -> None:
    payments.capture(organization, SYSTEM, authorize(organization, ids))


def capture_in_two_parts(organization: Organization, ids: Ids) -> None:
    intent = authorize(organization, ids)
    payments.capture(organization, SYSTEM, intent, amount=Money(2500, "USD"), more_follows=True)
    payments.capture(organization, SYSTEM, intent)


def give_back(organization: Organization, ids: Ids) -> None:
    payments.refund(organization, SYSTEM, intent=ids["intent"])


def cancel_and_settle(organization: Organization, ids: Ids) -> None:
    with organization_scope(organization, SYSTEM):
        bookings.cancel(ids["booking"])
    payments.settle_booking(organization, SYSTEM, ids["booking"])


def charge_a_fee(organization: Organization, ids: Ids) -> None:
    intent = payments.start(
        organization,
        SYSTEM,
        booking=ids["booking"],
        method="card",
        payment_method=GOOD_CARD,
        purpose="fee",
        off_session=True,
    )
    payments.confirm(organization, SYSTEM, intent.id)


JOURNEYS: dict[str, Callable[[Organization, Ids], None]] = {
    "pay": pay,
    "capture": authorize_and_capture,
    "parts": capture_in_two_parts,
    "refund": give_back,
    "cancel": cancel_and_settle,
    "fee": charge_a_fee,
}


class Steps:
    """Counts, and dies at one of them."""

    def __init__(self, last: int) -> None:
        self.passed, self.last = 0, last

    def step(self) -> None:
        self.passed += 1
        if self.passed == self.last:
            os.kill(os.getpid(), signal.SIGKILL)

    def around(self, owner: Any, name: str) -> None:
        inner = getattr(owner, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            self.step()
            answer = inner(*args, **kwargs)
            self.step()
            return answer

        setattr(owner, name, counted)


def carry_out(job: dict[str, Any], told: int) -> None:
    """In the child. What it has counted is written to a pipe, when it lives to."""
    steps = Steps(job["at"])
    steps.around(psycopg.Connection, "commit")
    steps.around(requests.Session, "send")
    organization = Organization.objects.get(id=job["organization"])
    steps.passed = 0
    JOURNEYS[job["journey"]](organization, {name: UUID(value) for name, value in job["ids"].items()})
    os.write(told, str(steps.passed).encode())


def main() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        heard, told = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(heard)
            code = 1
            try:
                carry_out(json.loads(line), told)
                code = 0
            finally:
                os._exit(code)
        os.close(told)
        counted = os.read(heard, 100)
        os.close(heard)
        status = os.waitpid(child, 0)[1]
        ended = os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        failed = not ended and os.waitstatus_to_exitcode(status) != 0
        sys.stdout.write(
            json.dumps({"steps": int(counted or 0), "killed": ended == signal.SIGKILL, "failed": failed}) + "\n"
        )
        sys.stdout.flush()


if __name__ == "__main__":
    main()
