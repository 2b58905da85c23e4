"""What every answer carries, whatever made it: policies for browsers, and that nobody keeps it."""

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings as configured
from django.test import Client as Browser
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from authspine.api import pages
from authspine.api.edge import guarded
from authspine.api.messages import HostCookie
from authspine.api.policies import DOCS, OFFICE, STRICT
from authspine.api.wire import Handler
from authspine.identity.models import Organization, User
from authspine.kernel.errors import Unavailable
from tests.admin.office import member, new_user, signed_in
from tests.fixtures import Maker
from tests.rest import Api

# Where an authenticator app is set up, with its secret as a picture.
SET_UP = "/accounts/2fa/app"


@pytest.fixture
def superuser() -> User:
    return new_user(is_superuser=True)


# A page of every kind, and of every way to be refused one.
ADDRESSES = {
    "the API": "/api/platform",
    "the schema": "/api/platform/schema",
    "the page to try it": "/api/platform/docs",
    "nobody's API": "/api/platform/clients",
    "no such route": "/api/platform/nothing",
    "sign-in": "/admin/login/",
    "the admin, unseen": "/admin/",
    "no such page": "/nothing",
    "the demo": "/platform-demo",
    "a file": "/static/demo/demo.css",
}


def policy(response: Any) -> dict[str, str]:
    found = response.headers["Content-Security-Policy"]
    return {name: values for name, _, values in (part.partition(" ") for part in found.split("; "))}


def check(response: Any) -> None:
    told = policy(response)
    assert told["default-src"] == told["base-uri"] == told["frame-ancestors"] == "'none'"
    assert told["form-action"] == "'self'"
    assert "'unsafe-inline'" not in told["script-src"]
    assert "http" not in response.headers["Content-Security-Policy"]
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Referrer-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in response.headers["Permissions-Policy"]
    assert "X-Powered-By" not in response.headers


@pytest.mark.parametrize("kind", ADDRESSES)
def test_every_kind_of_answer_has_its_headers(kind: str, organization: Organization, settings: Settings) -> None:
    """(E27) Nothing is kept but files, which are the same for everybody."""
    settings.DEMO = True
    response = Browser().get(ADDRESSES[kind])
    check(response)
    if kind == "a file":
        assert "no-store" not in response.headers["Cache-Control"]
        response.close()
        return
    assert "no-store" in response.headers["Cache-Control"]
    assert {"Authorization", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_what_is_personal_is_never_kept(admin: Api, make: Maker, superuser: User, organization: Organization) -> None:
    """(E27) Of the API, its documents, and the admin: the rows, their files and their lists."""
    client = make.client()
    office = signed_in(superuser, organization)
    for response in (
        admin.get(f"/clients/{client.id}"),
        admin.get("/clients"),
        admin.get(f"/clients/{client.id}/export"),
        admin.get("/analytics/export", format="csv"),
        admin.get("/export", with_personal_data="true"),
        office.get(f"/admin/clients/client/{client.id}/change/"),
        office.get("/admin/clients/client/"),
        office.get("/admin/"),
    ):
        assert response.status_code == 200
        assert "no-store" in response.headers["Cache-Control"]
        assert {"Authorization", "Cookie"} <= set(response.headers["Vary"].split(", "))


def test_the_admin_alone_has_what_its_library_needs(superuser: User, organization: Organization) -> None:
    office = signed_in(superuser, organization).get("/admin/")
    assert "'unsafe-eval'" in policy(office)["script-src"]
    assert "'unsafe-inline'" in policy(Browser().get("/admin/login/"))["style-src"]
    for address in ("/platform-demo", "/nothing", "/api/platform"):
        assert "unsafe" not in Browser().get(address).headers["Content-Security-Policy"]
    assert "unsafe" not in f"{STRICT} {DOCS}"
    assert OFFICE["script-src"] == ["'self'", "'unsafe-eval'"]


def test_a_picture_in_the_page_is_shown_where_an_app_is_set_up_alone(organization: Organization) -> None:
    browser = signed_in(member(organization))
    for address in (SET_UP, "/accounts/2fa", "/accounts/2fa/passkeys"):
        told = browser.get(address)
        assert told.status_code == 200
        assert policy(told)["img-src"] == ("'self' data:" if address == SET_UP else "'self'")
        check(told)
    refused = browser.post(SET_UP, {"code": "x"})
    assert refused.status_code == 200
    assert "data:image/svg+xml" in refused.content.decode()
    assert policy(refused)["img-src"] == "'self' data:"


def test_the_page_to_try_the_api_has_one_style_by_a_nonce_of_its_own() -> None:
    found = set()
    for _ in range(2):
        response = Browser().get("/api/platform/docs")
        (nonce,) = re.findall(r'<style nonce="([^"]{16,})">', response.content.decode())
        assert f"'nonce-{nonce}'" in policy(response)["style-src"]
        assert re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", response.content.decode()) == []
        found.add(nonce)
    assert len(found) == 2


def test_error_pages_have_nothing_inline() -> None:
    page = Browser().get("/nothing").content.decode()
    assert re.findall(r"<script|<style|\sstyle=|\son[a-z]+=", page) == []
    assert "/static/api/page.css" in page


def test_what_is_answered_before_any_page_has_them_too() -> None:
    """The database is away, or the head of a request is not well formed: then no middleware is asked."""
    request = RequestFactory().get("/")
    check(guarded(request, lambda request: pages.unavailable(request, Unavailable())))
    refused = Handler(lets_in=lambda: False)(request.environ, lambda *head: None)
    check(refused)
    assert refused.status_code == 503
    assert refused.headers["Cache-Control"] == "no-store"


SECURE = """
import django, json
from django.conf import settings
django.setup()
print(json.dumps({name: getattr(settings, name) for name in dir(settings) if "COOKIE" in name or "HSTS" in name}))
"""


def started(**environment: str) -> "subprocess.CompletedProcess[str]":
    """The settings as another process reads them."""
    told = os.environ | {"DEMO": "0", "DJANGO_SETTINGS_MODULE": "authspine.settings"} | environment
    command = [sys.executable, "-c", SECURE]
    return subprocess.run(command, env=told, capture_output=True, text=True, check=False, cwd=configured.BASE_DIR)


def test_cookies_belong_to_this_host_alone() -> None:
    """`__Host-`: a browser takes them over HTTPS only, without a domain, for the whole host."""
    found = json.loads(started(SECURE="1").stdout)
    for kind, name in (("SESSION", "__Host-sessionid"), ("CSRF", "__Host-csrftoken")):
        assert found[f"{kind}_COOKIE_NAME"] == name
        assert found[f"{kind}_COOKIE_SECURE"] is found[f"{kind}_COOKIE_HTTPONLY"] is True
        assert found[f"{kind}_COOKIE_SAMESITE"] == "Lax"
        assert found[f"{kind}_COOKIE_DOMAIN"] is None
        assert found[f"{kind}_COOKIE_PATH"] == "/"
    assert found["MESSAGES_COOKIE_NAME"] == "__Host-messages"
    assert found["SECURE_HSTS_SECONDS"] == 31_536_000
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True


def test_a_host_of_any_name_is_not_served() -> None:
    """(E11)"""
    refusal = started(ALLOWED_HOSTS="example.com,*")
    assert refusal.returncode == 1
    assert "ALLOWED_HOSTS must name the hosts that are served" in refusal.stderr


def test_a_cookie_of_sign_in_says_how_it_may_be_used(superuser: User, organization: Organization) -> None:
    signed = signed_in(superuser, organization)
    cookie = signed.post("/admin/organization/", {"organization": organization.slug}).cookies["sessionid"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    browser = Browser()
    browser.get("/accounts/login")
    assert browser.cookies["csrftoken"]["httponly"]


def test_what_a_page_says_once_travels_in_a_cookie_of_that_kind(
    superuser: User, organization: Organization, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert settings.MESSAGES_COOKIE_NAME == HostCookie.cookie_name == "messages"  # over HTTP, as in a demo
    settings.SESSION_COOKIE_SECURE = True
    monkeypatch.setattr(HostCookie, "cookie_name", "__Host-messages")
    browser = signed_in(superuser, organization)
    browser.post("/admin/organization/", {"organization": organization.slug}, secure=True)
    cookie = browser.cookies["__Host-messages"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert f"You now see {organization.name}." in browser.get("/admin/", secure=True).content.decode()
    gone = browser.cookies["__Host-messages"]
    assert (gone.value, gone["secure"]) == ("", True)


def test_a_forwarded_host_is_never_used(admin: Api, make: Maker, settings: Settings) -> None:
    """(E11) Addresses in answers are of the host that was asked, which ALLOWED_HOSTS names."""
    assert settings.USE_X_FORWARDED_HOST is settings.USE_X_FORWARDED_PORT is False
    sent = {"email": "ana@example.com", "name": "Ana"}
    forged = {"X-Forwarded-Host": "evil.example", "X-Forwarded-Port": "666", "Forwarded": "host=evil.example"}
    made = admin.send("POST", "/clients", sent, headers=forged)
    assert made.headers["Location"].startswith("http://testserver/api/platform/clients/")
    assert Browser().get("/api/platform", headers={"Host": "evil.example"}).status_code == 400
    check(Browser().get("/", headers={"Host": "evil.example"}))
