"""The ledger's sums against an obvious reference and in whatever order things happen; its parts add up to the whole."""

from collections import Counter
from dataclasses import dataclass, fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.rules.ledger import Account, Facts, Kind, as_one, balances, earned, parts

CENTS = st.integers(min_value=0, max_value=10_000)


@st.composite
def facts(draw: st.DrawFn, most: int = 10_000) -> Facts:
    """Whatever can have happened: no more is given back than was captured, no more disputed than is left."""
    cents = st.integers(0, most)
    stripe, hand = draw(cents), draw(cents)
    back, given = draw(st.integers(0, stripe)), draw(st.integers(0, hand))
    return Facts(
        earned=draw(st.sampled_from([0, stripe, stripe + hand]) | cents),
        captured_at_stripe=stripe,
        captured_in_hand=hand,
        refunded_at_stripe=back,
        refunded_in_hand=given,
        returned_later=draw(st.integers(0, back + given)),
        disputed=draw(st.sampled_from([0, stripe - back])),
        fees=draw(cents),
    )


def told(**sums: int) -> dict[Account, int]:
    return dict.fromkeys(Account, 0) | {Account(name): cents for name, cents in sums.items()}


@pytest.mark.parametrize(
    ("happened", "expected"),
    [
        (Facts(), {}),
        (Facts(captured_at_stripe=75), {"cash_at_stripe": 75, "deposits_held": -75}),
        (Facts(captured_in_hand=75), {"cash_in_hand": 75, "deposits_held": -75}),
        (Facts(captured_at_stripe=75, fees=3), {"cash_at_stripe": 72, "deposits_held": -75, "fees": 3}),
        (Facts(captured_at_stripe=75, refunded_at_stripe=75), {}),
        (Facts(captured_at_stripe=75, refunded_at_stripe=75, fees=3), {"cash_at_stripe": -3, "fees": 3}),
        (Facts(earned=75), {"client_receivable": 75, "revenue": -75}),
        (Facts(earned=75, captured_at_stripe=75), {"cash_at_stripe": 75, "revenue": -75}),
        (
            Facts(earned=75, captured_at_stripe=20),
            {"cash_at_stripe": 20, "client_receivable": 55, "revenue": -75},
        ),
        (
            Facts(earned=75, captured_at_stripe=75, refunded_at_stripe=20, returned_later=20),
            {"cash_at_stripe": 55, "refunds": 20, "revenue": -75},
        ),
        (
            # Cancelled late: ten are kept, the rest goes back and was never revenue.
            Facts(earned=10, captured_at_stripe=75, refunded_at_stripe=65, returned_later=65),
            {"cash_at_stripe": 10, "revenue": -10},
        ),
        (
            Facts(earned=10, captured_at_stripe=75, refunded_at_stripe=70, returned_later=70),
            {"cash_at_stripe": 5, "refunds": 5, "revenue": -10},
        ),
        # What the bank takes back of a deposit is nobody's any more; of what was earned it is a loss.
        (Facts(captured_at_stripe=75, disputed=75), {}),
        (Facts(earned=75, captured_at_stripe=75, disputed=75), {"disputes": 75, "revenue": -75}),
        (
            Facts(earned=75, captured_at_stripe=75, disputed=75, fees=15),
            {"cash_at_stripe": -15, "disputes": 75, "fees": 15, "revenue": -75},
        ),
    ],
)
def test_by_cases(happened: Facts, expected: dict[str, int]) -> None:
    assert balances(happened) == told(**expected)


@pytest.mark.parametrize(
    ("status", "captured", "returned", "expected"),
    [
        ("held", 75, 0, 0),
        ("requested", 75, 0, 0),
        ("confirmed", 75, 0, 0),
        ("expired", 75, 0, 0),
        ("declined", 75, 0, 0),
        ("completed", 0, 0, 100),
        ("cancelled", 75, 0, 10),
        ("no_show", 0, 0, 10),
        ("no_show", 75, 0, 75),
        ("no_show", 75, 70, 10),
    ],
)
def test_what_is_earned(status: str, captured: int, returned: int, expected: int) -> None:
    assert earned(status, total=100, fee=10, captured=captured, returned_before=returned) == expected


@given(facts())
def test_the_sum_is_nothing_and_each_side_is_on_its_side(happened: Facts) -> None:
    found = balances(happened)
    assert sum(found.values()) == 0
    assert found[Account.RECEIVABLE] >= 0 >= found[Account.DEPOSITS]
    assert 0 in (found[Account.RECEIVABLE], found[Account.DEPOSITS])
    assert min(found[Account.REFUNDS], found[Account.DISPUTES], found[Account.FEES]) >= 0


def coin_by_coin(happened: Facts) -> dict[Account, int]:
    """The reference: each cent is moved by itself, first what was before the earning, then what came after."""
    found = Counter(told())

    def move(source: Account, target: Account, cents: int) -> None:
        found[source] -= cents
        found[target] += cents

    for account, cents in (
        (Account.STRIPE, happened.captured_at_stripe),
        (Account.TILL, happened.captured_in_hand),
    ):
        move(Account.DEPOSITS, account, cents)
    later = happened.returned_later
    back = [Account.STRIPE] * happened.refunded_at_stripe + [Account.TILL] * happened.refunded_in_hand
    for account in back[later:]:
        move(account, Account.DEPOSITS, 1)
    for _ in range(happened.earned):
        move(Account.REVENUE, Account.DEPOSITS if found[Account.DEPOSITS] < 0 else Account.RECEIVABLE, 1)
    for account in back[:later]:
        move(account, Account.DEPOSITS if found[Account.DEPOSITS] < 0 else Account.REFUNDS, 1)
    for _ in range(happened.disputed):
        move(Account.STRIPE, Account.DEPOSITS if found[Account.DEPOSITS] < 0 else Account.DISPUTES, 1)
    move(Account.STRIPE, Account.FEES, happened.fees)
    return dict(found)


@given(facts(most=100))
def test_cent_by_cent_it_is_the_same(happened: Facts) -> None:
    assert balances(happened) == coin_by_coin(happened)


@dataclass(frozen=True)
class Step:
    """Something that happens: this fact grows by so much."""

    fact: str
    cents: int


def happen(steps: list[Step]) -> list[Facts]:
    """What has happened after each step."""
    found, now = [], Facts()
    for step in steps:
        now = replace(now, **{step.fact: getattr(now, step.fact) + step.cents})
        found.append(now)
    return found


STEPS = st.lists(st.builds(Step, st.sampled_from([one.name for one in fields(Facts)]), CENTS), max_size=8)


def write(ledger: Counter[Account], happened: Facts, disputed: int = 0) -> list[Kind]:
    found = parts(ledger, balances(happened), disputed=happened.disputed - disputed)
    for _, side in found:
        assert sum(side.values()) == 0
        assert len(side) >= 2
        assert all(side.values())
        ledger.update(side)
    return [kind for kind, _ in found]


@given(STEPS, st.randoms())
def test_in_any_order_the_ledger_ends_the_same(steps: list[Step], chance: object) -> None:
    """Also where what happens in between makes no sense: nobody knows in which order news comes."""
    ends = []
    for _ in range(2):
        ledger: Counter[Account] = Counter()
        disputed = 0
        for happened in happen(steps):
            write(ledger, happened, disputed)
            assert {account: ledger[account] for account in Account} == balances(happened)
            assert write(ledger, happened, happened.disputed) == []
            disputed = happened.disputed
        ends.append({account: cents for account, cents in ledger.items() if cents})
        chance.shuffle(steps)  # type: ignore[attr-defined]
    assert ends[0] == ends[1]


@given(st.dictionaries(st.sampled_from(Account), st.integers(-9, 9)), facts())
def test_whatever_it_holds_it_ends_as_it_must(held: dict[Account, int], happened: Facts) -> None:
    off = -sum(cents for account, cents in held.items() if account != Account.STRIPE)
    ledger = Counter(held | {Account.STRIPE: off})
    write(ledger, happened)
    assert {account: ledger[account] for account in Account} == balances(happened)


@given(facts())
def test_as_one_it_is_one_correction(happened: Facts) -> None:
    found = as_one(parts({}, balances(happened), disputed=happened.disputed))
    expected = {account: cents for account, cents in balances(happened).items() if cents}
    assert found == ([(Kind.CORRECTION, expected)] if expected else [])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (Facts(), Facts(captured_at_stripe=75), [Kind.PAYMENT]),
        (Facts(captured_at_stripe=75), Facts(captured_at_stripe=75, fees=3), [Kind.FEE]),
        (Facts(captured_at_stripe=75), Facts(captured_at_stripe=75, earned=75), [Kind.EARNING]),
        (Facts(captured_at_stripe=75), Facts(captured_at_stripe=75, refunded_at_stripe=5), [Kind.REFUND]),
        (Facts(captured_at_stripe=75), Facts(captured_at_stripe=75, disputed=75), [Kind.DISPUTE]),
        (Facts(), Facts(captured_at_stripe=75, fees=3), [Kind.PAYMENT, Kind.FEE]),
        (
            Facts(captured_at_stripe=75, earned=75),
            Facts(captured_at_stripe=75, earned=75, refunded_at_stripe=5, returned_later=5, captured_in_hand=5),
            [Kind.PAYMENT, Kind.REFUND],
        ),
        (
            Facts(captured_at_stripe=75, disputed=75),
            Facts(captured_at_stripe=75, disputed=75, earned=75),
            [Kind.EARNING, Kind.DISPUTE],
        ),
    ],
)
def test_what_happened_is_called_by_its_name(before: Facts, after: Facts, expected: list[Kind]) -> None:
    ledger: Counter[Account] = Counter()
    write(ledger, before)
    assert write(ledger, after, before.disputed) == expected
