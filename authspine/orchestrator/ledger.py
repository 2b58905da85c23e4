"""The journey that proves the ledger: what it holds against what happened, organization by organization.

Everything is read in batches, each in a scope of its own, so that an audit of a large business holds no lock and no
long transaction. With `mending` what is missing is written, as corrections.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any
from uuid import UUID

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import Actor
from authspine.kernel.money import Money, format_money
from authspine.kernel.tenancy import organization_scope
from payments import gateway
from payments.actions import ledger as ledger_actions
from payments.queries import audits
from payments.queries import ledger as ledger_queries
from payments.queries import statements as statement_queries
from payments.queries.ledger import Held, Wanted
from payments.queries.statements import Statement
from payments.rules.ledger import OF_PROFESSIONAL, Account

BATCH = 500


@dataclass
class Findings:
    """What an audit found: what each account holds, what differs, and how many corrections were written."""

    sums: list[tuple[str, str, int]] = field(default_factory=list)
    bookings: int = 0
    differences: list[str] = field(default_factory=list)
    corrected: int = 0


def statements(since: datetime, until: datetime, *, professionals: Sequence[UUID] = ()) -> list[Statement]:
    """What these professionals, or all, have earned in [since, until): 1. that they are here; 2. their statements.

    Runs inside a scope. Raises ProfessionalNotFound.
    """
    statement_queries.check_known(professionals)
    return statement_queries.statements(since, until, professionals=professionals)


def count(organization: Organization, actor: Actor) -> int:
    """How many bookings an audit looks at."""
    with organization_scope(organization, actor):
        return audits.bookings().count()


def check(
    organization: Organization,
    actor: Actor,
    *,
    mending: bool = False,
    progress: Callable[[int], Any] = lambda number: None,
) -> Findings:
    """Prove the ledger of an organization: 1. each booking, by what happened to its money; with `mending` corrected;
    2. each transaction balances; 3. each intent's counters, by its refunds; 4. the sums of the accounts. Called outside
    of any scope.
    """
    found = Findings()
    for some in batched(_ids(organization, actor), BATCH):
        _check_bookings(organization, actor, some, found, mending=mending)
        progress(len(some))
    with organization_scope(organization, actor):
        found.differences += _unbalanced()
        found.differences += _miscounted()
        found.sums = audits.sums()
    return found


def charged(organization: Organization, actor: Actor) -> list[Any]:
    """The payments of which the gateway must have something in its books."""
    with organization_scope(organization, actor):
        return audits.charged()


def _ids(organization: Organization, actor: Actor) -> Iterator[UUID]:
    after: UUID | None = None
    while True:
        with organization_scope(organization, actor):
            some = audits.bookings_after(after, BATCH)
        yield from some
        if len(some) < BATCH:
            return
        after = some[-1]


def _check_bookings(
    organization: Organization, actor: Actor, bookings: Sequence[UUID], found: Findings, *, mending: bool
) -> None:
    with organization_scope(organization, actor):
        if mending:
            ledger_queries.lock_bookings(bookings)
            found.corrected += len(ledger_actions.correct(bookings, now=clock.now()))
        held = ledger_queries.held(bookings)
        for wanted in ledger_queries.wanted(bookings).values():
            found.differences += _differences(wanted, held[wanted.booking])
    found.bookings += len(bookings)


def _differences(wanted: Wanted, held: Held) -> Iterator[str]:
    """By account, and by whose it is: what the ledger holds and what it must hold."""
    must = {
        (account, wanted.professional if account in OF_PROFESSIONAL else None): cents
        for account, cents in wanted.sums.items()
    }
    order = list(Account)
    for key in sorted(must.keys() | held.sums.keys(), key=lambda key: (order.index(key[0]), str(key[1]))):
        has, needs = held.sums.get(key, 0), must.get(key, 0)
        if has != needs:
            has_, needs_ = _shown(has, wanted.currency), _shown(needs, wanted.currency)
            whose = f" of {key[1]}" if key[1] else ""
            yield f"booking {wanted.booking}: {key[0]}{whose} holds {has_} and must hold {needs_}"


def _unbalanced() -> Iterator[str]:
    """The database refuses these: one that is found came past it."""
    for transaction in audits.unbalanced():
        yield f"transaction {transaction}: its entries do not add up to nothing, in one currency"


def _miscounted() -> Iterator[str]:
    for intent in audits.miscounted():
        counted = _shown(intent.refunded_cents, intent.currency)
        yield f"payment {intent.id}: its refunds are more than the {counted} that it counts"


def told_otherwise(intent: Any) -> Iterator[str]:
    """What the gateway's books say otherwise of one of `charged`; nothing where they are in another currency. Called
    outside of any scope.

    Raises GatewayUnavailable.
    """
    try:
        there = gateway.balance_of(intent.gateway_id, intent=intent.id)
    except gateway.OtherCurrency:
        return
    if there is None:
        yield f"payment {intent.id}: the provider has no record of {intent.gateway_id}"
        return
    fee = intent.fee_cents if intent.fee_is_known else 0
    cash = intent.captured_cents - intent.gone_back - intent.disputed_cents - fee
    for name, ours, theirs in (("cash", cash, there[0]), ("fee", fee, there[1])):
        if ours != theirs:
            here, other = _shown(ours, intent.currency), _shown(theirs, intent.currency)
            yield f"payment {intent.id}: the {name} is {here} here and {other} at the provider"


def _shown(cents: int, currency: str) -> str:
    return format_money(Money(cents, currency))
