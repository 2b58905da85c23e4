"""`Idempotency-Key` on every POST of the API, read off the URL table: a new one that takes none fails here."""

import json
import re
from typing import Any

import pytest

from authspine.kernel.ids import new_id
from tests.api.routes import operations
from tests.api.test_isolation import CASES, OPEN, Hidden, Imports, Names, World, new_world, stored
from tests.rest import ROOT, Api, content, refused

POSTS = [operation.removeprefix("POST ") for operation in operations() if operation.startswith("POST ")]
# What the gateway brings has no caller and no key: it is told apart by the id of its event.
# Nor is an answer kept that shows a secret once.
TOLD_ONCE = {"keys", "keys/<id>/rotate", "bookings/<id>/link"}
KEYED = sorted(route for route in POSTS if f"POST {route}" not in OPEN and route not in TOLD_ONCE)
# The others below payments/ move money; a new one is taken to do so until it is named here.
ON_FILE = {"payments/methods", "payments/methods/<id>/default", "payments/methods/setups/<id>/confirm"}
# What the state of things refuses is an answer, too, and is kept.
KEPT = {200, 201, 402, 404, 409}


@pytest.fixture
def world() -> World:
    return new_world("own")


def path_and_body(route: str, world: World) -> tuple[str, Any]:
    """The case of the route, about rows of the caller's own."""
    case, path = CASES[f"POST {route}"], f"/{route}"
    if isinstance(case, Hidden):
        path = path.replace("<id>", world.ids[case.kind])
        return re.sub(r"<\w+>", world.ids.get(case.inner, ""), path), case.body
    if isinstance(case, Imports):
        return path, json.loads(content(world.api.get("/export", with_personal_data="true")))
    if not isinstance(case, Names):
        return path, case.sent
    texts = {name: value for name, value in case.sent.items() if isinstance(value, str)}
    return path, case.sent | {name: value.format_map(world.ids) for name, value in texts.items()}


@pytest.mark.parametrize("route", KEYED)
def test_sent_again_under_its_key_it_is_answered_again(world: World, route: str) -> None:
    """Byte for byte, and nothing is done a second time."""
    path, body = path_and_body(route, world)
    first = world.api.post(path, body, key="once")
    assert first.status_code in KEPT, first.content
    assert "Idempotent-Replayed" not in first.headers
    rows = stored(world)
    again = world.api.post(path, body, key="once")
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert stored(world) == rows


@pytest.mark.parametrize("route", KEYED)
def test_what_moves_money_asks_for_a_key_and_nothing_else_does(admin: Api, route: str) -> None:
    """Before anything is looked up: there is no row with such an id, and a key that is missing is told of first."""
    path = ROOT + "/" + re.sub(r"<\w+>", str(new_id()), route)
    answer = admin.http.post(path, {}, content_type="application/json")
    if route.startswith("payments/") and route not in ON_FILE:
        refused(answer, 400, "idempotency_key_required", "Idempotency-Key")
    else:
        assert answer.json().get("code") != "idempotency_key_required"
        assert answer.status_code < 500


def test_the_list_is_of_routes_that_there_are() -> None:
    assert set(KEYED) >= ON_FILE
    assert len(KEYED) > 30
