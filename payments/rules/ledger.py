"""What the ledger must say of a booking, as a function of what happened to it: nothing depends on the order of things.

Debits are positive, credits negative. Before a booking has earned anything, money is a deposit that is owed back; what
is earned and not paid is owed by the client; what is given back of what was earned is a refund, of anything else a
deposit returned. The same holds for what a client's bank takes back, except that it is a dispute and no refund.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Account(StrEnum):
    """The accounts of the ledger. The first four are balances, the others profit and loss."""

    STRIPE = "cash_at_stripe"
    TILL = "cash_in_hand"
    RECEIVABLE = "client_receivable"
    DEPOSITS = "deposits_held"
    REVENUE = "revenue"
    REFUNDS = "refunds"
    FEES = "fees"
    DISPUTES = "disputes"


# These belong to whoever did the work, and say so.
OF_PROFESSIONAL = frozenset({Account.REVENUE, Account.REFUNDS})


class Kind(StrEnum):
    """What a transaction tells of."""

    PAYMENT = "payment"
    REFUND = "refund"
    EARNING = "earning"
    FEE = "fee"
    DISPUTE = "dispute"
    CORRECTION = "correction"


@dataclass(frozen=True, slots=True)
class Facts:
    """What happened to the money of one booking, in minor units of its currency.

    `returned_later`: so much of what was refunded was refunded after the booking had earned what it earned. `fees` are
    the gateway's own figures, none that are estimated.
    """

    earned: int = 0
    captured_at_stripe: int = 0
    captured_in_hand: int = 0
    refunded_at_stripe: int = 0
    refunded_in_hand: int = 0
    returned_later: int = 0
    disputed: int = 0
    fees: int = 0


type Sums = dict[Account, int]
type Part = tuple[Kind, Sums]

CASH = (Account.STRIPE, Account.TILL)


def earned(status: str, *, total: int, fee: int, captured: int, returned_before: int) -> int:
    """What a booking has earned by how it ended, in its public word.

    Who did not come has had the time: what was paid and not given back before stays with the business.
    """
    if status == "completed":
        return total
    if status == "no_show":
        return max(fee, captured - returned_before)
    return fee if status == "cancelled" else 0


def balances(facts: Facts) -> Sums:
    """What each account must hold of the booking. The sum is 0."""
    captured = facts.captured_at_stripe + facts.captured_in_hand
    refunded = facts.refunded_at_stripe + facts.refunded_in_hand
    surplus = max(0, captured - (refunded - facts.returned_later) - facts.earned)
    given_up = max(0, facts.returned_later - surplus)
    lost = max(0, facts.disputed - max(0, surplus - facts.returned_later))
    owed = facts.earned - (captured - refunded - facts.disputed + given_up + lost)
    return {
        Account.STRIPE: facts.captured_at_stripe - facts.refunded_at_stripe - facts.fees - facts.disputed,
        Account.TILL: facts.captured_in_hand - facts.refunded_in_hand,
        Account.RECEIVABLE: max(owed, 0),
        Account.DEPOSITS: min(owed, 0),
        Account.REVENUE: -facts.earned,
        Account.REFUNDS: given_up,
        Account.FEES: facts.fees,
        Account.DISPUTES: lost,
    }


def parts(held: Mapping[Account, int], wanted: Mapping[Account, int], *, disputed: int = 0) -> list[Part]:
    """What takes the ledger of a booking from what it holds to what it must hold: balanced, and for people to read.

    `disputed` is how much more the client's bank has taken back since. What is left of the cash is a payment where it
    grows and a refund where it shrinks. The client's account, deposits or receivable, is the other side of it all.
    """
    change = {account: wanted[account] - held.get(account, 0) for account in Account}
    fee, cash = change[Account.FEES], {account: change[account] for account in CASH}
    cash[Account.STRIPE] += fee + disputed
    paid = {account: cents for account, cents in cash.items() if cents > 0}
    back = {account: cents for account, cents in cash.items() if cents < 0}
    # A payment after a refund can make it a refund of what was paid too much: then there is less of the other kind.
    earning = {Account.REVENUE: change[Account.REVENUE]}
    (back or paid or earning)[Account.REFUNDS] = change[Account.REFUNDS]
    sides: list[Part] = [
        (Kind.PAYMENT, paid),
        (Kind.EARNING, earning),
        (Kind.REFUND, back),
        (Kind.DISPUTE, {Account.STRIPE: -disputed, Account.DISPUTES: change[Account.DISPUTES]}),
        (Kind.FEE, {Account.STRIPE: -fee, Account.FEES: fee}),
    ]
    return list(_with_the_client(held, wanted, sides))


def _with_the_client(held: Mapping[Account, int], wanted: Mapping[Account, int], sides: list[Part]) -> Iterable[Part]:
    """Each part with what it does to what the client owes or is owed."""
    now = _client(held)
    owed = sum(now.values())
    for kind, side in sides:
        owed -= sum(side.values())
        if any(side.values()):
            after = {Account.RECEIVABLE: max(owed, 0), Account.DEPOSITS: min(owed, 0)}
            yield kind, _filled(side | {account: after[account] - now[account] for account in after})
            now = after
    if now != (last := _client(wanted)):
        yield Kind.CORRECTION, _filled({account: last[account] - now[account] for account in last})


def _client(sums: Mapping[Account, int]) -> Sums:
    return {account: sums.get(account, 0) for account in (Account.RECEIVABLE, Account.DEPOSITS)}


def as_one(found: Iterable[Part]) -> list[Part]:
    """The parts as one correction: what was missing, brought in afterwards."""
    sums: Sums = {}
    for _, side in found:
        for account, cents in side.items():
            sums[account] = sums.get(account, 0) + cents
    sums = _filled(sums)
    return [(Kind.CORRECTION, sums)] if sums else []


def _filled(sums: Sums) -> Sums:
    return {account: cents for account, cents in sums.items() if cents}
