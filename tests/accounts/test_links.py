"""Links in mails lead to this installation, and signing in leads nowhere else (E11, E12)."""

from typing import Any

import pytest
from django.test import Client

from authspine.identity.models import Organization, User
from tests.accounts.mails import link_in, sent_to
from tests.admin.office import member
from tests.sessions import LOGIN, PASSWORD, app_code, code_step, enter, password_step, with_app, with_password

ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "\x00//evil.example",
    " //evil.example",
    "/\t/evil.example",
]


@pytest.mark.parametrize("host", ["evil.example", "localhost:666", "127.0.0.1"])
def test_e11_the_link_leads_to_the_installation_whatever_host_is_named(owner: User, settings: Any, host: str) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    headers = {"Host": host, "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"}
    status = Client().post("/accounts/reset", {"email": owner.email}, headers=headers).status_code
    assert status == (400 if host == "evil.example" else 302)
    for message in sent_to(owner):
        assert "https://studio.example/accounts/reset/" in message.body
        assert "evil" not in message.body
        assert host not in message.body


def test_e11_a_verification_leads_there_too(organization: Organization, settings: Any) -> None:
    settings.PUBLIC_URL = "https://studio.example"
    user = member(organization, "staff")
    user.set_password(PASSWORD)
    user.save(update_fields=["password"])
    assert password_step(Client(), user.email).headers["Location"] == "/accounts/verify"
    (message,) = sent_to(user)
    assert "https://studio.example/accounts/verify/" in message.body
    browser = Client()
    assert "Is this your address?" in browser.get(link_in(message)).content.decode()
    assert password_step(Client(), user.email).headers["Location"] == "/accounts/verify", "looking is not saying so"
    browser.post(link_in(message))
    assert password_step(Client(), user.email).headers["Location"] == "/admin/"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_e12_signing_in_leads_to_no_other_site(staff: User, target: str) -> None:
    sent = {"login": staff.email, "password": PASSWORD}
    assert Client().post(LOGIN, sent, query_params={"next": target}).headers["Location"] == "/admin/"
    assert Client().post(LOGIN, sent | {"next": target}).headers["Location"] == "/admin/"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_e12_nor_does_the_second_step_or_signing_out(owner: User, target: str) -> None:
    secret = with_app(owner)
    browser = Client()
    password_step(browser, owner.email, query_params={"next": target})
    assert code_step(browser, app_code(secret)).headers["Location"] == "/admin/"
    assert browser.post("/accounts/logout", {"next": target}).headers["Location"] == LOGIN


@pytest.mark.parametrize("target", ELSEWHERE)
def test_e12_nor_does_the_admins_login(target: str) -> None:
    browser = Client()
    there = browser.get("/admin/login/", {"next": target}).headers["Location"]
    assert there.startswith(f"{LOGIN}?next=")


def test_a_page_of_this_site_is_gone_on_to(staff: User) -> None:
    response = password_step(Client(), staff.email, query_params={"next": "/admin/clients/client/"})
    assert response.headers["Location"] == "/admin/clients/client/"


def test_e10_signing_in_and_out_ask_for_the_forms_token(organization: Organization) -> None:
    """Nobody is signed in as somebody else by another site's form."""
    user = with_password(member(organization))
    browser = Client(enforce_csrf_checks=True)
    assert password_step(browser, user.email).status_code == 403
    browser = enter(Client(enforce_csrf_checks=True), user)
    assert browser.post("/accounts/logout").status_code == 403
    browser.get("/accounts/logout")
    assert browser.get("/admin/").status_code == 200, "looking signs nobody out"
