"""C1, C2, C3: killed at every step of a journey of money, and put right afterwards.

The steps are counted by a run that is let live. After each kill the comparison with the gateway alone must bring the
money to where it belongs: at most one charge per attempt, the booking confirmed or the money back, the ledger clean.
"""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.management import call_command

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings
from bookings.models import Booking
from payments.models import PaymentIntent
from tests.payments.paying import paid, shop
from tests.sandboxes import Sandbox
from tests.servers import ROOT, configured
from tests.studio import Studio


class Crasher:
    """The process beside us, on the same database and the same account of the sandbox."""

    def __init__(self, key: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.crasher"],
            cwd=ROOT,
            env={**configured(), "STRIPE_API_KEY": key, "STRIPE_TIMEOUT_SECONDS": "5"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._heard() == "ready"

    def _heard(self) -> str:
        assert self.process.stdout
        return self.process.stdout.readline().strip()

    def run(self, journey: str, organization: Organization, ids: dict[str, Any], *, at: int = 0) -> dict[str, Any]:
        job = {"journey": journey, "at": at, "organization": str(organization.id)}
        job["ids"] = {name: str(value) for name, value in ids.items()}
        assert self.process.stdin
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        told: dict[str, Any] = json.loads(self._heard())
        return told

    def close(self) -> None:
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait(10)
        self.process.stdout.close()


@pytest.fixture
def crasher(sandbox: Sandbox) -> Iterator[Crasher]:
    started = Crasher(sandbox.key)
    yield started
    started.close()


def booked(studio: Studio, number: int, *steps: Callable[[UUID], Booking]) -> Booking:
    """A booking on a day of its own."""
    with organization_scope(studio.organization, SYSTEM):
        at = studio.at(10) + timedelta(days=number)
        booking = bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=at, override=True)
        for step in steps:
            booking = step(booking.id)
    return booking


def a_hold(studio: Studio, number: int) -> dict[str, UUID]:
    return {"booking": booked(studio, number).id}


def a_paid_one(studio: Studio, number: int) -> dict[str, UUID]:
    booking = booked(studio, number)
    return {"booking": booking.id, "intent": paid(studio, booking).id}


def a_missed_one(studio: Studio, number: int) -> dict[str, UUID]:
    return {"booking": booked(studio, number, bookings.confirm, bookings.mark_no_show).id}


@dataclass(frozen=True)
class Case:
    """What a journey starts from, and how the money may stand in the end, as (captured, refunded)."""

    prepare: Callable[[Studio, int], dict[str, UUID]]
    ends: frozenset[tuple[int, int]]


NOTHING, PART, PAID, BACK = (0, 0), (2500, 0), (7500, 0), (7500, 7500)
CASES = {
    "pay": Case(a_hold, frozenset({NOTHING, PAID})),
    "capture": Case(a_hold, frozenset({NOTHING, PAID})),
    "parts": Case(a_hold, frozenset({NOTHING, PART, PAID})),
    "refund": Case(a_paid_one, frozenset({PAID, BACK})),
    "cancel": Case(a_paid_one, frozenset({PAID, BACK})),
    "fee": Case(a_missed_one, frozenset({NOTHING, (3000, 0)})),
}


@pytest.mark.parametrize("journey", CASES)
def test_c3_killed_at_every_step_and_put_right(
    organization: Organization, sandbox: Sandbox, crasher: Crasher, journey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, studio = CASES[journey], shop(organization, policy={"no_show_fee_cents": 3000})
    lived = crasher.run(journey, organization, case.prepare(studio, 0))
    assert not lived["failed"]
    assert lived["steps"] > 5
    prepared = [case.prepare(studio, number) for number in range(1, lived["steps"] + 1)]
    for number, ids in enumerate(prepared, start=1):
        assert crasher.run(journey, organization, ids, at=number)["killed"], number
    # As if the calls had long been over: whoever is gone asks for nothing any more.
    monkeypatch.setattr("payments.gateway.patience", timedelta)
    call_command("reconcile_payments", organization=organization.slug, verbosity=0)
    found = [money(organization, sandbox, ids["booking"]) for ids in prepared]
    assert set(found) <= case.ends
    assert len(set(found)) > 1, "no kill made a difference"
    call_command("check_ledger", organization=organization.slug, gateway=True, verbosity=0)


def money(organization: Organization, sandbox: Sandbox, booking_id: UUID) -> tuple[int, int]:
    """What the gateway has of a booking, which is what we have of it, by one charge for each attempt."""
    there = sandbox.money(booking=str(booking_id))
    assert all(one["charges"] <= 1 for one in there)
    captured, refunded = (sum(one[name] for one in there) for name in ("captured", "refunded"))
    with organization_scope(organization, SYSTEM):
        rows = PaymentIntent.objects.filter(booking=booking_id)
        assert sum(row.captured_cents for row in rows) == captured
        assert sum(row.refunded_cents for row in rows) == refunded
        assert not rows.filter(failure_code="outcome_unknown").exists()
        booking = Booking.objects.get(id=booking_id)
    if captured > refunded:
        assert booking.public_status in ("confirmed", "no_show"), "money without a booking"
    return captured, refunded
