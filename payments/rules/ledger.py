"""What the ledger must say of a booking, as a function of what happened to it: nothing depends on the order of things.

Debits are positive, credits negative. Before a booking has earned anything, money is a deposit that is owed back; what
is earned and not paid is owed by the client; what is given back of what was earned is a refund, of anything else a
deposit returned.
"""

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


# These belong to whoever did the work.
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


def balances(facts: Facts) -> dict[Account, int]:
    """What each account must hold of the booking. The sum is 0."""
    captured = facts.captured_at_stripe + facts.captured_in_hand
    refunded = facts.refunded_at_stripe + facts.refunded_in_hand
    surplus = max(0, captured - (refunded - facts.returned_later) - facts.earned)
    given_up = max(0, facts.returned_later - surplus)
    owed = facts.earned - (captured - refunded + given_up)
    return {
        Account.STRIPE: facts.captured_at_stripe - facts.refunded_at_stripe - facts.fees - facts.disputed,
        Account.TILL: facts.captured_in_hand - facts.refunded_in_hand,
        Account.RECEIVABLE: max(owed, 0),
        Account.DEPOSITS: min(owed, 0),
        Account.REVENUE: -facts.earned,
        Account.REFUNDS: given_up,
        Account.FEES: facts.fees,
        Account.DISPUTES: facts.disputed,
    }
