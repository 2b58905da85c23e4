"""What an import takes of money, and the clean ledger that it leaves: as the file has it, corrected where it lacks."""

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from authspine.identity.models import Organization
from tests.fixtures import new_organization
from tests.journeys.documents import (
    MAKE_MONEY,
    USD,
    booking,
    bring_in,
    client,
    document,
    original,
    payment,
    refusals,
    taken_out,
    transaction,
)
from tests.journeys.test_import_rules import JSON, check_refused_alone
from tests.payments.books import sums, written

ENTRY: dict[str, Any] = {"id": "n1", "account": "fees", "amount_cents": 5}
OTHER = ENTRY | {"id": "n2", "amount_cents": -5}
EURO = {"amount_cents": 500, "currency": "EUR"}

# What is wrong with the second record of a kind, and the code that it is refused with.
FLAWS: list[tuple[str, dict[str, Any], str]] = [
    ("customers", {"client": "nobody"}, "not_found"),
    ("customers", {"client": "c1"}, "conflict"),
    ("method_setups", {"type": "shells"}, "validation_error"),
    ("method_setups", {"client": "nobody"}, "not_found"),
    ("disputes", {"amount": EURO}, "validation_error"),
    ("disputes", {"intent": "nothing"}, "not_found"),
    ("disputes", {"gateway_id": "dp_d1"}, "conflict"),
    ("alerts", {"kind": " "}, "validation_error"),
    ("alerts", {"intent": "nothing"}, "not_found"),
    ("alerts", {"subject": "pi_a1"}, "conflict"),
    ("ledger", {"booking": "nothing"}, "not_found"),
    ("ledger", {"kind": "gift"}, "validation_error"),
    ("ledger", {"currency": "EUR"}, "validation_error"),
    ("ledger", {"entries": []}, "validation_error"),
    ("ledger", {"entries": [ENTRY]}, "validation_error"),
    ("ledger", {"entries": [ENTRY, OTHER | {"amount_cents": -4}]}, "validation_error"),
    ("ledger", {"entries": [ENTRY, OTHER | {"account": "pocket"}]}, "validation_error"),
    ("ledger", {"entries": [ENTRY, OTHER, ENTRY | {"id": "n3", "amount_cents": 0}]}, "validation_error"),
    ("ledger", {"entries": [ENTRY | {"professional": "nobody"}, OTHER]}, "validation_error"),
    ("ledger", {"entries": [ENTRY | {"amount_cents": 2**70}, OTHER | {"amount_cents": -(2**70)}]}, "validation_error"),
]


@pytest.mark.parametrize(("kind", "flaw", "code"), FLAWS)
def test_a_wrong_record_is_refused_alone(
    organization: Organization, kind: str, flaw: dict[str, Any], code: str
) -> None:
    make = MAKE_MONEY[kind]
    own = ({"client": "x"}, {"client": "y"}) if kind == "customers" else ({}, {})
    records = [make(), make("x") | own[0] | flaw, make("y") | own[1]]
    found = document(clients=[client(), client("x"), client("y")], **{kind: records})
    report = bring_in(organization, found)
    assert refusals(report) == [(kind, "x", code)]
    assert report["imported"][kind] == 2
    again = bring_in(organization, found)
    assert again["refused"] == report["refused"]
    assert sum(again["imported"].values()) == 0


@pytest.mark.parametrize(
    ("kind", "flaw"),
    [
        ("payments", {"purpose": "fun"}),
        ("payments", {"capture": "never"}),
        ("payments", {"amount_disputed": {"amount_cents": 7501, **USD}}),
        ("payments", {"amount_disputed": EURO}),
        ("bookings", {"fee": EURO}),
        ("bookings", {"fee": {"amount_cents": 1, **USD}}),
        ("bookings", {"fee": {"amount_cents": 7501, **USD}, "status": "cancelled"}),
        ("refunds", {"cause": "fun"}),
    ],
)
def test_a_wrong_record_of_the_others_is_refused_alone(
    organization: Organization, kind: str, flaw: dict[str, Any]
) -> None:
    check_refused_alone(organization, kind, flaw, "validation_error")


_shared: list[Organization] = []


@given(data=st.data(), kind=st.sampled_from(list(MAKE_MONEY)))
@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_record_breaks_an_import(data: Any, kind: str) -> None:
    """Also what the database would refuse when the import commits."""
    if not _shared:
        _shared.append(new_organization())
    right = MAKE_MONEY[kind](str(uuid.uuid4()))
    record = right | {data.draw(st.sampled_from([*right, "professional", "at"])): data.draw(JSON)}
    report = bring_in(_shared[0], document(**{kind: [record]}))
    refused = [refusal for refusal in report["refused"] if refusal["kind"] == kind]
    assert report["imported"][kind] + report["unchanged"][kind] + len(refused) == 1
    assert {refusal["code"] for refusal in refused} <= {"validation_error", "not_found", "conflict"}


def test_what_the_file_has_of_the_ledger_comes_in_as_it_is(organization: Organization) -> None:
    bring_in(organization, document(ledger=[transaction()]))
    assert written(organization) == [("payment", {"cash_in_hand": 7000, "deposits_held": -7000})]


def test_what_it_lacks_is_a_correction(organization: Organization) -> None:
    bring_in(organization, document(bookings=[booking(status="completed")]))
    # The refund tells no time, so it counts as made when it came in, after the booking had earned its price.
    assert written(organization) == [("correction", {"cash_in_hand": 7000, "refunds": 500, "revenue": -7500})]


def test_what_it_says_wrong_is_corrected(organization: Organization) -> None:
    wrong: list[dict[str, Any]] = [
        {"id": "n1", "account": "cash_at_stripe", "amount_cents": 9000},
        {"id": "n2", "account": "revenue", "amount_cents": -9000, "professional": "p1"},
    ]
    bring_in(organization, document(ledger=[transaction(entries=wrong)]))
    assert sums(organization) == {"cash_in_hand": 7000, "deposits_held": -7000}
    assert [kind for kind, _ in written(organization)] == ["payment", "correction"]


def test_what_comes_later_for_a_booking_that_is_here_is_written(organization: Organization) -> None:
    first = document(payments=[], refunds=[])
    bring_in(organization, first)
    assert sums(organization) == {}
    bring_in(organization, document(payments=[payment(amount_refunded={"amount_cents": 500, **USD})]))
    assert sums(organization) == {"cash_in_hand": 7000, "deposits_held": -7000}
    before = taken_out(organization)
    bring_in(organization, document())
    assert taken_out(organization) == before


def test_the_originals_bookings_have_a_ledger(organization: Organization) -> None:
    bring_in(organization, original())
    found = sums(organization)
    assert set(found) == {"client_receivable", "revenue"}
    assert {kind for kind, _ in written(organization)} == {"correction"}
