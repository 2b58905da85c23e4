"""How often the API may be asked: counted by who asks, by their organization and by their address, and told."""

import re
from collections.abc import Callable
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.test.utils import override_settings
from limits import parse
from pytest_django.fixtures import Settings

from authspine.environment import networks
from authspine.identity.models import Organization
from authspine.limits.rates import limits
from tests.api.routes import patterns
from tests.api.test_authentication import new_user, signed_in
from tests.fixtures import Maker, new_organization
from tests.journeys.documents import client, document
from tests.rest import ROOT, Api, caller, refused

BY_SCRIPT = {"X-Requested-With": "XMLHttpRequest"}
BY_CALLER = ("read", "search", "write", "hold", "money", "export")


@pytest.fixture
def limited(settings: Settings) -> Callable[[str], None]:
    def limit(told: str) -> None:
        # What is not named is as wide as in all other tests; these all come from one address.
        found = limits(f"{told},every=1000000/minute")
        wide = {"address": parse("1000000/minute")}
        settings.RATE_LIMITS = {name: {**row, **(wide if name in BY_CALLER else {})} for name, row in found.items()}

    return limit


def new_address() -> str:
    """In a network that no other test comes from."""
    number = f"{uuid4().int & 0xFFFFFFFF:08x}"
    return f"2001:db8:{number[:4]}:{number[4:]}::1"


@pytest.fixture
def address() -> str:
    return new_address()


def told(response: Any) -> tuple[int, int, int]:
    """What is said of the limit: how many, how many are left, and for how long."""
    return tuple(int(response[f"RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))  # type: ignore[return-value]


def test_a_clients_link_uses_up_nothing_of_the_house(limited: Any, make: Maker, api_client: Api) -> None:
    booking = make.booking()
    link = Api(api_client.post(f"/bookings/{booking.id}/link", {}).json()["url"].rpartition("/")[2])
    limited("read=2/minute")
    tried = [link.get(f"/bookings/{booking.id}").status_code for _ in range(20)]
    assert tried == [200] * 2 + [429] * 18
    assert api_client.get("/clients").status_code == 200


def test_each_answer_tells_of_the_tightest_limit(limited: Any, api_client: Api) -> None:
    limited("read=3/minute")
    answers = [api_client.get("/clients") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert [told(answer)[:2] for answer in answers] == [(3, 2), (3, 1), (3, 0), (3, 0)]
    refused(answers[-1], 429, "too_many_requests")
    assert 0 < int(answers[-1]["Retry-After"]) == told(answers[-1])[2] <= 60
    assert "Retry-After" not in answers[0]
    # Another class of routes has another limit.
    assert api_client.post("/clients", {"name": "Ana", "email": "ana@example.com"}).status_code == 201


def test_refusals_are_counted_before_anything_is_done(limited: Any, api_client: Api, make: Maker) -> None:
    limited("write=2/minute")
    refused(api_client.post("/clients", {"nme": "Ana"}), 400, "validation_error", "email", "name", "nme")
    refused(api_client.delete("/clients"), 405, "method_not_allowed")
    refused(api_client.post("/clients", {"name": "Ana"}), 429, "too_many_requests")
    assert api_client.get("/clients").json()["results"] == []


def test_a_key_without_the_right_is_counted(limited: Any, reader: Api) -> None:
    limited("write=1/minute")
    answer = reader.post("/clients", {"name": "Ana"})
    refused(answer, 403, "permission_denied")
    assert told(answer)[:2] == (1, 0)
    refused(reader.post("/clients", {"name": "Ana"}), 429, "too_many_requests")


@pytest.mark.parametrize("path", ["/clients", "/clients/", "/clients?limit=1", "/bookings"])
def test_e23_no_spelling_of_an_address_has_a_limit_of_its_own(limited: Any, api_client: Api, path: str) -> None:
    """(E23) Nor is another case another route."""
    limited("read=1/minute")
    assert api_client.get("/clients").status_code == 200
    refused(api_client.get(path), 429, "too_many_requests")
    assert api_client.get("/CLIENTS").status_code == 404


def test_e23_many_keys_do_not_multiply_a_limit(limited: Any, organization: Organization, stranger: Api) -> None:
    """(E23) The organization may do five times as much as each of its keys; another one is not touched by it."""
    limited("read=2/minute")
    statuses = [caller(organization).get("/clients").status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    assert stranger.get("/clients").status_code == 200


def test_e23_many_in_one_request_are_one_import(limited: Any, organization: Organization, admin: Api) -> None:
    """(E23) It is the only request that makes many objects, with a limit of its own; all others take one."""
    limited("export=2/minute,write=1/minute")
    people = [client(id) for id in ("c1", "c2", "c3")]
    first = admin.post("/import", document(clients=people))
    assert (first.json()["imported"]["clients"], told(first)[:2]) == (3, (2, 1))
    assert admin.get("/analytics/export", format="csv").status_code == 200
    refused(admin.post("/import", document()), 429, "too_many_requests")
    ben = {"email": "ben@example.com", "name": "Ben"}
    refused(admin.post("/clients", [ben, ben]), 400, "validation_error", "")
    refused(admin.post("/clients", ben), 429, "too_many_requests")


def test_e23_a_caller_that_is_refused_uses_up_nothing_of_the_others(
    settings: Settings, organization: Organization, address: str
) -> None:
    """(E23) One key that asks in a loop keeps out neither its organization nor who else is at its address."""
    settings.RATE_LIMITS = limits("read=2/minute")
    looping, colleague, neighbour = caller(organization), caller(organization), caller(new_organization())

    def ask(each: Api, times: int) -> list[int]:
        return [each.http.get(f"{ROOT}/clients", REMOTE_ADDR=address).status_code for _ in range(times)]

    assert ask(looping, 30) == [200] * 2 + [429] * 28
    assert ask(colleague, 3) == [200, 200, 429]
    assert ask(neighbour, 3) == [200, 200, 429]


def test_e23_a_house_that_is_refused_uses_up_nothing_of_its_address(
    settings: Settings, organization: Organization, address: str
) -> None:
    """(E23)"""
    row = limits("read=2/minute")["read"]
    settings.RATE_LIMITS = {"read": {**row, "organization": row[""], "address": parse("4/minute")}}
    callers = [caller(organization) for _ in range(6)]
    assert [each.http.get(f"{ROOT}/clients", REMOTE_ADDR=address).status_code for each in callers] == [
        *[200, 200],
        *[429] * 4,
    ]
    neighbour = caller(new_organization()).http
    assert [neighbour.get(f"{ROOT}/clients", REMOTE_ADDR=address).status_code for _ in range(3)] == [200, 200, 429]


def test_e23_many_organizations_at_one_address_share_its_limit(settings: Settings, address: str) -> None:
    """(E23)"""
    settings.RATE_LIMITS = limits("read=1/minute")
    callers = [caller(new_organization()) for _ in range(6)]
    statuses = [each.http.get(f"{ROOT}/clients", REMOTE_ADDR=address).status_code for each in callers]
    assert statuses == [200] * 5 + [429]


def test_e23_a_network_of_ipv6_is_one_address(limited: Any, address: str) -> None:
    """(E23) Whoever has no key is counted by it."""
    limited("anonymous=3/minute")
    network = address.removesuffix("1")
    statuses = [Client().get(f"{ROOT}/clients", REMOTE_ADDR=f"{network}{last}").status_code for last in range(1, 6)]
    assert statuses == [401, 401, 401, 429, 429]


def test_e22_a_stranger_is_counted_whatever_they_say(limited: Any, address: str) -> None:
    """(E22) Behind a proxy of ours each client is counted; what a client has written itself is not looked at."""
    limited("refused=2/minute")
    with override_settings(TRUSTED_PROXIES=()):
        assert asked(4, lambda number: {"REMOTE_ADDR": address, "HTTP_X_FORWARDED_FOR": f"198.51.100.{number}"}) == [
            *[401, 401],
            *[429, 429],
        ]
    with override_settings(TRUSTED_PROXIES=trusted("10.0.0.0/8")):
        through = {"REMOTE_ADDR": "10.0.0.1"}
        one, other = new_address(), new_address()
        behind = [one, one, f"{other}, {one}", other, other]
        found = asked(5, lambda number: through | {"HTTP_X_FORWARDED_FOR": f"192.0.2.{number}, {behind[number]}"})
        assert found == [401, 401, 429, 401, 401]


def trusted(*told: str) -> Any:
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("TRUSTED_PROXIES", ",".join(told))
        return networks("TRUSTED_PROXIES")


def asked(times: int, sent: Callable[[int], dict[str, str]]) -> list[int]:
    """With a key that is none."""
    wrong = {"HTTP_AUTHORIZATION": "Bearer asp_deadbeef0000_nothing"}
    return [Client().get(f"{ROOT}/clients", **wrong, **sent(number)).status_code for number in range(times)]  # type: ignore[arg-type]


def test_a_session_is_counted_by_its_user(limited: Any, organization: Organization) -> None:
    limited("read=2/minute")
    user = new_user(organization)
    assert [signed_in(user).get(f"{ROOT}/clients").status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [
        ("search", "GET", "/clients?search=ana"),
        ("search", "GET", "/availability"),
        ("search", "GET", "/analytics"),
        ("hold", "POST", "/bookings"),
        ("money", "POST", "/payments/intents"),
        ("money", "POST", "/payments/refunds"),
        ("export", "GET", "/export"),
        ("export", "POST", "/import"),
        ("write", "POST", "/locations"),
        ("read", "GET", "/payments/ledger"),
    ],
)
def test_what_a_route_does_decides_which_limit(limited: Any, admin: Api, kind: str, method: str, path: str) -> None:
    limited(f"{kind}=1/minute")
    assert told(admin.send(method, path, {}))[:2] == (1, 0)
    refused(admin.send(method, path, {}), 429, "too_many_requests")


@pytest.mark.parametrize(
    ("kind", "method", "path"),
    [("anonymous", "get", "/schema"), ("anonymous", "get", "/docs"), ("webhook", "post", "/webhooks/stripe")],
)
def test_what_is_open_to_everybody_is_counted_by_address(
    limited: Any, address: str, kind: str, method: str, path: str
) -> None:
    limited(f"{kind}=1/minute")
    answers = [getattr(Client(REMOTE_ADDR=address), method)(ROOT + path) for _ in range(2)]
    assert [told(answer)[:2] for answer in answers] == [(1, 0), (1, 0)]
    assert answers[0].status_code != 429
    refused(answers[1], 429, "too_many_requests")


def test_what_is_posted_to_pages_is_counted(limited: Any, address: str) -> None:
    limited("page=1/minute")
    visitor = Client(REMOTE_ADDR=address)
    answers = [visitor.post("/admin/login/", {"username": "a", "password": "b"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [302] * 5 + [429]
    assert b"Too many requests" in answers[-1].content
    assert int(answers[-1]["Retry-After"]) > 0
    assert visitor.get("/admin/login/").status_code == 302


def test_what_is_posted_to_pages_without_its_token_is_counted(limited: Any, address: str) -> None:
    limited("page=1/minute")
    visitor = Client(REMOTE_ADDR=address, enforce_csrf_checks=True)
    answers = [visitor.post("/accounts/login", {"login": "a", "password": "b"}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [403] * 5 + [429]
    assert told(answers[0])[:2] == (5, 4)
    assert b"Too many requests" in answers[-1].content


def test_a_page_that_is_looked_at_is_counted_by_its_user(limited: Any, organization: Organization) -> None:
    """Of the admin and of the demo, together with what they ask of the API; another user goes on."""
    limited("read=3/minute")
    one, other = (signed_in(new_user(organization)) for _ in range(2))
    assert [one.get("/admin/").status_code, one.get(f"{ROOT}/clients").status_code] == [200, 200]
    assert told(one.get("/platform-demo/zone"))[:2] == (3, 0)
    answer = one.get("/admin/")
    assert answer.status_code == 429
    assert answer["Content-Type"].startswith("text/html")
    assert other.get("/admin/").status_code == 200


def test_a_page_that_is_looked_at_is_counted_by_its_address(settings: Settings, address: str) -> None:
    settings.RATE_LIMITS = limits("read=1/minute")
    visitor = Client(REMOTE_ADDR=address)
    assert [visitor.get("/accounts/login").status_code for _ in range(6)] == [200] * 5 + [429]
    with closing(visitor.get("/static/api/page.css")) as free:
        assert free.status_code == 200


def test_a_clients_own_page_is_counted_by_its_link(limited: Any, make: Maker, api_client: Api) -> None:
    booking, other = make.booking(), make.booking()
    links = [
        f"/b/{api_client.post(f'/bookings/{each.id}/link', {}).json()['url'].rpartition('/')[2]}"
        for each in (booking, other)
    ]
    limited("search=2/minute,page=1/minute")
    visitor = Client()
    assert [visitor.get(links[0]).status_code for _ in range(3)] == [200, 200, 429]
    assert visitor.get(links[1]).status_code == 200
    assert [visitor.post(f"{links[0]}/cancel").status_code for _ in range(2)] == [403, 429]


def test_who_looks_without_a_login_leaves_no_session_but_where_it_is_counted(address: str) -> None:
    """By GET and HEAD, as a page's scripts ask, too; else a stranger could fill the table. The demo's and the API's
    routes are asked by (E10).
    """
    visitor, leaving = Client(REMOTE_ADDR=address, headers=BY_SCRIPT), set[str]()
    for route, _ in patterns():
        if route.startswith(("api/", "platform-demo")):
            continue
        before = Session.objects.count()
        for ask in (visitor.get, visitor.head):
            ask("/" + re.sub(r"<\w+>", "x", route))
            visitor.cookies.clear()
        if Session.objects.count() > before:
            leaving.add(route)
    assert leaving == {"accounts/2fa/passkeys/sign-in"}


def test_a_passkeys_challenge_is_counted_by_address(limited: Any, address: str) -> None:
    limited("challenge=2/minute")
    visitor, before = Client(REMOTE_ADDR=address, headers=BY_SCRIPT), Session.objects.count()
    statuses = []
    for ask in (visitor.get, visitor.head, visitor.get, visitor.head):
        visitor.cookies.clear()
        statuses.append(ask("/accounts/2fa/passkeys/sign-in").status_code)
    assert statuses == [200, 200, 429, 429]
    assert Session.objects.count() == before + 2
    assert visitor.get("/accounts/login").status_code == 200


def test_nothing_is_counted_where_limits_are_off(settings: Settings, api_client: Api) -> None:
    settings.RATE_LIMITS = {}
    assert "RateLimit-Limit" not in api_client.get("/clients")
