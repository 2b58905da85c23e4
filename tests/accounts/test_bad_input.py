"""Nothing that somebody sends to these pages is an error of the program; they are read by GET and changed by POST."""

import json
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from authspine.accounts.urls import urlpatterns
from authspine.identity.models import User
from authspine.kernel import clock
from tests.sessions import app_code, enter, password_step, second_factors, with_app

JUNK: list[Any] = [
    "",
    "x",
    "\x00",
    "{}",
    "[]",
    "null",
    "1",
    '{"response": 1}',
    '{"id": "x", "rawId": "x", "response": {}}',
    '{"id": 1}',
    '{"id": "\\u0000"}',
    '"\\ud800"',
    "7" * 5000,
    "[" * 500,
]
FIELDS = ("login", "password", "email", "code", "credential", "next", "password1", "password2", "oldpassword", "name")
PAGES = sorted(
    {f"/accounts/{str(each.pattern).replace('<int:pk>', '7')}" for each in urlpatterns if "^" not in str(each.pattern)}
)
ODD = ["/accounts/verify/x", "/accounts/verify/1:2:3", "/accounts/reset/x-y", "/accounts/reset/7-set-password"]


def people(owner: User) -> dict[str, Client]:
    half = Client()
    password_step(half, owner.email)
    return {"nobody": Client(), "half way": half, "inside": enter(Client(), owner)}


@pytest.mark.parametrize("address", PAGES + ODD)
def test_nothing_is_a_fault_of_the_program(owner: User, address: str) -> None:
    with_app(owner)
    for name, browser in people(owner).items():
        assert browser.get(address).status_code in (200, 302, 404), name
        for junk in JUNK:
            response = browser.post(address, dict.fromkeys(FIELDS, junk))
            assert response.status_code in (200, 302, 404, 405), (name, junk)


@pytest.mark.parametrize("address", PAGES)
def test_looking_changes_nothing(owner: User, address: str) -> None:
    """No second factor goes and nobody is signed out by a link."""
    with_app(owner)
    browser = enter(Client(), owner)
    browser.get(address)
    assert second_factors(owner) == {"totp"}
    assert browser.get("/admin/").status_code == 200


@pytest.mark.parametrize("credential", [*JUNK, json.dumps({"type": "public-key", "response": {"userHandle": "!"}})])
def test_a_passkey_that_is_none_lets_nobody_in(owner: User, credential: str) -> None:
    browser = Client()
    asked = browser.get("/accounts/2fa/passkeys/sign-in", headers={"Accept": "application/json"}).json()
    assert owner.email not in json.dumps(asked)
    browser.post("/accounts/2fa/passkeys/sign-in", {"credential": credential})
    assert "_auth_user_id" not in browser.session


def test_a_body_that_is_no_form_is_refused(owner: User) -> None:
    sent = json.dumps({"login": owner.email, "password": "a long enough word"})
    response = Client().post("/accounts/login", sent, content_type="application/json")
    assert response.status_code in (200, 400)
    assert "_auth_user_id" not in Client().session


def test_what_changes_a_sign_in_asks_who_it_is_after_a_while(owner: User) -> None:
    """A browser that was left open is not enough to take a second factor away."""
    secret = with_app(owner)
    browser = Client()
    password_step(browser, owner.email)
    browser.post("/accounts/2fa/authenticate", {"code": app_code(secret)})
    assert browser.get("/accounts/2fa/app/remove").status_code == 200
    with time_machine.travel(clock.now().timestamp() + 400):
        asked = browser.get("/accounts/2fa/app/remove").headers["Location"]
        assert asked.startswith("/accounts/again?next=")
        assert browser.post(asked, {"password": "not the word"}).status_code == 200
        assert browser.post("/accounts/2fa/app/remove").headers["Location"].startswith("/accounts/again")
        assert second_factors(owner) == {"totp"}
        # Nothing is done by that: they are back at the page, and ask for it anew.
        back = browser.post(asked, {"password": "a long enough word"}).headers["Location"]
        assert (back, second_factors(owner)) == ("/accounts/2fa/app/remove", {"totp"})
        assert browser.post(back).headers["Location"] == "/accounts/2fa"
        assert second_factors(owner) == set()


CHANGES = ["/accounts/2fa/app", "/accounts/2fa/passkeys/add", "/accounts/2fa/passkeys/1/remove"]


@pytest.mark.parametrize("address", [*CHANGES, "/accounts/2fa/app/remove", "/accounts/2fa/recovery-codes/new"])
def test_what_a_stranger_posts_is_kept_nowhere(address: str) -> None:
    """Not in a session either, where it would lie for two weeks."""
    browser = Client()
    response = browser.post(address, {"credential": "x" * 100_000})
    assert response.headers["Location"].startswith(("/accounts/login?next=", "/accounts/2fa"))
    assert settings.SESSION_COOKIE_NAME not in browser.cookies
