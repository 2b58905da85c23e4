"""Foreign ids: in bodies and queries (E2), in paths with mixed parents (E3); and what nobody sets (E8).

What is asked is read off the URL table and the shapes of the views, so a new field with an id fails without a case.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from rest_framework import serializers

from authspine.api.fields import IdField
from authspine.api.serializers import Nothing
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from tests.access.test_api import CLOSED, VIEWS, address, real_ids
from tests.api.test_isolation import SPAN, World, new_world, stored
from tests.factories import ClientFactory, ProfessionalFactory, ResourceFactory, ServiceFactory, hour
from tests.rest import content

# Everything that is sent with an id of something, whole but for the ids, which stand for themselves as `{kind}`.
WEEKLY = {"weekday": 0, "start": "09:00", "end": "17:00", "location": "{location}"}
DAY = {"date": "2027-01-04", "ranges": [], "location": "{location}"}
SERVICE = {"name": "Cut", "duration_minutes": 30, "price": {"amount_cents": 1000, "currency": "USD"}}
SENT: dict[str, Any] = {
    "PUT professionals/<id>/working-hours": {"timezone": "UTC", "weekly": [WEEKLY], "overrides": [DAY]},
    "POST closures": {"location": "{location}", "starts_on": "2027-01-04", "ends_on": "2027-01-05"},
    "POST holiday-calendars": {"location": "{location}", "country": "FR"},
    "POST services": {**SERVICE, "professional": "{professional}", "location": "{location}"},
    "PATCH services/<id>": {"location": "{location}"},
    "PUT services/<id>/requirements": {"requirements": [{"resources": ["{resource}"]}]},
    "GET availability": {"service": "{service}", "professional": "{professional}", **SPAN},
    "POST bookings": {
        "client": "{client}", "service": "{service}", "professional": "{professional}",
        "starts_at": hour(11).isoformat(),
    },
    "POST bookings/<id>/reschedule": {"starts_at": hour(16).isoformat(), "professional": "{professional}"},
    "POST payments/intents": {"booking": "{booking}", "method": "invoice"},
    "POST payments/refunds": {"intent": "{intent}"},
    "POST payments/methods": {"client": "{client}", "type": "card", "payment_method": "pm_card_visa"},
    "GET payments/statements": {"professional": "{professional}", **SPAN},
    "GET analytics": {"by_user": "true", "user": "{client}"},
    "POST analytics/events": {"type": "newsletter.opened", "user": "{client}"},
    "GET analytics/export": {"format": "json", "user": "{client}"},
}  # fmt: skip
# Ids that lead to no row of their own.
NO_ROW = {("GET analytics", "cursor"): "a place in the list of the same answer"}

MANAGED = (
    "id", "organization", "organization_id", "tenant", "status", "paid", "role", "is_staff", "is_superuser",
    "created_at", "updated_at", "deleted_at", "erased_at", "cancelled_by", "version", "total_cents", "fee_cents",
    "captured_cents", "digest", "user_id",
)  # fmt: skip


def operations() -> Iterator[tuple[str, Any, str]]:
    for route in CLOSED:
        for method, action in VIEWS[route].actions.items():
            if method != "head":
                yield f"{method.upper()} {route}", VIEWS[route].cls, action


def ids_in(shape: Any, before: str = "") -> Iterator[str]:
    """The paths of the fields that take ids."""
    for name, field in shape.fields.items():
        inner = getattr(field, "child", field)
        if isinstance(inner, IdField):
            yield before + name
        elif isinstance(inner, serializers.Serializer):
            yield from ids_in(inner, f"{before}{name}.")


def taken() -> set[tuple[str, str]]:
    """Every operation with each of its fields that take an id."""
    return {
        (operation, path)
        for operation, view, action in operations()
        for shapes in (view.takes, view.asks)
        if action in shapes
        for path in ids_in(shapes[action]())
    }


def at(sent: Any, path: str) -> str:
    """The kind that stands at a path of what is sent."""
    for name in path.split("."):
        sent = sent[0][name] if isinstance(sent, list) else sent[name]
    found: str = sent[0] if isinstance(sent, list) else sent
    return found.strip("{}")


def put(sent: Any, path: list[str], value: str, ids: dict[str, str]) -> Any:
    """What is sent with `value` at the path, and with ids for all other kinds."""
    if isinstance(sent, dict):
        return {name: put(inner, path[1:] if path[:1] == [name] else ["-"], value, ids) for name, inner in sent.items()}
    if isinstance(sent, list):
        return [put(inner, path, value, ids) for inner in sent]
    if isinstance(sent, str) and sent.startswith("{"):
        return value if not path else ids[sent.strip("{}")]
    return sent


@pytest.fixture(scope="module")
def theirs() -> World:
    return new_world("secret")


@pytest.fixture(scope="module")
def mine() -> World:
    return new_world("own")


@pytest.fixture(autouse=True)
def untouched(theirs: World) -> Iterator[None]:
    before = stored(theirs)
    yield
    assert stored(theirs) == before


def call(world: World, operation: str, sent: Any) -> Any:
    method, _, route = operation.partition(" ")
    path = address(route, real_ids(route, world.ids)) if "<" in route else f"/{route}"
    return world.api.get(path, **sent) if method == "GET" else world.api.send(method, path, sent)


def told(response: Any, value: str) -> tuple[int, str]:
    return response.status_code, content(response).decode().replace(value, "(id)")


def test_every_field_that_takes_an_id_has_a_case() -> None:
    assert taken() - NO_ROW.keys() == {
        (operation, path) for operation, path in taken() if operation in SENT and (operation, path) not in NO_ROW
    }
    assert SENT.keys() == {operation for operation, _ in taken()}


@pytest.mark.parametrize(("operation", "path"), sorted(taken() - NO_ROW.keys()))
def test_e2_an_id_of_another_organization_is_one_that_nobody_has(
    operation: str, path: str, mine: World, theirs: World
) -> None:
    sent = SENT[operation]
    kind = at(sent, path)
    answers = [
        told(call(mine, operation, put(sent, path.split("."), value, mine.ids)), value)
        for value in (theirs.ids[kind], str(new_id()))
    ]
    assert answers[0] == answers[1]
    assert answers[0][0] == (200 if operation.startswith("GET analytics") else 404), answers[0]


NESTED = sorted((operation, action) for operation, _, action in operations() if operation.count("<") == 2)


@pytest.mark.parametrize(("operation", "action"), NESTED)
def test_e3_parents_that_do_not_belong_together(operation: str, action: str, mine: World, theirs: World) -> None:
    """A row of mine under another's, another's under mine, and one of mine under a wrong one of mine."""
    method, _, route = operation.partition(" ")
    own, other = real_ids(route, mine.ids), real_ids(route, theirs.ids)
    inner = next(name for name in own if name != "id")
    mixed = [own | {inner: other[inner]}, other | {inner: own[inner]}]
    if action != "replace":  # which would make what is named
        mixed.append(own | {"id": sibling(route, mine)})
    body = {"how": "paper"} if action == "withdraw" else {}
    for ids in mixed:
        assert mine.api.send(method, address(route, ids), body).status_code == 404


def sibling(route: str, mine: World) -> str:
    """Another parent of the same kind, with nothing below it."""
    made_by: Any = {
        "clients": ClientFactory, "professionals": ProfessionalFactory, "services": ServiceFactory,
        "resources": ResourceFactory,
    }[route.partition("/")[0]]  # fmt: skip
    with organization_scope(mine.organization, SYSTEM):
        return str(made_by().id)


# A DELETE reads no body, and an import reads its document by rules of its own.
BODIED = sorted(
    operation
    for operation, _, _ in operations()
    if operation.partition(" ")[0] in ("POST", "PUT", "PATCH") and operation != "POST import"
)


@pytest.mark.parametrize("operation", BODIED)
def test_e8_what_the_server_keeps_is_set_by_nobody(operation: str, mine: World) -> None:
    """Each by its name: as one that does not exist, or that only the server writes."""
    method, _, route = operation.partition(" ")
    view = VIEWS[route]
    shape = view.cls.takes.get(view.actions[method.lower()], Nothing)
    own = {name for name, field in shape().fields.items() if not field.read_only}
    managed = [name for name in MANAGED if name not in own]
    response = call(mine, operation, dict.fromkeys(managed, "x"))
    assert response.status_code == 400, response.content
    refused = {fault["field"] for fault in response.json()["errors"] if fault["code"] in ("unknown_field", "read_only")}
    assert refused >= set(managed)


def test_e21_an_export_by_anothers_id_is_not_there(mine: World, theirs: World) -> None:
    """A person's file, the receipt of an erasure, and events of a user who is another's."""
    for path in ("/clients/{}/export", "/clients/{}/erasure", "/professionals/{}/erasure"):
        kind = path.split("/")[1].removesuffix("s")
        found, none = (mine.api.get(path.format(one)) for one in (theirs.ids[kind], new_id()))
        assert (found.status_code, content(found)) == (404, content(none))
    exported = content(mine.api.get("/export", with_personal_data="true")).decode()
    assert not [one for kind, one in theirs.ids.items() if one in exported and kind != "vertical"]
    listed = content(mine.api.get("/analytics/export", format="json", user=theirs.ids["client"])).decode()
    assert not re.search(r'"id"', listed)
