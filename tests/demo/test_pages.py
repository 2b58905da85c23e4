"""What holds for every page, whatever it shows."""

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.staticfiles import finders
from django.db import OperationalError, connection
from django.urls import reverse
from pytest_django.fixtures import Settings

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from authspine.kernel import clock, trace
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import payments
from clients.models import Client
from tests.demo.routes import BUTTONS, FORMS, PAGES, ROUTES, arguments
from tests.demo.visitor import Visitor
from tests.fixtures import Maker, new_organization
from tests.guards import policies_off, take_the_filter_away

GZIP = b"\x1f\x8b"
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)


@pytest.fixture(scope="module")
def shop() -> Maker:
    """One demo for all of this module: nothing here may change it."""
    return Maker(new_organization(is_demo=True))


@pytest.fixture
def organization(shop: Maker, settings: Settings) -> Organization:
    settings.DEMO = True
    settings.DEMO_ORGANIZATION = shop.organization.slug
    return shop.organization


@pytest.fixture(scope="module")
def ids(shop: Maker) -> dict[str, Any]:
    return one_of_everything(shop)


@pytest.fixture
def empty(organization: Organization, nothing: Organization, settings: Settings) -> None:
    settings.DEMO_ORGANIZATION = nothing.slug


@pytest.fixture(scope="module")
def nothing() -> Organization:
    """A demo in which nobody has done anything."""
    return new_organization(is_demo=True)


@pytest.fixture(scope="module")
def stranger() -> Maker:
    return Maker(new_organization())


@pytest.fixture(scope="module")
def foreign(stranger: Maker) -> dict[str, Any]:
    return one_of_everything(stranger)


def one_of_everything(make: Maker) -> dict[str, Any]:
    """Rows of every kind, and what addresses call them."""
    booking = make.booking()
    off = make.time_off(professional=make.professional())
    travel = make.travel_period(professional=make.professional())
    calendar = make.holiday_calendar()
    downtime = make.downtime(resource=make.resource())
    intent = payments.pay(make.organization, SYSTEM, booking=booking.id, method="invoice")
    session = booking.session
    return {
        "client_id": booking.client_id,
        "professional_id": session.professional_id,
        "service_id": session.service_id,
        "consent_id": make.consent(client=booking.client).id,
        "booking_id": booking.id,
        "intent_id": intent.id,
        "method_id": make.payment_method(client=booking.client).id,
        "time_off_id": off.id,
        "travel_id": travel.id,
        "location_id": calendar.location_id,
        "closure_id": make.closure().id,
        "calendar_id": calendar.id,
        "resource_id": downtime.resource_id,
        "downtime_id": downtime.id,
        "on": "2026-12-24",
    }


def address(name: str, ids: dict[str, Any]) -> str:
    return reverse(f"demo:{name}", args=[ids[argument] for argument in arguments(name)])


@pytest.mark.parametrize("name", PAGES)
def test_shows_itself(visitor: Visitor, ids: dict[str, Any], name: str) -> None:
    response = visitor.client.get(address(name, ids))
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    if name != "events":
        assert "Test data and test cards only" in response.content.decode()


@pytest.mark.parametrize("name", [name for name in PAGES if not arguments(name)])
def test_shows_itself_when_there_is_nothing_yet(visitor: Visitor, empty: None, name: str) -> None:
    assert visitor.client.get(reverse(f"demo:{name}")).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_has_nothing_inline_that_a_strict_policy_forbids(visitor: Visitor, ids: dict[str, Any], name: str) -> None:
    assert INLINE.findall(visitor.client.get(address(name, ids)).content.decode()) == []


@pytest.mark.parametrize("name", PAGES)
def test_is_light(visitor: Visitor, ids: dict[str, Any], name: str) -> None:
    """Under 100 kB with everything that it loads."""
    sent = visitor.client.get(address(name, ids), headers={"Accept-Encoding": "gzip"}).content
    page = gzip.decompress(sent) if sent.startswith(GZIP) else sent
    loaded = {finders.find(path) for path in re.findall(r'(?:src|href)="/static/([^"]+)"', page.decode())}
    assert len(sent) + sum(Path(str(file)).stat().st_size for file in loaded) < 100_000


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_reading_changes_nothing(visitor: Visitor, ids: dict[str, Any], name: str) -> None:
    before = state(visitor.organization)
    status = visitor.client.get(address(name, ids)).status_code
    assert status == (405 if name in BUTTONS else 200)
    assert state(visitor.organization) == before


def state(organization: Organization) -> dict[str, Any]:
    """How many rows each table has, and the transaction that touched one of them last."""
    with organization_scope(organization, SYSTEM), connection.cursor() as cursor:
        found = {}
        for model in apps.get_models():
            if issubclass(model, TenantModel):
                cursor.execute(f'SELECT count(*), max(xmin::text::bigint) FROM "{model._meta.db_table}"')
                found[model.__name__] = cursor.fetchone()
        return found


@pytest.mark.parametrize("name", sorted(BUTTONS | FORMS))
def test_sending_a_form_needs_its_token(visitor: Visitor, ids: dict[str, Any], name: str) -> None:
    visitor.client.handler.enforce_csrf_checks = True
    before = state(visitor.organization)
    response = visitor.client.post(address(name, ids))
    assert response.status_code == 403
    assert "Go back, reload the page" in response.content.decode()
    assert state(visitor.organization) == before


def test_every_route_that_takes_a_form_is_known() -> None:
    """A new route must be named a button, a form or a page, so that the checks of this module reach it."""
    assert set(ROUTES) >= BUTTONS | FORMS
    assert {*PAGES} - FORMS == {
        "overview", "clients", "client", "professionals", "professional", "locations", "services", "service",
        "client-access-log", "resources", "bookings", "booking", "payments", "payment", "payment-return",
        "payment-receipt", "booking-ledger", "ledger", "client-approved", "analytics", "events",
    }  # fmt: skip


@pytest.mark.parametrize("name", sorted(ROUTES))
def test_does_not_exist_in_production(visitor: Visitor, ids: dict[str, Any], name: str, settings: Settings) -> None:
    settings.DEMO = False
    at = address(name, ids)
    assert visitor.client.get(at).status_code == 404
    assert visitor.client.post(at).status_code == 404
    assert visitor.client.get("/").status_code == 404


@pytest.mark.usefixtures("guards")
@pytest.mark.parametrize("name", sorted(name for name in ROUTES if arguments(name)))
def test_another_organizations_rows_are_not_there(
    visitor: Visitor, stranger: Maker, foreign: dict[str, Any], name: str
) -> None:
    """(E4) With both guards, and with either alone."""
    before = state(stranger.organization)
    at = address(name, foreign)
    if name not in BUTTONS:
        assert visitor.client.get(at).status_code == 404
    if name in BUTTONS | FORMS:
        assert visitor.client.post(at, {"reason": "x", "way": "cash", "amount": "1"}).status_code == 404
    assert state(stranger.organization) == before


@pytest.mark.usefixtures("guards")
@pytest.mark.parametrize("name", PAGES)
def test_pages_show_their_own_organization_alone(
    visitor: Visitor, ids: dict[str, Any], foreign: dict[str, Any], name: str
) -> None:
    """(E4) Every page, each list among them: nothing of another organization, whichever guard is away."""
    page = visitor.client.get(address(name, ids))
    assert page.status_code == 200
    assert not any(str(id) in page.content.decode() for id in foreign.values() if id != foreign["on"])


def test_with_both_guards_away_its_lists_show_another(
    visitor: Visitor, stranger: Maker, foreign: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """(E4) The control: it is the guards that hide."""
    with organization_scope(stranger.organization, SYSTEM):  # on the first page, whatever other tests have made
        Client.objects.filter(id=foreign["client_id"]).update(created_at=clock.now() + timedelta(days=10_000))
    take_the_filter_away(monkeypatch)
    with policies_off():
        assert str(foreign["client_id"]) in visitor.open("clients")


def test_another_organization_is_never_the_demo(visitor: Visitor, stranger: Maker, settings: Settings) -> None:
    settings.DEMO_ORGANIZATION = stranger.organization.slug
    page = visitor.open("clients", expect=503)
    assert "manage.py prepare_demo" in page


def test_the_start_leads_here(visitor: Visitor) -> None:
    assert visitor.client.get("/")["Location"] == "/platform-demo"
    assert visitor.client.get("/platform-demo/")["Location"] == "/platform-demo"


def test_an_unknown_id_is_a_page_of_its_own(visitor: Visitor) -> None:
    page = visitor.open("client", visitor.organization.id, expect=404)
    assert "There is no such client" in page


def test_a_database_that_is_away_is_said_so(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*args: Any) -> Any:
        raise OperationalError("the connection is lost")

    monkeypatch.setattr(identity_queries, "demo_organization", away)
    response = visitor.client.get(reverse("demo:clients"))
    assert response.status_code == 503
    assert response["Retry-After"]


def test_the_log_knows_whose_demo_it_is(visitor: Visitor) -> None:
    with trace.doing("one"):
        visitor.open("overview")
        assert trace.current() == trace.Work("one", visitor.organization.id, Actor("demo"))
