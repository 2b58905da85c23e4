"""(E1) Every route and method of the URL table, for everybody: the answer is the one that the permission table gives.

Nothing here is listed by hand: a new route is asked, and fails without a line in the table; so does a new role.
"""

import re
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from authspine.api.views import ScopedViewSet
from authspine.identity import access
from authspine.identity.models import Membership
from authspine.kernel.ids import new_id
from tests.access.people import ANONYMOUS, STRANGERS, House, by_link, keys, members, status
from tests.api.routes import PREFIX, below, patterns
from tests.api.test_isolation import OPEN, new_world
from tests.fixtures import new_organization
from tests.rest import caller, content

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
VIEWS = {below(route): view for route, view in patterns() if route.startswith(PREFIX)}
OPENED = {operation.partition(" ")[2] for operation in OPEN} - {"payments/fees"}
CLOSED = [route for route in VIEWS if route not in OPENED]
# The lines of the table that the objects of the answers belong to: who is shown one may read these.
SHOWS: dict[str, tuple[str, ...]] = {
    "AccessLogOut": ("access_log",),
    "AnswersOut": ("answers",),
    "AuditEntryOut": ("audit",),
    "AvailabilityOut": ("availability",),
    "BookableResourceOut": ("resources",),
    "BookingOut": ("bookings",),
    "CancelledDayOut": ("bookings", "clients"),
    "ClientOut": ("clients",),
    "ClosureOut": ("closures",),
    "ConsentOut": ("consents",),
    "ConversionOut": ("reports",),
    "DowntimeOut": ("downtime",),
    "ErasureOut": ("erasures",),
    "EventOut": ("events",),
    "FeeTableOut": ("fees",),
    "HolidayCalendarOut": ("holidays",),
    "ImportReportOut": ("import",),
    "IntentOut": ("payments",),
    "KeyOut": ("keys",),
    "LegalHoldOut": ("legal_holds",),
    "LinkOut": ("links",),
    "LocationOut": ("locations",),
    "MethodOut": ("payment_methods",),
    "NewKeyOut": ("keys",),
    "OfferOut": ("offers",),
    "PolicyOut": ("bookings",),
    "ProfessionalOut": ("professionals",),
    "RefundOut": ("refunds",),
    "ReportOut": ("reports",),
    "RequirementsOut": ("requirements",),
    "ServiceOut": ("services",),
    "SetupOut": ("payment_methods",),
    "StatementsOut": ("ledger",),
    "StatusOut": ("status",),
    "TimeOffOut": ("time_off",),
    "TransactionOut": ("ledger",),
    "TravelOut": ("travel",),
    "VerticalOut": ("verticals",),
    "WorkingHoursOut": ("working_hours",),
}
WHO = (*sorted(access.EVERYBODY), *STRANGERS)


@pytest.fixture(scope="module")
def house() -> House:
    world = new_world("house")
    everybody = keys(world.organization) | members(world.organization)
    client = by_link(world.organization, UUID(world.ids["booking"]))
    return House(world.organization, everybody | {access.CLIENT: client}, world.ids)


def resource(route: str) -> Any:
    return VIEWS[route].cls.resource


def address(route: str, ids: dict[str, str]) -> str:
    """The route with an id in each place; one that nobody has, unless it is given."""
    return "/" + re.sub(r"<(\w+)>", lambda found: ids.get(found[1]) or missing(found[1]), route)


def missing(place: str) -> str:
    return "no-such" if place == "slug" else str(new_id())


def expected(who: str, route: str, method: str) -> set[int]:
    """What the table says of it: 401 for whoever is nobody, 403 for who may not, anything else for who may."""
    if who in STRANGERS:
        return {401}
    action = VIEWS[route].actions.get(method.lower())
    if action is None:
        return {405}
    if not access.may(who, resource(route), access.verb_of(action)):
        return {403}
    return {200, 201, 204, 400, 404, 409, 415}


def test_every_route_of_the_api_is_a_scoped_view_with_a_line_in_the_table() -> None:
    for route in CLOSED:
        view: Any = VIEWS[route].cls
        assert issubclass(view, ScopedViewSet), route
        for action in VIEWS[route].actions.values():
            verb = access.verb_of(action)
            assert verb in access.TABLE[view.resource], f"{route}: {view.resource} has no {verb}"


def test_every_line_of_the_table_is_asked_somewhere() -> None:
    """What nothing asks for would be a promise about nothing. The pages of the admin ask for the rest."""
    of_pages = {"calendar", "alerts", "requests", "settings", "members"}
    asked = {resource(route) for route in CLOSED}
    assert set(access.TABLE) - asked == of_pages


def shapes(route: str) -> Iterator[tuple[str, str]]:
    """Each action of a route with the name of what it shows; files, which have tests of their own, show no object."""
    view = VIEWS[route].cls
    for action in VIEWS[route].actions.values():
        for shape in (view.answers.get(action) or getattr(view, "shown_as", None), view.accepted.get(action)):
            if shape is not None and action != "destroy":
                yield action, shape.__name__


def test_e1_what_is_shown_is_asked_of_the_line_it_belongs_to() -> None:
    """By hand: what the answers below are compared with is the line that a view names, which may be the wrong one."""
    assert {shape for route in CLOSED for _, shape in shapes(route)} == SHOWS.keys()
    for route in CLOSED:
        for action, shape in shapes(route):
            asked = access.who_may(resource(route), access.verb_of(action))
            for line in SHOWS[shape]:
                verb = "import" if line == "import" else "read"
                assert set(asked) <= set(access.who_may(line, verb)), (route, action, line)


def test_e1_a_receipt_under_the_line_of_its_person_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control."""
    view: Any = VIEWS["clients/<id>/erasure"].cls
    monkeypatch.setattr(view, "resource", "clients")
    with pytest.raises(AssertionError, match="erasure"):
        test_e1_what_is_shown_is_asked_of_the_line_it_belongs_to()


@pytest.mark.parametrize("who", WHO)
def test_e1_the_answer_is_what_the_table_says(house: House, who: str) -> None:
    assert who in house.api, "a role without a column"
    wrong = [
        (method, route, found)
        for route in CLOSED
        for method in METHODS
        if (found := status(house.api[who].send(method, address(route, {}), {}))) not in expected(who, route, method)
    ]
    assert not wrong


def test_e1_head_and_options_are_no_way_around(house: House) -> None:
    for route in CLOSED:
        for method in ("HEAD", "OPTIONS"):
            assert status(house.api[ANONYMOUS].send(method, address(route, {}), {})) == 401
        for who in ("readonly", "professional"):
            action = VIEWS[route].actions.get("get")
            allowed = action and access.may(who, resource(route), access.verb_of(action))
            found = status(house.api[who].send("HEAD", address(route, {}), {}))
            assert (found == 403) is (action is not None and not allowed), (who, route, found)


def test_e1_another_organizations_admin_is_answered_as_if_nothing_were_there(house: House) -> None:
    """The ids are real, and the answer is to the byte the one that ids get which nobody has."""
    other = caller(new_organization(), "admin")
    named = [route for route in CLOSED if "<" in route]
    assert named
    for route in named:
        # A list, since the framework adds "head" to a view's actions when it is asked for the first time.
        for method in [name.upper() for name in VIEWS[route].actions if name != "head"]:
            real = address(route, real_ids(route, house.ids))
            none = address(route, {})
            theirs, nobodys = (told(other.send(method, at, {}), at) for at in (real, none))
            assert theirs == nobodys, (method, route)
            assert theirs[0] in (400, 404), (method, route)


def real_ids(route: str, ids: dict[str, str]) -> dict[str, str]:
    kinds = {
        "verticals": "vertical", "clients": "client", "professionals": "professional", "locations": "location",
        "closures": "closure", "holiday-calendars": "calendar", "services": "service", "resources": "resource",
        "bookings": "booking", "intents": "intent", "refunds": "refund", "methods": "method", "setups": "setup",
        "events": "event", "keys": "key",
    }  # fmt: skip
    before = re.search(r"([\w-]+)/<(id|slug)>", route)
    inner = {name: ids[name.removesuffix("_id")] for name in re.findall(r"<(\w+_id)>", route)}
    return inner | ({before[2]: ids[kinds[before[1]]]} if before else {})


def told(response: Any, at: str) -> tuple[int, str]:
    text = content(response).decode()
    for part in at.split("/"):
        text = text.replace(part, "(id)") if len(part) > 30 or part in ("house", "no-such") else text
    return response.status_code, text


def test_a_route_without_a_line_would_be_noticed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a view that has lost its resource is for nobody, and the checks above would tell."""
    view: Any = VIEWS["bookings"].cls
    monkeypatch.setattr(view, "resource", "forgotten")
    assert status(house.api["owner"].send("GET", "/bookings", {})) == 403
    with pytest.raises((KeyError, AssertionError)):
        test_every_route_of_the_api_is_a_scoped_view_with_a_line_in_the_table()


def test_a_changed_role_counts_with_the_next_request(house: House) -> None:
    place = Membership.objects.get(organization=house.organization, role="readonly")
    api = house.api["readonly"]
    assert status(api.get("/clients")) == 200
    Membership.objects.filter(id=place.id).update(role="professional")
    assert status(api.get("/payments/ledger")) == 403
    Membership.objects.filter(id=place.id).update(role="readonly")
    assert status(api.get("/payments/ledger")) == 200
