"""Owners, admins and superusers go nowhere without a second factor, by whatever page or session."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from authspine.identity.models import Organization, User
from tests.access.people import link_to
from tests.admin.office import member, new_user
from tests.fixtures import Maker
from tests.rest import ROOT, new_key, refused
from tests.sessions import app_code, code_step, enter, password_step, second_factors, with_app, with_password

SET_UP = "/accounts/2fa"


def half_in(user: User) -> Client:
    """A session of before the second factor: the password was right."""
    return enter(Client(), user, second_factor=False)


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_a_password_alone_reaches_the_set_up_and_nothing_else(organization: Organization, role: str) -> None:
    user = with_password(member(organization, role))
    browser = Client()
    assert password_step(browser, user.email).headers["Location"] == "/admin/"
    assert browser.get("/admin/").headers["Location"].startswith(f"{SET_UP}?next=")
    refused(browser.get(f"{ROOT}/clients"), 403, "mfa_required")
    assert browser.get(SET_UP).status_code == 200


def test_a_superuser_needs_one_too() -> None:
    browser = half_in(new_user(is_superuser=True))
    assert browser.get("/admin/").headers["Location"].startswith(SET_UP)


@pytest.mark.parametrize("role", ["staff", "professional", "readonly"])
def test_others_enter_with_a_password(organization: Organization, role: str) -> None:
    browser = half_in(member(organization, role))
    assert browser.get("/admin/").status_code == 200
    assert browser.get(f"{ROOT}/clients").status_code == 200


def pages_of_the_admin() -> list[str]:
    """One address for each pattern of the site, with something in place of what varies."""
    return sorted({"/admin/" + re.sub(r"<[^>]+>|\(\?P.*?\)\$?", "x", str(each.pattern)) for each in admin.site.urls[0]})


@pytest.mark.parametrize("address", pages_of_the_admin())
@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_of_the_admin_is_behind_the_gate(organization: Organization, address: str, method: str) -> None:
    response = getattr(half_in(member(organization, "owner")), method)(address)
    assert response.status_code == 302
    assert response.headers["Location"].startswith(SET_UP)


@pytest.mark.parametrize("claimed", ["/accounts/2fa/again", "/accounts", "/b/x", "/accounts/2fa/authenticate"])
def test_no_header_moves_a_page_out_of_the_gate(owner: User, claimed: str) -> None:
    """A web server that believes `SCRIPT_NAME` puts it before the path; what is served is what stands behind it."""
    with_app(owner)
    browser = half_in(owner)
    assert browser.get("/admin/", SCRIPT_NAME=claimed).status_code == 302
    refused(browser.get(f"{ROOT}/clients", SCRIPT_NAME=claimed), 403, "mfa_required")


def test_a_clients_link_opens_for_whoever_follows_it(organization: Organization, make: Maker) -> None:
    """It uses no session, and its token is told to no other page."""
    browser = half_in(member(organization, "owner"))
    assert browser.get(f"/b/{link_to(organization, make.booking().id)}").status_code == 200
    assert browser.get("/admin/").headers["Location"].startswith(SET_UP)


def test_a_key_beside_it_makes_a_session_no_better(organization: Organization) -> None:
    browser = half_in(member(organization, "owner"))
    for header in (f"Bearer {new_key(organization, 'read')}", "Bearer x", "Basic x", ""):
        refused(browser.get(f"{ROOT}/clients", headers={"Authorization": header}), 403, "mfa_required")
        assert browser.get("/admin/", headers={"Authorization": header}).headers["Location"].startswith(SET_UP)


@pytest.mark.parametrize("address", ["/admin//", "//admin/", "/admin/?x=/accounts/", "/accounts/../admin/", "/ADMIN/"])
def test_no_spelling_of_an_address_goes_round_the_gate(organization: Organization, address: str) -> None:
    assert half_in(member(organization, "owner")).get(address).status_code in (302, 404)


def test_setting_up_an_app_opens_the_gate(owner: User) -> None:
    browser = Client()
    password_step(browser, owner.email)
    before = browser.session.session_key
    page = browser.get("/accounts/2fa/app")
    secret = page.context["form"].secret
    picture = page.content.decode()
    assert 'src="data:image/svg+xml;base64,' in picture
    assert "://" not in re.sub(r"otpauth://", "", picture)
    assert secret not in str(dict(browser.session))
    code = app_code(secret)
    assert browser.post("/accounts/2fa/app", {"code": code}).headers["Location"] == "/accounts/2fa/recovery-codes"
    assert second_factors(owner) == {"totp", "recovery_codes"}
    assert browser.session.session_key != before
    assert len(browser.get("/accounts/2fa/recovery-codes").context["unused_codes"]) == 10
    assert browser.get("/admin/").status_code == 200
    # What has shown that the app works signs nobody in.
    other = Client()
    password_step(other, owner.email)
    assert "is wrong, was used already" in code_step(other, code).content.decode()


def test_a_session_of_before_is_not_past_it_when_another_has_set_up_an_app(owner: User) -> None:
    """Who knew only the password sees neither the codes nor the rest, once there is a second factor."""
    older = half_in(owner)
    with_app(owner)
    for address in (SET_UP, "/accounts/2fa/recovery-codes", "/accounts/2fa/app/remove", "/admin/"):
        assert older.get(address).headers["Location"].startswith("/accounts/2fa/again?next=")


def test_who_takes_the_last_one_away_sets_up_another(owner: User) -> None:
    secret = with_app(owner)
    browser = Client()
    password_step(browser, owner.email)
    code_step(browser, app_code(secret))
    assert browser.get("/admin/").status_code == 200
    browser.post("/accounts/2fa/app/remove")
    assert second_factors(owner) == set()
    assert browser.get("/admin/").headers["Location"].startswith(SET_UP)


def test_pages_with_secrets_are_kept_by_no_store(owner: User) -> None:
    for address in ("/accounts/login", SET_UP, "/accounts/2fa/app"):
        assert "no-store" in half_in(owner).get(address).headers["Cache-Control"]


def test_secrets_are_sealed_at_rest(owner: User) -> None:
    from allauth.mfa.models import Authenticator

    secret = with_app(owner)
    kept: Any = Authenticator.objects.get(user=owner, type="totp").data
    assert secret not in str(kept)
