"""Looks at people are told to the audit: who, whom, when; and the access log of a client finds them."""

from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from analytics.models import AnalyticsEvent
from authspine.api import reads
from authspine.audit import reading
from authspine.audit.models import AuditEntry
from authspine.identity.models import ApiKey, Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import exporting, payments
from bookings.models import Booking, IntakeAnswers
from clients.models import Client
from payments.models import Customer, Dispute, LedgerTransaction, PaymentIntent, Refund, RefundRequest
from professionals.models import Professional
from tests.admin.office import add_rows, furnish, member, page, rows, signed_in
from tests.audit.entries import entries
from tests.factories import ClientFactory, hour
from tests.fixtures import Maker, new_organization
from tests.privacy.canaries import new_world
from tests.rest import ROOT, Api, content, refused
from tests.studio import Studio, open_studio


def looks(organization: Organization) -> list[tuple[str, Any, set[Any]]]:
    return [(one.resource, one.row, set(one.people or [])) for one in entries(organization, verb="read")]


def test_a_client_and_a_list_of_clients(organization: Organization, make: Maker, api_client: Api) -> None:
    ana, ben = make.client(name="Ana"), make.client(name="Ben")
    assert api_client.get(f"/clients/{ana.id}").status_code == 200
    assert api_client.get("/clients").status_code == 200
    assert api_client.get("/clients", search="Ben").status_code == 200
    assert looks(organization) == [
        ("clients.Client", ana.id, {ana.id}),
        ("clients.Client", None, {ana.id, ben.id}),
        ("clients.Client", None, {ben.id}),
    ]
    key = ApiKey.objects.get(organization=organization)
    assert {one.actor for one in entries(organization, verb="read")} == {f"key:{key.id}"}


def test_what_leads_to_a_client(organization: Organization, make: Maker, api_client: Api) -> None:
    booking, consent = make.booking(), make.consent()
    method = make.payment_method()
    shown = {
        f"/bookings/{booking.id}": ("bookings.Booking", booking.id, {booking.client_id}),
        "/bookings": ("bookings.Booking", None, {booking.client_id}),
        f"/bookings/{booking.id}/answers": ("bookings.IntakeAnswers", booking.id, {booking.client_id}),
        f"/clients/{consent.client_id}/consents": ("clients.Consent", None, {consent.client_id}),
        f"/payments/methods/{method.id}": ("payments.PaymentMethod", method.id, {method.client_id}),
    }
    for path in shown:
        assert api_client.get(path).status_code == 200, path
    assert looks(organization) == list(shown.values())


def test_who_has_the_same_bytes_already_is_shown_nobody(
    organization: Organization, make: Maker, api_client: Api
) -> None:
    booking = make.booking()
    for path in (f"/bookings/{booking.id}", f"/bookings/{booking.id}/answers"):
        before = len(looks(organization))
        known = {"If-None-Match": api_client.get(path).headers["ETag"]}
        assert len(looks(organization)) == before + 1
        assert api_client.http.get(ROOT + path, headers=known).status_code == 304
        assert len(looks(organization)) == before + 1
        with organization_scope(organization, SYSTEM):
            Booking.objects.filter(id=booking.id).update(version=F("version") + 1)
        assert api_client.http.get(ROOT + path, headers=known).status_code == 200
        assert len(looks(organization)) == before + 2


def test_what_is_refused_or_empty_or_about_nobody_is_no_look(organization: Organization, api_client: Api) -> None:
    open_studio(organization)
    assert api_client.get(f"/clients/{organization.id}").status_code == 404
    assert api_client.get("/clients", search="nobody").json()["results"] == []
    for path in ("/services", "/payments/intents", "/verticals"):
        assert api_client.get(path).status_code == 200
    assert looks(organization) == []


def test_who_writes_is_told_by_the_write(organization: Organization, make: Maker, api_client: Api) -> None:
    client = make.client()
    assert api_client.patch(f"/clients/{client.id}", {"name": "Other"}).status_code == 200
    assert looks(organization) == []


def test_who_writes_nothing_is_shown_the_client_all_the_same(
    organization: Organization, make: Maker, api_client: Api
) -> None:
    client = make.client()
    assert api_client.patch(f"/clients/{client.id}", {}).status_code == 200
    assert looks(organization) == [("clients.Client", client.id, {client.id})]


def test_who_is_given_an_answer_again_is_shown_it_again(
    organization: Organization, make: Maker, api_client: Api
) -> None:
    """What the first one showed its own write tells of; and the key keeps its answer for thirty days."""
    booking, consent = make.booking(), make.consent()
    ana = {"name": "Ana", "email": "ana@example.com"}
    for path, sent in (
        ("/clients", ana),
        (f"/bookings/{booking.id}/confirm", {}),
        (f"/clients/{consent.client_id}/consents/{consent.id}/withdraw", {"how": "verbal"}),
    ):
        before = len(looks(organization))
        first = api_client.post(path, sent, key="one")
        assert first.status_code in (200, 201), path
        assert looks(organization)[before:] == []
        assert api_client.post(path, sent, key="one").content == first.content
        shown = UUID(first.json()["id"])
        person = {booking.id: booking.client_id, consent.id: consent.client_id}.get(shown, shown)
        [(_, row, people)] = looks(organization)[before:]
        assert (row, people) == (shown, {person})
    assert [resource for resource, _, _ in looks(organization)] == [
        "clients.Client",
        "bookings.Booking",
        "clients.Consent",
    ]


def test_a_day_that_was_cancelled_shows_its_clients_again(
    organization: Organization, make: Maker, api_client: Api
) -> None:
    booking = make.booking()
    path, sent = f"/professionals/{booking.session.professional_id}/cancel-day", {"date": f"{hour(10):%Y-%m-%d}"}
    first = api_client.post(path, sent, key="one")
    assert [one["id"] for one in first.json()["bookings"]] == [str(booking.id)]
    assert api_client.post(path, sent, key="one").content == first.content
    assert looks(organization)[-1:] == [("bookings.Booking", None, {booking.client_id})]


def test_an_event_that_is_given_again_shows_its_user_again(
    organization: Organization, make: Maker, api_client: Api
) -> None:
    ana = make.client()
    for _ in range(2):
        assert api_client.post("/analytics/events", {"type": "shop.visited", "user": str(ana.id)}, key="one").json()
    first, again = looks(organization)
    assert first == again
    assert again[2] == {ana.id}


def test_an_id_that_a_caller_has_written_shows_nobody(organization: Organization, make: Maker, api_client: Api) -> None:
    ana = make.client()
    ben = {
        "name": "Ben",
        "email": "ben@example.com",
        "metadata": {"id": str(ana.id), "bookings": [{"id": str(ana.id)}]},
    }
    for _ in range(2):
        made = api_client.post("/clients", ben, key="one").json()
    assert [people for _, _, people in looks(organization)] == [{UUID(made["id"])}]


def test_what_was_refused_is_refused_again_and_shows_nobody(
    organization: Organization, make: Maker, api_client: Api
) -> None:
    make.client(email="ana@example.com")
    for _ in range(2):
        refused(
            api_client.post("/clients", {"name": "Ana", "email": "ana@example.com"}, key="one"),
            409,
            "email_exists",
            "email",
        )
    assert looks(organization) == []


def test_payments_lead_to_their_client(organization: Organization, make: Maker, api_client: Api) -> None:
    booking = make.booking()
    intent = payments.pay(organization, SYSTEM, booking=booking.id, method="invoice")
    refund = payments.refund(organization, SYSTEM, intent=intent.id)
    shown = {
        "/payments/intents": ("payments.PaymentIntent", None),
        f"/payments/intents/{intent.id}": ("payments.PaymentIntent", intent.id),
        "/payments/refunds": ("payments.Refund", None),
        f"/payments/refunds/{refund.id}": ("payments.Refund", refund.id),
        "/payments/ledger": ("payments.LedgerTransaction", None),
        "/analytics/events": ("analytics.AnalyticsEvent", None),
    }
    for path in shown:
        assert api_client.get(path).status_code == 200, path
    *found, events = looks(organization)
    assert found == [(resource, row, {booking.client_id}) for resource, row in list(shown.values())[:-1]]
    assert events[:2] == ("analytics.AnalyticsEvent", None)
    assert booking.client_id in events[2]


@pytest.mark.parametrize("format", ["csv", "json"])
def test_an_export_of_events_shows_whoever_is_in_it(
    organization: Organization, make: Maker, api_client: Api, format: str
) -> None:
    ana, ben = make.client(name="Ana"), make.client(name="Ben")
    for client in (ana, ana, ben, None):
        sent = {"type": "page.seen", "user": client and str(client.id)}
        assert api_client.post("/analytics/events", sent).status_code == 201
    before = len(looks(organization))
    for asked in ({"event_type": "page.seen"}, {"user": str(ana.id)}, {"event_type": "page.left"}):
        assert content(api_client.get("/analytics/export", format=format, **asked))
    assert looks(organization)[before:] == [
        ("analytics.AnalyticsEvent", None, {ana.id, ben.id}),
        ("analytics.AnalyticsEvent", None, {ana.id}),
    ]


def test_what_is_sealed_of_a_professional_is_shown_to_keys_too(
    organization: Organization, make: Maker, api_client: Api
) -> None:
    """The rest is shown to whoever may book."""
    pro = make.professional()
    assert api_client.get("/professionals").status_code == 200
    assert api_client.get(f"/professionals/{pro.id}").status_code == 200
    assert api_client.get(f"/professionals/{pro.id}/working-hours").status_code == 200
    assert looks(organization) == [
        ("professionals.Professional", None, {pro.id}),
        ("professionals.Professional", pro.id, {pro.id}),
    ]


@pytest.mark.parametrize("path", ["/clients", "/payments/refunds", "/professionals"])
def test_a_look_takes_one_statement(
    organization: Organization, admin: Api, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    furnish(organization)
    add_rows(organization, at=14)

    def statements() -> int:
        admin.get(path)
        with CaptureQueriesContext(connection) as counted:
            assert len(admin.get(path).json()["results"]) > 1
        return len(counted)

    with_looks = statements()
    monkeypatch.setattr(reads, "record", lambda *look: None)
    assert with_looks == statements() + 1


def test_a_file_with_everything_of_a_client_and_one_with_everything(
    organization: Organization, make: Maker, admin: Api
) -> None:
    client = make.client()
    assert admin.get(f"/clients/{client.id}/export").status_code == 200
    assert "".join(exporting.export(organization, SYSTEM, key=None))
    assert looks(organization) == [("takeout", client.id, {client.id}), ("export", organization.id, set())]


def test_pages_of_the_admin(organization: Organization, make: Maker) -> None:
    booking, user = make.booking(), member(organization, "readonly")
    browser = signed_in(user, organization)
    for model, row in ((Client, booking.client_id), (Booking, booking.id), (Professional, None)):
        assert browser.get(page(model, "changelist")).status_code == 200
        if row:
            assert browser.get(page(model, "change", row)).status_code == 200
    person, pro = {booking.client_id}, {booking.session.professional_id}
    assert looks(organization) == [
        ("clients.Client", None, person),
        ("clients.Client", booking.client_id, person),
        ("bookings.Booking", None, person),
        ("bookings.Booking", booking.id, person),
        ("professionals.Professional", None, pro),
    ]
    assert {one.actor for one in entries(organization, verb="read")} == {f"user:{user.id}"}


@pytest.mark.parametrize(
    "model", [PaymentIntent, LedgerTransaction, Refund, RefundRequest, Dispute, AnalyticsEvent, Customer, IntakeAnswers]
)
def test_pages_of_the_admin_that_lead_to_a_client(organization: Organization, model: Any) -> None:
    booking = furnish(organization)
    browser = signed_in(member(organization, "readonly"), organization)
    row = next(row for row in list(rows(organization, model._meta.label)) if getattr(row, "user", True))
    for address in (page(model, "changelist"), page(model, "change", row.pk)):
        assert browser.get(address).status_code == 200
    label = model._meta.label
    (listed, *_), (found, *_) = (
        [look for look in looks(organization) if look[:2] == (label, id)] for id in (None, row.pk)
    )
    assert booking.client_id in listed[2]
    assert found[2]


@pytest.fixture
def studio(organization: Organization) -> Studio:
    return open_studio(organization)


def test_the_access_log_of_a_client(organization: Organization, make: Maker, admin: Api) -> None:
    ana, ben = make.client(name="Ana"), make.client(name="Ben")
    admin.get("/clients")
    admin.patch(f"/clients/{ana.id}", {"phone": "123"})
    admin.get(f"/clients/{ben.id}")
    log = admin.get(f"/clients/{ana.id}/access-log").json()["results"]
    assert [(one["verb"], one["resource"], one["row"]) for one in log] == [
        ("change", "clients.Client", str(ana.id)),
        ("read", "clients.Client", None),
        ("create", "clients.Client", str(ana.id)),
    ]
    assert log[0]["changed"] == ["phone", "tokens", "updated_at"]
    assert [one["changed"] for one in log[1:]] == [[], []]
    assert log[0]["actor"].startswith("key:")
    assert set(log[0]) == {"at", "actor", "verb", "resource", "row", "request_id", "changed"}
    assert len(admin.get(f"/clients/{ben.id}/access-log").json()["results"]) == 3


def test_the_access_log_has_pages(organization: Organization, make: Maker, admin: Api) -> None:
    client = make.client()
    for _ in range(4):
        admin.get(f"/clients/{client.id}")
    path, found = f"/clients/{client.id}/access-log", []
    answer = admin.get(path, limit="2").json()
    while True:
        found += answer["results"]
        if not answer["next"]:
            break
        answer = admin.follow(answer["next"]).json()
    assert len(found) == 5
    assert [one["at"] for one in found] == sorted((one["at"] for one in found), reverse=True)
    assert len(admin.follow(answer["previous"]).json()["results"]) == 2


def test_it_tells_of_refunds_and_bookings_of_the_client(organization: Organization) -> None:
    """Of whatever leads to the client, and of nobody else's."""
    world = new_world(organization)
    with organization_scope(organization, SYSTEM):
        other = ClientFactory(name="Ben")
        [refund] = Refund.objects.all()
    log = world.api.get(f"/clients/{world.client}/access-log", limit="200").json()["results"]
    made = {(one["resource"], one["row"]) for one in log if one["verb"] == "create"}
    assert {
        ("clients.Client", world.client),
        ("bookings.Booking", world.booking),
        ("payments.PaymentIntent", world.intent),
        ("payments.Refund", str(refund.id)),
    } <= made
    assert {"bookings.IntakeAnswers", "clients.Consent", "payments.PaymentMethod"} <= {resource for resource, _ in made}
    told = world.api.get(f"/clients/{other.id}/access-log").json()["results"]
    assert [(one["verb"], one["resource"], one["row"]) for one in told] == [("create", "clients.Client", str(other.id))]


def test_it_tells_of_exports_of_everything_since_the_client_is_here(
    organization: Organization, make: Maker, admin: Api
) -> None:
    ana = make.client()
    assert "".join(exporting.export(organization, SYSTEM, key=None))
    ben = make.client()
    for client, told in ((ana, ["export", "clients.Client"]), (ben, ["clients.Client"])):
        log = admin.get(f"/clients/{client.id}/access-log").json()["results"]
        assert [one["resource"] for one in log] == told


def test_exports_that_have_no_row_stand_in_the_log_as_well(organization: Organization, make: Maker, admin: Api) -> None:
    """As the first ones were recorded."""
    ana = make.client()
    with organization_scope(organization, SYSTEM):
        reading.shown(reading.EXPORT, [])
    log = admin.get(f"/clients/{ana.id}/access-log").json()["results"]
    assert [one["resource"] for one in log] == ["export", "clients.Client"]


def test_it_is_for_who_may_answer_for_it(make: Maker, reader: Api, api_client: Api) -> None:
    client = make.client()
    refused(reader.get(f"/clients/{client.id}/access-log"), 403, "permission_denied")
    assert api_client.get(f"/clients/{client.id}/access-log").status_code == 200
    refused(api_client.get("/audit"), 403, "permission_denied")


def test_nobody_can_look_in_the_name_of_another_organization(organization: Organization) -> None:
    other = new_organization()
    before = len(entries(other))
    with organization_scope(organization, SYSTEM):
        reading.shown("clients.Client", [])
        assert not AuditEntry._base_manager.filter(organization_id=other.id).exists()
    assert len(entries(other)) == before


def test_a_look_is_recorded_in_the_same_transaction(organization: Organization, make: Maker) -> None:
    client = make.client()
    with pytest.raises(RuntimeError), organization_scope(organization, SYSTEM):
        with reading.looking() as look:
            reading.opened("clients.Client", client.id)
        look.record(alone=True)
        raise RuntimeError
    assert looks(organization) == []
