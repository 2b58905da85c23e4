"""What an import takes and what it refuses, record by record."""

import uuid
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.models import AnalyticsEvent
from authspine.identity.models import Organization, User
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from authspine.orchestrator.importing import importer
from bookings.models import Booking, Occupancy, Session
from clients.models import Client
from professionals.models import Professional, Vertical
from tests.factories import hour
from tests.fixtures import new_organization
from tests.journeys.documents import (
    MAKE,
    USD,
    at,
    booking,
    bring_in,
    client,
    copy,
    document,
    event,
    payment,
    professional,
    refusals,
    service,
)

DAY = {"weekday": 0, "start": "09:00", "end": "17:00"}
EURO = {"amount_cents": 500, "currency": "EUR"}

# What is wrong with the second record of a kind, and the code that it is refused with.
FLAWS: list[tuple[str, dict[str, Any], str]] = [
    ("clients", {"email": "C1@example.com "}, "email_exists"),
    ("clients", {"email": "no-address"}, "validation_error"),
    ("clients", {"email": None}, "validation_error"),
    ("clients", {"name": "  "}, "validation_error"),
    ("clients", {"name": 17}, "validation_error"),
    ("clients", {"name": "x" * 201}, "validation_error"),
    ("clients", {"preferences": []}, "validation_error"),
    ("clients", {"nmae": "misspelt"}, "validation_error"),
    ("clients", {"created_at": "2026-09-01"}, "validation_error"),
    ("clients", {"external_id": "c1"}, "conflict"),
    ("clients", {"id": 17}, "validation_error"),
    ("clients", {"id": ""}, "validation_error"),
    ("clients", {"id": "c1", "email": "other@example.com"}, "validation_error"),
    ("clients", {"payment_methods": [{"id": "m", "type": "shells", "provider": "x"}]}, "validation_error"),
    ("professionals", {"vertical": "astrology"}, "validation_error"),
    ("professionals", {"email": "P1@EXAMPLE.com"}, "email_exists"),
    ("professionals", {"timezone": "Mars/Olympus"}, "validation_error"),
    ("professionals", {"working_hours": {"weekly": [DAY | {"weekday": 7}]}}, "validation_error"),
    ("professionals", {"working_hours": {"weekly": [DAY | {"end": "25:00"}]}}, "validation_error"),
    ("professionals", {"working_hours": {"weekly": [], "overrides": [{"date": "2026-02-30"}]}}, "validation_error"),
    ("professionals", {"time_off": [{"id": "t", "starts_at": at(2), "ends_at": at(1)}]}, "validation_error"),
    ("services", {"professional": "nobody"}, "not_found"),
    ("services", {"price": {"amount_cents": -1, **USD}}, "validation_error"),
    ("services", {"price": {"amount_cents": 1.5, **USD}}, "validation_error"),
    ("services", {"price": {"amount_cents": 100, "currency": "XXX"}}, "validation_error"),
    ("services", {"duration_minutes": 0}, "validation_error"),
    ("services", {"duration_minutes": "60"}, "validation_error"),
    ("services", {"duration_minutes": True}, "validation_error"),
    ("services", {"deposit": {"amount_cents": 9999, **USD}}, "validation_error"),
    ("services", {"deposit": EURO}, "validation_error"),
    ("services", {"location_type": "moon"}, "validation_error"),
    ("bookings", {"client": "nobody"}, "not_found"),
    ("bookings", {"service": "nothing"}, "not_found"),
    ("bookings", {"professional": "p0"}, "not_found"),
    ("bookings", {"professional": "p2"}, "validation_error"),
    ("bookings", {"vertical": "astrology"}, "validation_error"),
    ("bookings", {"starts_at": at(9, 30), "ends_at": at(10, 30)}, "slot_taken"),
    ("bookings", {"starts_at": at(9), "ends_at": at(10)}, "slot_taken"),
    ("bookings", {"starts_at": at(12), "ends_at": at(11)}, "validation_error"),
    ("bookings", {"starts_at": at(11), "ends_at": at(11)}, "validation_error"),
    ("bookings", {"starts_at": at(11), "ends_at": at(11 + 73)}, "validation_error"),
    ("bookings", {"starts_at": "next tuesday"}, "validation_error"),
    ("bookings", {"starts_at": "2026-09-01T11:00:00"}, "validation_error"),
    ("bookings", {"status": "pending"}, "validation_error"),
    ("bookings", {"deposit": EURO}, "validation_error"),
    ("bookings", {"closed_at": at(11)}, "validation_error"),
    ("bookings", {"cancellation_reason": "Ill"}, "validation_error"),
    ("bookings", {"policy": {"hold_minutes": "15"}}, "validation_error"),
    ("bookings", {"occupied": {"starts_at": at(12), "ends_at": at(13)}}, "validation_error"),
    ("payments", {"booking": "nothing"}, "not_found"),
    ("payments", {"method": "shells"}, "validation_error"),
    ("payments", {"amount": {"amount_cents": 0, **USD}}, "validation_error"),
    ("payments", {"amount": EURO, "amount_captured": EURO}, "validation_error"),
    ("payments", {"amount_captured": {"amount_cents": 7501, **USD}}, "validation_error"),
    ("payments", {"amount_refunded": {"amount_cents": 7501, **USD}}, "validation_error"),
    ("payments", {"status": "failed"}, "validation_error"),
    ("payments", {"gateway_id": "pi_taken"}, "conflict"),
    ("payments", {"status": "pending", "amount_captured": None}, "payment_in_progress"),
    ("refunds", {"intent": "nothing"}, "not_found"),
    ("refunds", {"amount": EURO}, "validation_error"),
    ("refunds", {"amount": {"amount_cents": 1, **USD}}, "validation_error"),
    ("events", {"type": "Shouting"}, "validation_error"),
    ("events", {"timestamp": None}, "validation_error"),
    ("events", {"user": "nobody"}, "not_found"),
    ("events", {"data": [1]}, "validation_error"),
]


def with_second(kind: str, flaw: dict[str, Any]) -> dict[str, Any]:
    """A right document with a third record after one of a kind that is right and one that is not."""
    found = document(
        professionals=[professional(), professional("p2")],
        services=[service()],
        payments=[
            payment(amount_refunded={"amount_cents": 500, **USD}),
            payment("live", status="pending", amount_captured=None, gateway_id="pi_taken"),
        ],
    )
    second = MAKE[kind]("x")
    if kind == "bookings":
        second |= {"starts_at": at(11), "ends_at": at(12)}
    if kind == "refunds":
        second |= {"status": "failed"} if "intent" in flaw else {}
    found[kind].append(second | flaw)
    third = MAKE[kind]("y")
    if kind == "bookings":
        third |= {"starts_at": at(13), "ends_at": at(14)}
    if kind == "refunds":
        third |= {"status": "failed"}
    found[kind].append(third)
    return found


@pytest.mark.parametrize(("kind", "flaw", "code"), FLAWS)
def test_a_wrong_record_is_refused_alone(
    organization: Organization, kind: str, flaw: dict[str, Any], code: str
) -> None:
    check_refused_alone(organization, kind, flaw, code)


def check_refused_alone(organization: Organization, kind: str, flaw: dict[str, Any], code: str) -> None:
    found = with_second(kind, flaw)
    report = bring_in(organization, found)
    id = flaw.get("id", "x")
    assert refusals(report) == [(kind, id if isinstance(id, str) and id else None, code)]
    assert report["refused"][0]["detail"]
    assert report["imported"] == {kind: len(found[kind]) - (kind == report["refused"][0]["kind"]) for kind in MAKE}
    again = bring_in(organization, found)
    assert again["refused"] == report["refused"]
    assert sum(again["imported"].values()) == 0


def test_what_refers_to_a_refused_record_is_refused(organization: Organization) -> None:
    wrong = client(email="no-address")
    report = bring_in(
        organization,
        document(
            clients=[wrong, client("c2")], events=[event(user="c1"), event("e2", data={"bookingId": "b1"}), event("e3")]
        ),
    )
    assert refusals(report) == [
        ("clients", "c1", "validation_error"),
        ("bookings", "b1", "not_found"),
        ("payments", "i1", "not_found"),
        ("refunds", "r1", "not_found"),
        ("events", "e1", "not_found"),
        ("events", "e2", "not_found"),
    ]


@pytest.mark.parametrize("record", [None, 1, "text", [], {}])
def test_what_is_no_record_is_refused(organization: Organization, record: Any) -> None:
    report = bring_in(organization, document(events=[record, event()]))
    assert refusals(report) == [("events", None, "validation_error")]
    assert report["imported"]["events"] == 1


def test_the_first_on_a_slot_wins(organization: Organization) -> None:
    found = document(
        bookings=[
            booking("cancelled", 9, status="cancelled"),
            booking("lapsed", 9, status="held"),
            booking("first", 9),
            booking("second", 9),
            booking("touching", 10),
            booking("after", 9, status="cancelled"),
        ],
        payments=[],
        refunds=[],
    )
    report = bring_in(organization, found)
    assert refusals(report) == [("bookings", "second", "slot_taken")]
    with organization_scope(organization, SYSTEM):
        assert Occupancy.objects.filter(active=True).count() == 2


def test_a_hold_is_over_after_the_verticals_minutes(organization: Organization) -> None:
    soon, late = hour(10), hour(12)
    fresh: dict[str, Any] = {"created_at": clock.now().isoformat(), "status": "held"}
    found = document(
        bookings=[
            booking("live", starts_at=soon.isoformat(), ends_at=late.isoformat(), **fresh),
            booking("over", status="held"),
            booking("told", 12, status="held", hold_expires_at=at(1)),
        ],
        payments=[],
        refunds=[],
    )
    assert bring_in(organization, found)["refused"] == []
    with organization_scope(organization, SYSTEM):
        live, over, told = (Booking.objects.get(external_id=id) for id in ("live", "over", "told"))
        assert (live.public_status, live.closed_at) == ("held", None)
        assert live.hold_expires_at
        assert live.hold_expires_at > clock.now()
        assert (over.public_status, over.closed_at) == ("expired", datetime.fromisoformat(at(0, 15)))
        assert (told.public_status, told.closed_at) == ("expired", datetime.fromisoformat(at(1)))
        assert Occupancy.objects.count() == 1


def test_a_group_shares_its_session_until_it_is_full(organization: Organization) -> None:
    found = document(
        services=[service(capacity=2), service("other")],
        clients=[client(f"c{n}") for n in range(1, 5)],
        bookings=[
            booking("one", client="c1"),
            booking("two", client="c2"),
            booking("full", client="c3"),
            booking("left", client="c4", status="cancelled"),
            booking("overlap", service="other"),
        ],
        payments=[],
        refunds=[],
    )
    report = bring_in(organization, found)
    assert refusals(report) == [("bookings", "full", "slot_taken"), ("bookings", "overlap", "slot_taken")]
    with organization_scope(organization, SYSTEM):
        assert [(s.capacity, s.seats_taken, s.bookings.count()) for s in Session.objects.all()] == [(2, 2, 3)]


def test_a_later_file_joins_what_is_here(organization: Organization) -> None:
    """Also a class that has seats left; also in a second batch, and with the calendar that is here already."""
    first = document(services=[service(capacity=2)], payments=[], refunds=[], events=[])
    assert bring_in(organization, first)["refused"] == []
    second = {
        "format": "auth-spine",
        "version": 1,
        "clients": [client("c2"), client("c3"), client("c4", email="C1@example.com")],
        "bookings": [
            booking("joins", client="c2"),
            booking("full", client="c3"),
            booking("overlaps", starts_at=at(9, 30), ends_at=at(10, 30)),
            booking("touches", 10),
        ],
    }
    assert refusals(bring_in(organization, second)) == [
        ("clients", "c4", "email_exists"),
        ("bookings", "full", "slot_taken"),
        ("bookings", "overlaps", "slot_taken"),
    ]
    with organization_scope(organization, SYSTEM):
        assert sorted(Session.objects.values_list("seats_taken", flat=True)) == [1, 2]


def test_an_expired_hold_that_is_here_blocks_nothing(organization: Organization) -> None:
    held = booking(created_at=clock.now().isoformat(), status="held")
    bring_in(organization, document(bookings=[held], payments=[], refunds=[]))
    with organization_scope(organization, SYSTEM):
        Booking.objects.update(hold_expires_at=clock.now())
    report = bring_in(organization, document(bookings=[booking("b2")], payments=[], refunds=[]))
    assert report["refused"] == []
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.get(external_id="b1").public_status == "expired"


def test_history_is_taken_as_it_is(organization: Organization) -> None:
    """Out of hours, far in the past, longer than the service, by an unverified professional, of a service withdrawn."""
    when: dict[str, Any] = {"starts_at": "2019-01-01T03:00:00+00:00", "ends_at": "2019-01-01T07:30:00+00:00"}
    old = booking(created_at="2018-12-01T00:00:00+00:00", status="completed", **when)
    report = bring_in(organization, document(services=[service(active=False)], bookings=[old]))
    assert report["refused"] == []
    with organization_scope(organization, SYSTEM):
        [found] = Booking.objects.all()
        assert (found.closed_at, found.session.ends_at) == (found.session.ends_at, found.closed_at)
        assert found.policy["hold_minutes"] == 15


def test_nothing_was_closed_after_now(organization: Organization) -> None:
    """The original does not tell when: at the booking's end or start, never in the future, nor before it was made."""
    when: dict[str, Any] = {"starts_at": hour(10).isoformat(), "ends_at": hour(11).isoformat()}
    told = [
        booking("early", status="completed", **when),
        booking("dropped", 12, status="cancelled", created_at=at(13)),
        booking("missed", 15, status="no_show"),
    ]
    before = clock.now()
    assert bring_in(organization, document(bookings=told, payments=[], refunds=[], events=[]))["refused"] == []
    with organization_scope(organization, SYSTEM):
        early, dropped, missed = (Booking.objects.get(external_id=row["id"]).closed_at for row in told)
    assert early
    assert before <= early <= clock.now()
    assert (dropped, missed) == (datetime.fromisoformat(at(13)), datetime.fromisoformat(at(16)))


def test_ids_that_are_no_uuids_are_derived_and_kept(organization: Organization) -> None:
    bring_in(organization, document(clients=[client(), client("c2", external_id="crm-2")]))
    with organization_scope(organization, SYSTEM):
        ids = dict(Client.objects.values_list("external_id", "id"))
    assert ids == {
        "c1": uuid.uuid5(organization.id, "clients:c1"),
        "crm-2": uuid.uuid5(organization.id, "clients:c2"),
    }


def test_a_uuid_stays_whatever_its_case(organization: Organization) -> None:
    id = str(uuid.uuid4())
    found = document(clients=[client(id.upper(), email="a@example.com")], bookings=[booking(client=id.upper())])
    assert bring_in(organization, found)["refused"] == []
    assert bring_in(organization, found)["imported"]["clients"] == 0
    with organization_scope(organization, SYSTEM):
        [row] = Client.objects.all()
        assert (str(row.id), row.external_id) == (id, None)


def test_a_uuid_of_another_organization_is_derived(organization: Organization) -> None:
    other, id = new_organization(), str(uuid.uuid4())
    found = document(clients=[client(id, email="a@example.com")], bookings=[booking(client=id)])
    bring_in(other, found)
    for imported in (1, 0):
        report = bring_in(organization, found)
        assert (report["imported"]["clients"], report["refused"]) == (imported, [])
    with organization_scope(organization, SYSTEM):
        [row] = Client.objects.all()
        assert (row.id, row.external_id) == (uuid.uuid5(organization.id, f"clients:{id}"), None)
        assert Booking.objects.get().client_id == row.id


def test_people_get_the_login_with_their_email(organization: Organization) -> None:
    email = f"{uuid.uuid4()}@example.com"
    with organization_scope(new_organization(), SYSTEM):
        login = clients.register(email=email, name="Ana").user_id
    people = {"clients": [client(email=email.upper())], "professionals": [professional(email=email)]}
    bring_in(organization, document(**people))
    with organization_scope(organization, SYSTEM):
        assert Client.objects.get().user_id == Professional.objects.get().user_id == login
    assert not User.objects.get_by_natural_key(email).has_usable_password()


def test_events_of_people_who_are_gone_stay(organization: Organization) -> None:
    nobody = str(uuid.uuid4())
    report = bring_in(
        organization, document(events=[event(user=nobody, data={"clientId": nobody, "bookingId": "mine"})])
    )
    assert report["refused"] == []
    with organization_scope(organization, SYSTEM):
        [found] = AnalyticsEvent.objects.filter(type="newsletter.opened")
        assert (str(found.user), found.data) == (nobody, {"clientId": nobody, "bookingId": "mine"})


def test_a_vertical_replaces_ones_own(organization: Organization) -> None:
    fine = {"slug": "beauty", "display_name": "Beauté", "policies": {"hold_minutes": 30}}
    other = {"slug": "tattoo", "display_name": "Tattoo"}
    wrong = {"slug": "fitness", "display_name": "F", "policies": {"hold_minutes": 0}}
    found = document(verticals=[fine, other, wrong])
    report = bring_in(organization, found)
    assert (report["imported"]["verticals"], refusals(report)) == (2, [("verticals", "fitness", "validation_error")])
    assert bring_in(organization, found)["unchanged"]["verticals"] == 2
    with organization_scope(organization, SYSTEM):
        beauty = Vertical.objects.get(slug="beauty")
        assert (beauty.display_name, beauty.hold_minutes) == ("Beauté", 30)
        assert beauty.requires_verification  # which the file does not tell
        assert Vertical.objects.count() == 7


@pytest.mark.parametrize(("told", "expected"), [({}, 3), ({"max_open_holds": None}, None), ({"max_open_holds": 5}, 5)])
def test_a_limit_that_is_told_as_none_is_lifted(
    organization: Organization, told: dict[str, Any], expected: int | None
) -> None:
    """For everything else a null reads as a field that is absent, and what is absent stays."""
    with organization_scope(organization, SYSTEM):
        Vertical.objects.filter(slug="beauty").update(max_open_holds=3)
    bring_in(organization, document(verticals=[{"slug": "beauty", "display_name": "Beauté", "policies": told}]))
    with organization_scope(organization, SYSTEM):
        assert Vertical.objects.get(slug="beauty").max_open_holds == expected


def test_an_organization_in_use_keeps_its_beginning(organization: Organization) -> None:
    beginning = event("begin", type="platform.initialized", timestamp=at(0), created_at=at(0))
    with organization_scope(organization, SYSTEM):
        clients.register(email="ana@example.com", name="Ana")
    bring_in(organization, document(events=[beginning]))
    other = new_organization()
    bring_in(other, document(events=[beginning]))
    for found, beginnings in ((organization, 2), (other, 1)):
        with organization_scope(found, SYSTEM):
            assert AnalyticsEvent.objects.filter(type="platform.initialized").count() == beginnings


def beginnings(organization: Organization) -> set[str | None]:
    with organization_scope(organization, SYSTEM):
        found = AnalyticsEvent.objects.filter(type="platform.initialized")
        return set(found.values_list("external_id", flat=True))


def test_a_beginning_that_is_refused_does_not_take_the_own_ones_place(organization: Organization) -> None:
    wrong = event("begin", type="platform.initialized", misspelt=True)
    report = bring_in(organization, {"format": "auth-spine", "version": 1, "events": [wrong]})
    assert refusals(report) == [("events", "begin", "validation_error")]
    assert beginnings(organization) == {None}


@pytest.mark.parametrize("between", [0, 3])
def test_beginnings_of_one_file_leave_each_other_alone(
    organization: Organization, monkeypatch: pytest.MonkeyPatch, between: int
) -> None:
    monkeypatch.setattr(importer, "BATCH", 2)
    first, second = (event(id, type="platform.initialized") for id in ("first", "second"))
    told = [first, *(event(f"e{number}") for number in range(between)), second]
    found = {"format": "auth-spine", "version": 1, "events": told}
    bring_in(organization, found)
    assert beginnings(organization) == {"first", "second"}
    assert bring_in(organization, found)["imported"]["events"] == 0
    assert beginnings(organization) == {"first", "second"}


def test_a_payout_account_never_comes_out(organization: Organization) -> None:
    pro = {"id": "p", "email": "p@example.com", "name": "P", "vertical": "beauty"}
    pro["metadata"] = {"stripeAccountId": "acct_1", "verified": True, "yearsExp": "many", "licenseId": "L1"}  # type: ignore[assignment]
    bring_in(organization, {"professionals": [pro]})
    with organization_scope(organization, SYSTEM):
        row = Professional.objects.get()
        assert (row.payment_account, row.license, row.years_of_experience) == ("acct_1", "L1", None)
        assert row.verified_at
        assert row.metadata == {"verified": True, "yearsExp": "many", "licenseId": "L1"}
    assert "acct_1" not in str(copy(organization))


def test_the_number_of_statements_does_not_grow(organization: Organization) -> None:
    counts = []
    for size in (3, 300):
        people = [client(f"{size}-{n}") for n in range(size)]
        found = document(
            clients=people,
            professionals=[professional(f"p{size}")],
            services=[service(f"s{size}", professional=f"p{size}")],
            bookings=[
                booking(f"{size}-{n}", n, client=f"{size}-{n}", professional=f"p{size}", service=f"s{size}")
                for n in range(size)
            ],
            payments=[],
            refunds=[],
            events=[event(f"{size}-{n}", user=f"{size}-{n}") for n in range(size)],
        )
        with CaptureQueriesContext(connection) as statements:
            assert bring_in(organization, found)["refused"] == []
        counts.append(len(statements))
    assert counts[1] <= counts[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5)
    | st.sampled_from([at(9), "c1", "p1", "USD", "2026-13-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
_shared: list[Organization] = []


@given(data=st.data(), kind=st.sampled_from([*MAKE, "verticals"]))
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_no_record_breaks_an_import(data: Any, kind: str) -> None:
    """Whatever stands in one field of one record: it comes in or is refused, and the rest comes in."""
    if not _shared:
        _shared.append(new_organization())
    right = {"slug": "tattoo", "display_name": "T"} if kind == "verticals" else MAKE[kind](str(uuid.uuid4()))
    fields = [*right, "external_id", "metadata", "working_hours", "time_off", "payment_methods", "occupied", "policies"]
    fields += ["consents", "legal_hold"]
    fields += ["hours", "downtimes", "offers", "requirements", "policy", "booking_limits", "bookable_from", "location"]
    record = right | {data.draw(st.sampled_from(fields)): data.draw(JSON)}
    record |= {"email": f"{uuid.uuid4()}@example.com"} if "email" in right and data.draw(st.booleans()) else {}
    report = bring_in(_shared[0], document(**{kind: [record]}))
    outcome = (
        report["imported"][kind] + report["unchanged"][kind] + len([r for r in report["refused"] if r["kind"] == kind])
    )
    assert outcome == 1
    assert {refusal["code"] for refusal in report["refused"]} <= {
        "validation_error",
        "not_found",
        "slot_taken",
        "email_exists",
        "payment_in_progress",
        "conflict",
    }
