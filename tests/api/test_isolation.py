"""Two organizations, a key each: no endpoint shows, changes or reveals a row of the other.

Every route of the URL table has a case here, or a reason to have none; a new route without one fails. Each case runs
three times (E4): as the product is, with the managers' filter taken away, so that the row-level policies stand alone,
and with the policies off, so that the filters do.
"""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.apps import apps

from authspine.idempotency import actions as idempotency_actions
from authspine.idempotency.actions import Asked, Run
from authspine.idempotency.errors import InFlight
from authspine.idempotency.models import KeyedRequest
from authspine.identity.models import ApiKey, Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.models import TenantModel
from authspine.kernel.tenancy import organization_scope
from payments.models import MethodSetup, PaymentMethod
from tests import tables
from tests.api.routes import operations, patterns
from tests.factories import (
    BookingFactory,
    ClosureFactory,
    ConsentFactory,
    DowntimeFactory,
    HolidayCalendarFactory,
    TimeOffFactory,
    TravelPeriodFactory,
    hour,
)
from tests.fixtures import new_organization
from tests.guards import policies_off, take_the_filter_away
from tests.rest import Api, caller, content


@dataclass(frozen=True)
class World:
    """An organization with one of everything; `ids` has their ids by kind."""

    organization: Organization
    api: Api
    ids: dict[str, str]


def new_world(word: str) -> World:
    organization = new_organization()
    api = caller(organization, "admin")
    with organization_scope(organization, SYSTEM):
        booking = BookingFactory(client__email=f"{word}@example.com", client__name=f"{word} client")
        off = TimeOffFactory(professional=booking.session.professional, starts_at=hour(14), ends_at=hour(15))
        travel = TravelPeriodFactory(professional=booking.session.professional)
        calendar = HolidayCalendarFactory()
        closure = ClosureFactory(location=calendar.location_id)
        consent = ConsentFactory(client=booking.client)
        down = DowntimeFactory(resource__name=f"{word} room")
        method = PaymentMethod.objects.create(
            client=booking.client, type="card", provider="stripe", provider_method_id=f"pm_{new_id().hex}"
        )
        setup = MethodSetup.objects.create(client=booking.client, type="card")
    intent = api.post("/payments/intents", {"booking": str(booking.id), "method": "invoice"}).json()["id"]
    assert api.post(f"/payments/intents/{intent}/confirm").status_code == 200
    refund = api.post("/payments/refunds", {"intent": intent}).json()["id"]
    event = api.post("/analytics/events", {"type": "newsletter.opened", "user": str(booking.client_id)}).json()["id"]
    assert api.put(f"/verticals/{word}", {"display_name": f"{word} vertical"}).status_code == 201
    ids = {
        "client": booking.client_id,
        "professional": booking.session.professional_id,
        "service": booking.session.service_id,
        "consent": consent.id,
        "booking": booking.id,
        "time_off": off.id,
        "travel": travel.id,
        "location": calendar.location_id,
        "closure": closure.id,
        "calendar": calendar.id,
        "resource": down.resource_id,
        "downtime": down.id,
        "method": method.id,
        "setup": setup.id,
        "intent": intent,
        "refund": refund,
        "event": event,
        "key": ApiKey.objects.get(organization=organization).id,
        "vertical": word,
        "email": f"{word}@example.com",
    }
    return World(organization, api, {kind: str(found) for kind, found in ids.items()})


@dataclass(frozen=True)
class Hidden:
    """A route with the id of a row, or of a row (`inner`) of a row: the other's reads as one that does not exist."""

    kind: str
    body: Any = None
    inner: str = ""


@dataclass(frozen=True)
class Lists:
    """A list: nothing of the other is in it, nor found by asking for it. `asking` maps a filter to a kind of id."""

    asking: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """Ids in a body or a query, written `{kind}`: each of the other's reads as one that does not exist."""

    sent: dict[str, Any]


@dataclass(frozen=True)
class Writes:
    """What the other has already: it is written here as if the other were not."""

    sent: dict[str, Any]
    slug: str = ""


@dataclass(frozen=True)
class Tells:
    """An answer about everything: nothing of the other is in it, and asking by its ids is asking by unknown ones."""

    sent: dict[str, str] = field(default_factory=dict)
    asking: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Imports:
    """The other's export comes in as rows of one's own, under ids of one's own."""


MONEY = {"amount_cents": 100, "currency": "USD"}
SPAN = {"from": hour(9).isoformat(), "to": hour(17).isoformat()}
DATES = {"starts_on": "2030-02-01", "ends_on": "2030-02-02"}
ROAD = DATES | {"timezone": "UTC"}
AGREED = {"purpose": "photos", "text_version": "1", "method": "paper"}
WHEN = {"starts_at": hour(12).isoformat(), "ends_at": hour(13).isoformat()}

CASES: dict[str, Any] = {
    "GET verticals": Lists(),
    "POST verticals": Writes({"slug": "secret", "display_name": "Mine"}),
    "GET verticals/<slug>": Hidden("vertical"),
    "PUT verticals/<slug>": Writes({"display_name": "Mine"}, slug="secret"),
    "GET clients": Lists(asking={"email": "email", "search": "email"}),
    "POST clients": Writes({"email": "secret@example.com", "name": "Mine"}),
    "GET clients/<id>": Hidden("client"),
    "PATCH clients/<id>": Hidden("client", {"name": "Taken"}),
    "DELETE clients/<id>": Hidden("client"),
    "GET clients/<id>/export": Hidden("client"),
    "GET clients/<id>/consents": Hidden("client"),
    "POST clients/<id>/consents": Hidden("client", AGREED),
    "GET clients/<id>/consents/<consent_id>": Hidden("client", inner="consent"),
    "POST clients/<id>/consents/<consent_id>/withdraw": Hidden("client", {"how": "email"}, inner="consent"),
    "GET clients/<id>/legal-hold": Hidden("client"),
    "PUT clients/<id>/legal-hold": Hidden("client", {"reference": "1"}),
    "DELETE clients/<id>/legal-hold": Hidden("client"),
    "POST clients/<id>/erase": Hidden("client", {}),
    "GET clients/<id>/erasure": Hidden("client"),
    "GET clients/<id>/access-log": Hidden("client"),
    "GET professionals": Lists(asking={"vertical": "vertical"}),
    "POST professionals": Names({"email": "p@example.com", "name": "P", "vertical": "{vertical}"}),
    "GET professionals/<id>": Hidden("professional"),
    "PATCH professionals/<id>": Hidden("professional", {"name": "Taken"}),
    "DELETE professionals/<id>": Hidden("professional"),
    "POST professionals/<id>/erase": Hidden("professional", {}),
    "GET professionals/<id>/erasure": Hidden("professional"),
    "POST professionals/<id>/verify": Hidden("professional", {}),
    "GET professionals/<id>/working-hours": Hidden("professional"),
    "PUT professionals/<id>/working-hours": Hidden("professional", {"timezone": "UTC", "weekly": []}),
    "POST professionals/<id>/cancel-day": Hidden("professional", {"date": "2030-01-01"}),
    "GET professionals/<id>/time-off": Hidden("professional"),
    "POST professionals/<id>/time-off": Hidden("professional", WHEN),
    "GET professionals/<id>/time-off/<time_off_id>": Hidden("professional", inner="time_off"),
    "DELETE professionals/<id>/time-off/<time_off_id>": Hidden("professional", inner="time_off"),
    "GET professionals/<id>/travel": Hidden("professional"),
    "POST professionals/<id>/travel": Hidden("professional", ROAD),
    "GET professionals/<id>/travel/<travel_id>": Hidden("professional", inner="travel"),
    "DELETE professionals/<id>/travel/<travel_id>": Hidden("professional", inner="travel"),
    "GET locations": Lists(),
    "POST locations": Writes({"name": "Mine", "timezone": "UTC"}),
    "GET locations/<id>": Hidden("location"),
    "PATCH locations/<id>": Hidden("location", {"name": "Taken"}),
    "DELETE locations/<id>": Hidden("location"),
    "GET closures": Lists(asking={"location": "location"}),
    "POST closures": Names({"location": "{location}", **DATES}),
    "GET closures/<id>": Hidden("closure"),
    "DELETE closures/<id>": Hidden("closure"),
    "GET holiday-calendars": Lists(asking={"location": "location"}),
    "POST holiday-calendars": Names({"location": "{location}", "country": "DE", "region": "BY"}),
    "GET holiday-calendars/<id>": Hidden("calendar"),
    "DELETE holiday-calendars/<id>": Hidden("calendar"),
    "GET services": Lists(asking={"professional": "professional", "vertical": "vertical"}),
    "POST services": Names({"professional": "{professional}", "name": "S", "duration_minutes": 60, "price": MONEY}),
    "GET services/<id>": Hidden("service"),
    "PATCH services/<id>": Hidden("service", {"name": "Taken"}),
    "DELETE services/<id>": Hidden("service"),
    "GET services/<id>/offers": Hidden("service"),
    "GET services/<id>/offers/<professional_id>": Hidden("service", inner="professional"),
    "PUT services/<id>/offers/<professional_id>": Hidden("service", {}, inner="professional"),
    "DELETE services/<id>/offers/<professional_id>": Hidden("service", inner="professional"),
    "GET services/<id>/requirements": Hidden("service"),
    "PUT services/<id>/requirements": Hidden("service", {"requirements": []}),
    "GET resources": Lists(),
    "POST resources": Writes({"name": "Secret room"}),
    "GET resources/<id>": Hidden("resource"),
    "PATCH resources/<id>": Hidden("resource", {"name": "Taken"}),
    "DELETE resources/<id>": Hidden("resource"),
    "GET resources/<id>/downtime": Hidden("resource"),
    "POST resources/<id>/downtime": Hidden("resource", WHEN),
    "GET resources/<id>/downtime/<downtime_id>": Hidden("resource", inner="downtime"),
    "DELETE resources/<id>/downtime/<downtime_id>": Hidden("resource", inner="downtime"),
    "GET availability": Names({"service": "{service}", "professional": "{professional}", **SPAN}),
    "GET bookings": Lists(asking={"client": "client", "professional": "professional", "service": "service"}),
    "POST bookings": Names({"client": "{client}", "service": "{service}", "starts_at": hour(11).isoformat()}),
    "GET bookings/<id>": Hidden("booking"),
    "POST bookings/<id>/confirm": Hidden("booking", {}),
    "POST bookings/<id>/approve": Hidden("booking", {}),
    "POST bookings/<id>/decline": Hidden("booking", {}),
    "GET bookings/<id>/answers": Hidden("booking"),
    "PUT bookings/<id>/answers": Hidden("booking", {"answers": {}}),
    "GET bookings/<id>/policy": Hidden("booking"),
    "POST bookings/<id>/link": Hidden("booking", {}),
    "DELETE bookings/<id>/link": Hidden("booking"),
    "POST bookings/<id>/cancel": Hidden("booking", {}),
    "POST bookings/<id>/complete": Hidden("booking", {}),
    "POST bookings/<id>/no-show": Hidden("booking", {}),
    "POST bookings/<id>/reschedule": Hidden("booking", {"starts_at": hour(16).isoformat()}),
    "GET payments/intents": Lists(asking={"booking": "booking"}),
    "POST payments/intents": Names({"booking": "{booking}", "method": "invoice"}),
    "GET payments/intents/<id>": Hidden("intent"),
    "POST payments/intents/<id>/confirm": Hidden("intent", {}),
    "POST payments/intents/<id>/capture": Hidden("intent", {}),
    "POST payments/intents/<id>/cancel": Hidden("intent", {}),
    "GET payments/refunds": Lists(asking={"intent": "intent"}),
    "POST payments/refunds": Names({"intent": "{intent}"}),
    "GET payments/refunds/<id>": Hidden("refund"),
    "GET payments/methods": Lists(asking={"client": "client"}),
    "POST payments/methods": Names({"client": "{client}", "type": "card", "payment_method": "pm_card_visa"}),
    "GET payments/methods/<id>": Hidden("method"),
    "DELETE payments/methods/<id>": Hidden("method"),
    "POST payments/methods/<id>/default": Hidden("method", {}),
    "GET payments/methods/setups/<id>": Hidden("setup"),
    "POST payments/methods/setups/<id>/confirm": Hidden("setup", {}),
    "GET payments/ledger": Lists(asking={"booking": "booking", "professional": "professional"}),
    "GET payments/statements": Names({"professional": "{professional}", **SPAN}),
    "GET ": Tells(),
    "GET analytics": Tells({"by_user": "true"}, asking={"user": "client"}),
    "GET analytics/conversion": Tells({"from_type": "newsletter.opened", "to_type": "payment.refunded"}),
    "GET analytics/events": Lists(asking={"user": "client"}),
    "POST analytics/events": Names({"type": "newsletter.opened", "user": "{client}"}),
    "GET analytics/events/<id>": Hidden("event"),
    "GET analytics/export": Tells({"format": "json"}, asking={"user": "client"}),
    "GET audit": Lists(asking={"row": "client", "person": "client"}),
    "GET keys": Lists(),
    "POST keys": Writes({"scope": "read"}),
    "GET keys/<id>": Hidden("key"),
    "DELETE keys/<id>": Hidden("key"),
    "POST keys/<id>/rotate": Hidden("key", {}),
    "GET export": Tells({"with_personal_data": "true"}),
    "POST import": Imports(),
}

# Routes that have nothing of anybody, each with its reason.
OPEN = {
    "GET schema": "the same for everybody",
    "GET docs": "the same for everybody",
    "GET payments/fees": "a table; it reads no row",
    "POST webhooks/stripe": "no caller: the signature decides, see tests/payments",
}
# Routes outside of the API, which know no keys.
PAGES = {
    "accounts": "sign-in: of logins, which belong to no organization",
    "": "leads on to the demo or the docs",
    "admin": "sign-in and the chosen organization decide, see the tests of the admin",
    "b": "a link's token decides, see tests/access",
    "platform-demo": "the demo organization alone, see tests/demo",
}


@pytest.fixture(scope="module")
def theirs() -> World:
    return new_world("secret")


@pytest.fixture(scope="module")
def mine() -> World:
    return new_world("own")


def tenant_tables() -> list[Any]:
    return [model for model in apps.get_models() if issubclass(model, TenantModel)]


def everything(world: World) -> dict[str, list[Any]]:
    """All rows of an organization, column by column."""
    with organization_scope(world.organization, SYSTEM):
        return {
            model.__name__: list(model.objects.filter(organization=world.organization).order_by("pk").values())
            for model in tenant_tables()
        }


def stored(world: World) -> dict[str, str]:
    """The same as a digest of each table: quick, to see whether anything has changed."""
    return tables.state(world.organization, tables.of_organizations())


@pytest.fixture(autouse=True)
def untouched(request: pytest.FixtureRequest) -> Iterator[None]:
    """Whatever a case does, the other organization stays as it was."""
    world: World = request.getfixturevalue("theirs")
    before = stored(world)
    yield
    assert stored(world) == before


def missing(kind: str) -> str:
    return {"vertical": "no-such", "email": "nobody@example.com"}.get(kind) or str(new_id())


def call(world: World, operation: str, sent: Any, *ids: str, headers: dict[str, str] | None = None) -> Any:
    """Do this operation with these ids in its path; what is sent is the query of a GET, else the body."""
    method, _, route = operation.partition(" ")
    for found in ids:
        route = re.sub(r"<\w+>", found, route, count=1)
    if method == "GET":
        return world.api.get(f"/{route}", **(sent or {}))
    return world.api.send(method, f"/{route}", sent if sent is not None else {}, headers=headers)


def told(response: Any, *ids: str) -> tuple[int, str]:
    """The answer, with the ids that were asked for made alike."""
    text = content(response).decode()
    for found in ids:
        text = text.replace(found, "(id)")
    return response.status_code, text


def check_hidden(case: Hidden, operation: str, mine: World, theirs: World) -> None:
    kinds = [case.kind, *([case.inner] if case.inner else [])]
    other = [theirs.ids[kind] for kind in kinds]
    none = [missing(kind) for kind in kinds]
    expected = told(call(mine, operation, case.body, *none), *none)
    assert expected[0] == 404
    assert told(call(mine, operation, case.body, *other), *other) == expected
    if case.inner:  # their row under a row of mine
        mixed = [mine.ids[case.kind], theirs.ids[case.inner]]
        assert call(mine, operation, case.body, *mixed).status_code == 404


def check_lists(case: Lists, operation: str, mine: World, theirs: World) -> None:
    everything_listed = call(mine, operation, {"limit": "200"})
    assert everything_listed.json()["results"], "the list would be empty anyway"
    assert not [found for found in theirs.ids.values() if found in everything_listed.content.decode()]
    for asked, kind in case.asking.items():
        assert call(mine, operation, {asked: mine.ids[kind]}).status_code == 200
        found = call(mine, operation, {asked: theirs.ids[kind]})
        assert found.json() == {"next": None, "previous": None, "results": []}


def check_names(case: Names, operation: str, mine: World, theirs: World) -> None:
    kinds = [value[1:-1] for value in case.sent.values() if isinstance(value, str) and value.startswith("{")]
    assert kinds
    for swapped in kinds:
        answers = []
        for other in (theirs.ids[swapped], missing(swapped)):
            ids = mine.ids | {swapped: other}
            sent = {
                name: ids[value[1:-1]] if isinstance(value, str) and value.startswith("{") else value
                for name, value in case.sent.items()
            }
            answers.append(told(call(mine, operation, sent), other))
        assert answers[0] == answers[1]
        assert answers[0][0] == 404


def check_writes(case: Writes, operation: str, mine: World, theirs: World) -> None:
    fresh = World(new_organization(), caller(new_organization(), "admin"), {})
    assert call(fresh, operation, case.sent, case.slug).status_code == 201


def check_tells(case: Tells, operation: str, mine: World, theirs: World) -> None:
    status, text = told(call(mine, operation, case.sent))
    assert status == 200
    assert not [found for found in theirs.ids.values() if found in text]
    for asked, kind in case.asking.items():
        other, none = theirs.ids[kind], missing(kind)
        expected = told(call(mine, operation, case.sent | {asked: none}), none)
        assert told(call(mine, operation, case.sent | {asked: other}), other) == expected


# Words, and who did it in the other organization: an actor outlives its login and its key.
ACTING = ("vertical", "email", "key")


def check_imports(case: Imports, operation: str, mine: World, theirs: World) -> None:
    organization = new_organization()
    fresh = World(organization, caller(organization, "admin"), {})
    document = json.loads(content(call(theirs, "GET export", {"with_personal_data": "true"})))
    report = call(fresh, operation, document).json()
    assert report["refused"] == []
    assert report["imported"]["clients"] == len(document["clients"])
    rows = str(everything(fresh))
    assert not [found for kind, found in theirs.ids.items() if kind not in ACTING and found in rows]


CHECKS: dict[type, Any] = {
    Hidden: check_hidden,
    Lists: check_lists,
    Names: check_names,
    Writes: check_writes,
    Tells: check_tells,
    Imports: check_imports,
}


@pytest.mark.usefixtures("guards")
@pytest.mark.parametrize("operation", CASES)
def test_the_other_organization_does_not_exist(operation: str, mine: World, theirs: World) -> None:
    case = CASES[operation]
    CHECKS[type(case)](case, operation, mine, theirs)


@pytest.mark.usefixtures("guards")
def test_a14_a_key_of_theirs_is_none_of_mine(mine: World, theirs: World) -> None:
    """Also when it were the same caller's: the row of another organization is not seen."""
    asked = Asked("key:a", "POST", "/clients", f"key-{new_id()}", "0" * 64)
    claims = []
    for world in (theirs, mine, theirs):
        with organization_scope(world.organization, SYSTEM), suppress(InFlight):
            claims.append(idempotency_actions.claim(asked, now=clock.now()))
    assert [run.number for run in claims if isinstance(run, Run)] == [1, 1]
    with organization_scope(theirs.organization, SYSTEM):
        KeyedRequest.objects.filter(key=asked.key).delete()


def test_every_route_has_a_case() -> None:
    assert sorted(operations()) == sorted([*CASES, *OPEN])


def test_every_other_route_is_known() -> None:
    assert {route.partition("/")[0] for route, _ in patterns() if not route.startswith("api/")} == set(PAGES)


def test_with_both_guards_away_everything_is_seen(theirs: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: it is the guards that hide, and the cases would notice if they did not. Who sees here what nobody
    may see has it in the audit, and so is asked for nothing else.
    """
    mine = new_world("toomuch")
    take_the_filter_away(monkeypatch)
    with policies_off():
        for operation in ("GET clients", "GET clients/<id>"):
            case = CASES[operation]
            with pytest.raises(AssertionError):
                CHECKS[type(case)](case, operation, mine, theirs)
