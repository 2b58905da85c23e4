"""What another site can make a browser send is refused (E10), and what is public is so by decision (E28)."""

from typing import Any

import pytest
from django.test import Client as Browser
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from tests.admin.office import member, new_user, signed_in
from tests.api.routes import PREFIX, operations, patterns
from tests.demo.routes import BUTTONS, FORMS
from tests.demo.test_pages import address, one_of_everything, state
from tests.fixtures import Maker, new_organization
from tests.rest import ROOT, Api, caller
from tests.sessions import enter

TOKEN = "t" * 32
EVIL = {"Origin": "https://evil.example"}


@pytest.fixture(scope="module")
def shop() -> Maker:
    return Maker(new_organization(is_demo=True))


@pytest.fixture(scope="module")
def ids(shop: Maker) -> dict[str, Any]:
    return one_of_everything(shop)


@pytest.fixture(autouse=True)
def demo(shop: Maker, settings: Settings) -> None:
    settings.DEMO = True
    settings.DEMO_ORGANIZATION = shop.organization.slug


@pytest.fixture
def strict() -> Browser:
    """A browser whose requests are checked like a real one's; it has a token in its cookie."""
    browser = Browser(enforce_csrf_checks=True)
    browser.cookies["csrftoken"] = TOKEN
    return browser


@pytest.mark.parametrize("name", sorted(BUTTONS | FORMS))
def test_e10_a_form_without_its_token_changes_nothing(
    strict: Browser, shop: Maker, ids: dict[str, Any], name: str
) -> None:
    before = state(shop.organization)
    at = address(name, ids)
    assert strict.post(at, {"name": "Taken"}).status_code == 403
    assert strict.post(at, {"csrfmiddlewaretoken": "u" * 32}).status_code == 403
    assert strict.post(at, {"csrfmiddlewaretoken": TOKEN}, headers=EVIL).status_code == 403
    assert strict.post(at, {"csrfmiddlewaretoken": TOKEN}, headers={"Origin": "null"}).status_code == 403
    assert state(shop.organization) == before


def test_e10_the_control_with_its_token_it_is_taken(strict: Browser, ids: dict[str, Any]) -> None:
    sent = {"csrfmiddlewaretoken": TOKEN, "email": "csrf@example.com", "name": "Ana"}
    assert strict.post(address("client-new", ids), sent).status_code == 302


@pytest.mark.parametrize("route", sorted({route for route, _ in patterns() if route.startswith("admin/")}))
def test_e10_no_page_of_the_admin_takes_a_form_without_its_token(strict: Browser, route: str) -> None:
    enter(strict, new_user(is_superuser=True))
    if "<" not in route:
        for headers in ({}, EVIL):
            response = strict.post(f"/{route}", {"a": "b"}, headers=headers)
            assert response.status_code in (403, 405), response.status_code
    assert strict.get("/admin/").status_code == 200, "past the gate of second factors"


@pytest.mark.parametrize("operation", [one for one in operations() if not one.startswith("GET") and "<" not in one])
def test_e10_a_session_writes_from_this_site_alone(strict: Browser, organization: Organization, operation: str) -> None:
    """Without a token, with the token but from another site, and as a form or as text, which needs no asking."""
    method, _, route = operation.partition(" ")
    at = f"{ROOT}/{route}"
    if "webhooks" in route:  # no session is looked at there: the signature decides
        return
    enter(strict, member(organization, "owner"))
    sent = {"email": "csrf@example.com", "name": "Ana"}
    keyed = {"X-CSRFToken": TOKEN, "Idempotency-Key": "one"}
    bare = strict.generic(method, at, b"{}", content_type="application/json")
    assert (bare.status_code, "CSRF" in bare.json()["detail"]) == (403, True)
    evil = strict.generic(method, at, b"{}", content_type="application/json", headers=keyed | EVIL)
    assert (evil.status_code, "CSRF" in evil.json()["detail"]) == (403, True)
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        assert strict.generic(method, at, str(sent), content_type=content_type, headers=keyed).status_code == 415


def test_e10_no_other_site_is_told_that_it_may(admin: Api) -> None:
    for response in (
        admin.http.get(f"{ROOT}/clients", headers=EVIL),
        admin.http.options(f"{ROOT}/clients", headers=EVIL | {"Access-Control-Request-Method": "POST"}),
    ):
        assert [name for name in response.headers if name.startswith("Access-Control")] == []


# Without a key or a session; what is here is meant to be seen by everybody. docs/decisions.md says why.
PUBLIC = {
    "GET schema": "what the API can do is no secret, and nobody's rows are in it",
    "GET docs": "likewise",
    "POST webhooks/stripe": "Stripe has no key: its signature decides",
}


@pytest.mark.parametrize("operation", operations())
def test_e28_what_is_public_of_the_api_is_so_by_decision(operation: str) -> None:
    method, _, route = operation.partition(" ")
    at = f"/{PREFIX}/{route}" if route else f"/{PREFIX}"
    id = "01a20714-91af-71ac-8f24-8ecdeea3c4d5"
    for name in ("id", "consent_id", "time_off_id", "travel_id", "professional_id", "downtime_id", "slug"):
        at = at.replace(f"<{name}>", id if name != "slug" else "beauty")
    response = Browser().generic(method, at, b"{}", content_type="application/json")
    if operation in PUBLIC:
        assert response.status_code in (200, 400, 503)
    else:
        assert response.status_code == 401


@pytest.mark.parametrize("route", sorted({route for route, _ in patterns() if route.startswith("admin/")}))
def test_e28_nobody_sees_a_page_of_the_admin(route: str) -> None:
    response = Browser().get("/" + route.replace("<", "").replace(">", ""))
    if route == "admin/login/":
        assert response.headers["Location"] == "/accounts/login?next=/admin/"
    elif "jsi18n" in route:
        assert response.status_code in (200, 302)
    else:
        assert response.status_code in (302, 404, 405)
        assert response.headers.get("Location", "/admin/login/").partition("?")[0] in ("/admin/login/", "/admin/")


@pytest.mark.parametrize(
    "path",
    [
        "/.git/config", "/.git/HEAD", "/.env", "/.well-known/security", "/metrics", "/debug", "/__debug__/", "/silk/",
        "/server-status", "/api", "/api/", "/api/v1/clients", "/api/v0/platform", "/api/platform/v1/clients",
        "/api/platform.bak", "/api/platform/schema.json", "/swagger", "/openapi.json", "/graphql", "/phpinfo.php",
        "/admin.php", "/static/", "/static/../settings.py", "/static/%2e%2e/settings.py", "/static/..%2fsettings.py",
        "/var/postgres", "/requirements.txt", "/manage.py", "/backup.sql", "/health", "/static/api", "/accounts/.git",
    ],
)  # fmt: skip
def test_e28_there_is_nothing_else(path: str) -> None:
    assert Browser().get(path).status_code == 404


@pytest.mark.parametrize("of_whom", ["nobody", "a key", "a session"])
def test_e28_no_other_version_of_the_api_answers(organization: Organization, make: Maker, of_whom: str) -> None:
    """There is one, and it has no number: any other address of it, older or newer, is a 404 that tells nothing."""
    client = make.client(name="Secretia")
    callers = {"nobody": Browser(), "a key": caller(organization).http, "a session": Browser()}
    http = callers[of_whom]
    if of_whom == "a session":
        enter(http, member(organization, "owner"))
    told = set()
    for base in ("/api/v1", "/api/v2", "/api/0", "/v1", "/api/platform/v1", "/api/platform/v2", "/api/platform-v1"):
        for path in ("clients", f"clients/{client.id}", "export", "schema"):
            for response in (http.get(f"{base}/{path}"), http.post(f"{base}/{path}", {}, "application/json")):
                assert (response.status_code, b"Secretia" in response.content) == (404, False), (base, path)
                told.add((base.startswith("/api"), response.content))
    assert len(told) == 2, "one answer below /api, and one elsewhere, whatever was asked for"
    version = {"Accept": "application/json; version=1.0"}
    if of_whom == "a key":
        assert http.get(f"{ROOT}/clients", {"version": "1"}).status_code == 400
        assert http.get(f"{ROOT}/clients", headers=version).content == http.get(f"{ROOT}/clients").content


def test_e28_no_page_shows_the_code_that_failed(settings: Settings) -> None:
    assert settings.DEBUG is False
    for path in ("/nothing", "/api/platform/nothing", "/admin/nothing/"):
        page = Browser().get(path, follow=True).content
        assert b"Traceback" not in page
        assert b"urlpatterns" not in page


def test_e28_the_demo_s_pages_are_a_decision_of_its_own(settings: Settings) -> None:
    settings.DEMO = False
    assert Browser().get("/platform-demo").status_code == 404
    assert signed_in(new_user(is_superuser=True)).get("/platform-demo").status_code == 404
