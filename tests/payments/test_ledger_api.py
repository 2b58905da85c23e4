"""The ledger and the statements over HTTP: who sees what, which filters, and a CSV that no spreadsheet runs."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, professionals
from bookings.models import Booking
from payments.actions import ledger as ledger_actions
from payments.models import LedgerEntry, LedgerTransaction, PaymentIntent
from tests.api.test_statements import explained, statements
from tests.fixtures import new_organization
from tests.payments.paying import STAFF, book, paid, refund
from tests.rest import Api, caller, content, refused
from tests.studio import Studio

YEAR = {"from": "2026-01-01T00:00:00Z", "to": "2027-01-01T00:00:00Z"}


def completed(studio: Studio, hour: int = 10, cents_back: int = 0) -> Booking:
    booking = book(studio, hour=hour)
    intent = paid(studio, booking, "cash")
    with organization_scope(studio.organization, STAFF):
        bookings.complete(booking.id)
    if cents_back:
        refund(studio, intent, cents_back)
    return booking


def span(days_back: int = 1, days_ahead: int = 1) -> dict[str, str]:
    now = clock.now()
    return {
        "from": (now - timedelta(days=days_back)).isoformat(),
        "to": (now + timedelta(days=days_ahead)).isoformat(),
    }


def usd(cents: int) -> dict[str, Any]:
    return {"amount_cents": cents, "currency": "USD"}


def test_it_works(studio: Studio, api_client: Api) -> None:
    booking = completed(studio)
    answer = api_client.get("/payments/ledger")
    assert answer.status_code == 200
    earning, payment = answer.json()["results"]
    assert list(earning) == [
        *("id", "external_id", "created_at", "updated_at", "booking", "kind", "currency", "at", "entries")
    ]
    assert (earning["kind"], payment["kind"], earning["booking"]) == ("earning", "payment", str(booking.id))
    assert sorted(earning["entries"], key=lambda entry: str(entry["account"])) == [
        {"account": "deposits_held", "professional": None, "amount": usd(7500)},
        {"account": "revenue", "professional": str(studio.professional.id), "amount": usd(-7500)},
    ]


def kinds(api: Api, **asked: Any) -> list[str]:
    answer = api.get("/payments/ledger", **asked)
    assert answer.status_code == 200, answer.json()
    return sorted(found["kind"] for found in answer.json()["results"])


def test_it_is_filtered(studio: Studio, api_client: Api) -> None:
    booking, _ = completed(studio, 10, 500), completed(studio, 12)
    professional = str(studio.professional.id)
    assert kinds(api_client) == ["earning", "earning", "payment", "payment", "refund"]
    assert kinds(api_client, booking=str(booking.id)) == ["earning", "payment", "refund"]
    assert kinds(api_client, kind="refund") == ["refund"]
    assert kinds(api_client, account="deposits_held") == ["earning", "earning", "payment", "payment"]
    assert kinds(api_client, professional=professional) == ["earning", "earning", "refund"]
    assert kinds(api_client, professional=professional, account="refunds") == ["refund"]
    assert len(kinds(api_client, **span())) == 5
    assert kinds(api_client, to=span()["from"]) == kinds(api_client, **{"from": span()["to"]}) == []


@pytest.mark.parametrize(
    ("path", "asked", "field"),
    [
        ("ledger", {"account": "pocket"}, "account"),
        ("ledger", {"kind": "gift"}, "kind"),
        ("ledger", {"booking": "mine"}, "booking"),
        ("ledger", {"from": "yesterday"}, "from"),
        ("ledger", {"since": "x"}, "since"),
        ("statements", {}, "from"),
        ("statements", {"from": YEAR["from"]}, "to"),
        ("statements", {"from": YEAR["from"], "to": YEAR["from"]}, "to"),
        ("statements", YEAR | {"format": "xml"}, "format"),
        ("statements", YEAR | {"professional": "x"}, "professional"),
    ],
)
def test_what_is_asked_wrongly_is_refused(api_client: Api, path: str, asked: dict[str, str], field: str) -> None:
    answer = api_client.get(f"/payments/{path}", **asked)
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"].partition(".")[0] == field


@pytest.mark.parametrize("path", ["/payments/ledger", "/payments/statements"])
def test_readers_read_and_nobody_writes(organization: Organization, path: str) -> None:
    reader, asked = caller(organization, "read"), span() if "statements" in path else {}
    assert reader.get(path, **asked).status_code == 200
    assert Api().get(path, **asked).status_code == 401
    writer = caller(organization, "admin")
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        refused(writer.send(method, path, {}), 405, "method_not_allowed")


def told(api: Api, **asked: Any) -> list[dict[str, Any]]:
    answer = api.get("/payments/statements", **asked)
    assert answer.status_code == 200, answer.json()
    found: list[dict[str, Any]] = answer.json()["statements"]
    return found


def test_a_statement(studio: Studio, api_client: Api) -> None:
    before = book(studio, hour=9)
    with (
        time_machine.travel(clock.now() - timedelta(days=40), tick=False),
        organization_scope(studio.organization, STAFF),
    ):
        bookings.complete(before.id)
    completed(studio, 10, 500)
    completed(studio, 12)
    assert told(api_client, **span()) == [
        {
            "professional": str(studio.professional.id),
            "name": "Pro",
            "opening": usd(7500),
            "earned": usd(15000),
            "refunded": usd(500),
            "closing": usd(22000),
            "fees": usd(0),
            "bookings": 2,
        }
    ]
    [earlier] = told(api_client, **span(50, -20))
    assert (earlier["opening"], earlier["closing"], earlier["bookings"]) == (usd(0), usd(7500), 1)
    assert told(api_client, **span(90, -60)) == []


def test_fees_count_for_who_gave_the_booking(studio: Studio, api_client: Api) -> None:
    booking = completed(studio)
    with organization_scope(studio.organization, STAFF):
        some: dict[str, Any] = {"method": "card", "status": "succeeded", "amount_cents": 100, "currency": "USD"}
        known: dict[str, Any] = {"captured_cents": 100, "fee_cents": 33, "fee_is_known": True}
        PaymentIntent.objects.create(booking_id=booking.id, **some, **known)
        ledger_actions.post(booking.id, now=clock.now())
    [found] = told(api_client, **span())
    assert found["fees"] == usd(33)


def test_statements_are_of_those_who_are_asked_for(studio: Studio, api_client: Api) -> None:
    completed(studio)
    with organization_scope(studio.organization, STAFF):
        other = professionals.onboard(email="o@example.com", name="Other", vertical="consulting", timezone="UTC")
    mine, theirs = str(studio.professional.id), str(other.id)
    assert [found["professional"] for found in told(api_client, professional=[mine, theirs], **span())] == [mine]
    assert told(api_client, professional=theirs, **span()) == []
    stranger = caller(new_organization(), "admin")
    refused(stranger.get("/payments/statements", professional=mine, **span()), 404, "not_found", "professional")


def test_who_has_left_has_earned_all_the_same(studio: Studio, api_client: Api) -> None:
    completed(studio)
    with organization_scope(studio.organization, STAFF):
        professionals.delete(studio.professional.id)
    assert len(told(api_client, professional=str(studio.professional.id), **span())) == 1


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\uff1d1", 'He said "hi", twice'])
def test_the_table_runs_nothing(studio: Studio, api_client: Api, name: str) -> None:
    """D12: a cell that a spreadsheet could run gets an apostrophe in front."""
    completed(studio, 10, 500)
    with organization_scope(studio.organization, STAFF):
        professionals.update(studio.professional.id, name=name)
    answer = api_client.get("/payments/statements", format="csv", **span())
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="statements.csv"'
    [row] = csv.DictReader(io.StringIO(content(answer).decode(), newline=""))
    assert row["name"] == (name if name.startswith("He") else f"'{name}")
    amounts = {"opening": "0.00", "earned": "75.00", "refunded": "5.00", "closing": "70.00", "fees": "0.00"}
    assert {column: row[column] for column in amounts} == amounts
    assert (row["currency"], row["bookings"]) == ("USD", "1")


def test_the_list_walks_its_index(organization: Organization, studio: Studio, api_client: Api) -> None:
    completed(studio)
    asked = statements(lambda: api_client.get("/payments/ledger", limit="1"))
    [sql] = [sql for sql in asked if '"created_at" DESC' in sql and "LIMIT" in sql]
    plan = explained(organization, sql)
    assert "ledgertransaction_list" in plan or "_tenant_key" in plan, plan
    assert "Sort" not in plan, plan


@pytest.mark.parametrize("path", ["/payments/ledger", "/payments/statements"])
def test_it_costs_the_same_for_few_and_many(studio: Studio, api_client: Api, path: str) -> None:
    asked = span() if "statements" in path else {}
    completed(studio, 9)
    api_client.get(path, **asked)
    few = statements(lambda: api_client.get(path, **asked))
    for hour in (10, 11, 12, 13):
        completed(studio, hour, 100)
    assert len(statements(lambda: api_client.get(path, **asked))) == len(few) <= 8


def test_sums_have_no_bound(studio: Studio, api_client: Api) -> None:
    """What a year earns may be more than any price."""
    booking, much = book(studio), 10**12
    with organization_scope(studio.organization, STAFF):
        row = LedgerTransaction.objects.create(booking_id=booking.id, kind="earning", currency="USD", at=clock.now())
        for account, cents, whose in (("revenue", -much, studio.professional), ("client_receivable", much, None)):
            some: dict[str, Any] = {"account": account, "amount_cents": cents, "professional": whose}
            LedgerEntry.objects.create(transaction=row, currency="USD", **some)
    [found] = told(api_client, **span())
    assert found["earned"] == usd(much)
