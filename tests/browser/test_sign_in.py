"""Signing in as people do: by keyboard, on a phone, without scripts; with an app, a recovery code, a passkey."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from authspine.accounts import actions
from authspine.identity.models import User
from tests.admin.office import member
from tests.browser.accessibility import overflows, picture, too_small, violations
from tests.browser.conftest import Opener, Site
from tests.browser.test_everything import LOOKS, MOUSE, TOUCH
from tests.sessions import LOGIN, PASSWORD, app_code, second_factors, with_app, with_password

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def owner(site: Site) -> User:
    return with_password(member(site.organization, "owner"))


def type_password(page: Page, user: User) -> None:
    page.goto(LOGIN)
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")


def in_the_admin(page: Page) -> None:
    page.wait_for_url("**/admin/**")
    expect(page).to_have_title(re.compile("Overview"))


@pytest.mark.parametrize("looks", [*LOOKS, "without scripts"])
def test_an_owner_sets_up_an_app_and_signs_in_with_it(
    browse: Opener, owner: User, screenshots: Path, looks: str
) -> None:
    scripts = looks != "without scripts"
    page = browse(**LOOKS.get(looks, {}), scripts=scripts)
    wrong: dict[str, list[str]] = {}

    def look(name: str) -> None:
        picture(page, screenshots, f"sign-in-{name}-{looks.replace(' ', '-')}")
        if scripts:
            found = violations(page) + too_small(page, TOUCH if looks == "phone" else MOUSE)
            wrong[name] = found + (["wider than the screen"] if overflows(page) else [])

    page.goto(LOGIN)
    page.get_by_label("E-mail address").fill(owner.email)
    page.get_by_label("Password").fill("not the word")
    page.get_by_role("button", name="Sign in", exact=True).click()
    look("refused")
    type_password(page, owner)
    page.wait_for_url("**/accounts/2fa?next=*")
    look("set-up")
    page.get_by_role("link", name="Set up an app").click()
    if scripts:
        assert page.locator("img.code-picture").evaluate(
            "async (picture) => (await picture.decode(), picture.naturalWidth)"
        )
    look("app")
    secret = page.locator("code.secret").inner_text()
    page.get_by_label("Code from the app").fill(app_code(secret))
    page.get_by_role("button", name="Turn it on").click()
    look("codes")
    page.get_by_role("link", name="I have kept them").click()
    page.wait_for_url("**/admin/**")
    page.goto("/accounts/2fa")
    look("yours")
    page.get_by_role("button", name="Sign out").click()
    look("login")
    type_password(page, owner)
    page.wait_for_url("**/accounts/2fa/authenticate*")
    look("second-step")
    page.get_by_label("Code").fill(app_code(secret, steps=1))
    page.keyboard.press("Enter")
    in_the_admin(page)
    assert {name: found for name, found in wrong.items() if found} == {}


def test_a_recovery_code_stands_in_for_a_lost_phone(browse: Opener, owner: User) -> None:
    code, *_ = actions.replace_second_factors(owner)
    page = browse()
    type_password(page, owner)
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    in_the_admin(page)


def test_a_passkey_is_set_up_and_signs_in_without_a_password(browse: Opener, site: Site, owner: User) -> None:
    with_app(owner)
    code, *_ = actions.replace_second_factors(owner)
    page = browse()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    home = site.address.replace("127.0.0.1", "localhost")  # browsers know passkeys by names alone
    page.goto(home + LOGIN)
    page.get_by_label("E-mail address").fill(owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_label("Code").fill(code)
    page.keyboard.press("Enter")
    in_the_admin(page)
    page.goto(f"{home}/accounts/2fa/passkeys/add")
    page.get_by_label("Passwordless").check()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_text("The passkey is added.")).to_be_visible()
    assert "webauthn" in second_factors(owner)
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign in with a passkey").click()
    in_the_admin(page)
    # As a second factor, too.
    page.goto(f"{home}/accounts/logout")
    page.get_by_role("button", name="Sign out").last.click()
    page.get_by_label("E-mail address").fill(owner.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Use a passkey").click()
    in_the_admin(page)
