"""The journey that compares: what the gateway says, and what a crash or missed webhooks have left behind here.

It looks, and repeats nothing blindly: what became of an attempt is read from the gateway's own record of it. Everything
that it does is safe to do twice, and beside webhooks and callers.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from uuid import UUID

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel import clock, tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import sweep
from authspine.orchestrator.payments import repairing
from authspine.orchestrator.payments.receiving import process_event
from payments import gateway, rules
from payments import queries as payment_queries
from payments.actions import inbox
from payments.errors import GatewayUnavailable, NotThere
from payments.gateway import Seen
from payments.models import Alert

logger = logging.getLogger(__name__)

BATCH = 100


@dataclass
class Report:
    """How much of what was repaired, what could not be, and what a human must look at, by organization."""

    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    alerts: dict[str, list[Alert]] = field(default_factory=dict)
    waiting: int = 0

    @property
    def is_clean(self) -> bool:
        return not (self.failed or self.alerts or self.waiting)


@dataclass(frozen=True)
class Run:
    """One comparison. `tick` is called for everything that is looked at; `stop` is asked before each."""

    since: datetime
    report: Report = field(default_factory=Report)
    tick: Callable[[], object] = lambda: None
    stop: Callable[[], bool] = lambda: False

    @contextmanager
    def one(self, slug: str, what: str) -> Iterator[None]:
        """Around one thing: that it fails stops no other, unless database or gateway are away altogether."""
        self.tick()
        try:
            yield
        except Exception as error:
            if sweep.is_away(error):
                raise
            if isinstance(error, GatewayUnavailable) and not isinstance(error, NotThere):
                check_answers()
            sweep.tell(slug, error)
            self.report.failed.append(f"{slug}: {what}")


def check_answers() -> None:
    """Raises GatewayUnavailable when it is not one payment that the gateway does not tell of, but all of them."""
    next(gateway.events_since(clock.now()), None)


def reconcile(
    since: datetime,
    *,
    organization: Organization | None = None,
    tick: Callable[[], object] = lambda: None,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """Compare with the gateway: 1. events that never came; 2. its payments; 3. in each organization what is open.

    With `organization` the last step in that one alone; events are everybody's until they are looked at. Raises
    GatewayUnavailable when the gateway is away: what was repaired stays so, the rest is found by the next run.
    """
    tenancy.refuse_inside()
    run = Run(since, tick=tick, stop=stop)
    catch_up(run)
    there = payments_there(since)
    for one in [organization] if organization else identity_queries.open_organizations():
        if stop():
            break
        with run.one(one.slug, "the comparison"):
            in_organization(run, one, there.get(one.id, []))
    run.report.waiting = payment_queries.waiting_events(clock.now() - gateway.patience()).count()
    return run.report


def catch_up(run: Run) -> None:
    """Keep what never came, and work on all that waits, in the order in which it happened."""
    for told in batched(gateway.events_since(run.since), BATCH):
        run.report.done["events that had not come"] += inbox.keep(told, now=clock.now())
    for event in list(payment_queries.waiting_events()):
        if run.stop():
            return
        with run.one("inbox", event.event_id):
            process_event(event.id)
            run.report.done["events worked on"] += 1


def payments_there(since: datetime) -> dict[UUID, list[Seen]]:
    """The gateway's payments by the organization that they name."""
    found: dict[UUID, list[Seen]] = {}
    for seen in gateway.intents_since(since):
        owner = rules.owner_of({"organization": seen.organization, "intent": seen.intent})
        if owner:
            found.setdefault(owner[0], []).append(seen)
    return found


def in_organization(run: Run, organization: Organization, there: list[Seen]) -> None:
    """Every step by itself, and within it every payment."""
    for step in repairing.STEPS:
        for what, repair in step(organization, there, run.since):
            with run.one(organization.slug, what):
                if done := repair():
                    run.report.done[done] += 1
    with organization_scope(organization, SYSTEM):
        if open_ones := list(payment_queries.open_alerts()):
            run.report.alerts[organization.slug] = open_ones
