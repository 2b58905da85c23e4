"""Both factors are asked for, each is refused alone, and a code is good once (E16)."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client

from authspine.accounts import actions
from authspine.identity.models import User
from tests.sessions import LOGIN, SECOND_STEP, app_code, code_step, password_step, with_app

WRONG = "000000"


def inside(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def past_the_password(user: User) -> Client:
    browser = Client()
    assert password_step(browser, user.email).headers["Location"] == SECOND_STEP
    return browser


def test_both_factors_let_in(owner: User) -> None:
    secret = with_app(owner)
    browser = past_the_password(owner)
    assert code_step(browser, app_code(secret)).headers["Location"] == "/admin/"
    assert inside(browser)


def test_e16_the_right_code_with_a_wrong_password_is_refused(owner: User) -> None:
    secret = with_app(owner)
    browser = Client()
    assert password_step(browser, owner.email, "not the word").status_code == 200
    assert code_step(browser, app_code(secret)).headers["Location"] == LOGIN
    assert not inside(browser)


def test_e16_the_right_password_without_a_code_is_refused(owner: User) -> None:
    with_app(owner)
    browser = past_the_password(owner)
    assert not inside(browser)
    assert code_step(browser, "").status_code == 200
    assert code_step(browser, WRONG).status_code == 200
    assert not inside(browser)


def test_e16_a_code_of_another_login_is_refused(owner: User, staff: User) -> None:
    with_app(owner)
    browser = past_the_password(owner)
    assert code_step(browser, app_code(with_app(staff))).status_code == 200
    assert not inside(browser)


def test_e16_a_code_that_was_used_is_refused(owner: User) -> None:
    secret = with_app(owner)
    with time_machine.travel("2026-11-26 12:00:01+00:00", tick=False):
        code = app_code(secret)
        code_step(past_the_password(owner), code)
        again = past_the_password(owner)
        assert code_step(again, code).status_code == 200
        # Nor is one from before it, which a slow phone may still show.
        assert code_step(again, app_code(secret, steps=-1)).status_code == 200
    with time_machine.travel("2026-11-26 12:00:31+00:00", tick=False):
        assert code_step(again, app_code(secret)).headers["Location"] == "/admin/"


def test_e16_a_code_is_good_once_in_all_processes(owner: User) -> None:
    """Of eight that come with the same code at once one is let in: the database decides, not a process's memory."""
    from allauth.mfa.models import Authenticator

    code = app_code(with_app(owner))
    app = Authenticator.objects.get(user=owner, type="totp")

    def spend(_: int) -> bool:
        try:
            return actions.spend(app, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(spend, range(8))) == [False] * 7 + [True]


def test_e16_a_recovery_code_is_good_once(owner: User) -> None:
    code, *_ = actions.replace_second_factors(owner)
    assert code_step(past_the_password(owner), code).headers["Location"] == "/admin/"
    again = past_the_password(owner)
    assert code_step(again, code).status_code == 200
    assert not inside(again)


@pytest.mark.usefixtures("tight")
def test_e16_codes_cannot_be_tried_until_one_fits(owner: User, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many as the limit says reach the check, and then the right one does not. Both are refused alike."""
    secret, checked = with_app(owner), Mock(side_effect=TOTP.validate_code)
    most = settings.RATE_LIMITS["code"][""].amount
    monkeypatch.setattr(TOTP, "validate_code", lambda app, code: checked(app, code))
    wrong = [f"{number:06}" for number in range(most + 2)]
    pages = {refusal(code_step(past_the_password(owner), code)) for code in wrong}
    assert [called.args[1] for called in checked.call_args_list] == wrong[:most]
    assert pages == {refusal(code_step(past_the_password(owner), app_code(secret)))}
    assert checked.call_count == most


def refusal(response: Any) -> str:
    """The page that a code is refused with, without what is of this request alone."""
    assert response.status_code == 200
    assert "is wrong, was used already, or too many were tried" in response.content.decode()
    return re.sub(r'(value|nonce)="[^"]*"', "", response.content.decode())


@pytest.mark.parametrize("address", ["/admin/login/", "/admin/login/?next=/admin/"])
def test_e16_the_admins_own_login_goes_round_nothing(owner: User, address: str) -> None:
    with_app(owner)
    sent = {"username": owner.email, "password": "a long enough word", "login": owner.email}
    browser = Client()
    for response in (browser.get(address), browser.post(address, sent)):
        assert response.headers["Location"] == f"{LOGIN}?next=/admin/"
    assert not inside(browser)


def test_e16_a_bypassed_second_step_leaves_nobody_signed_in(owner: User) -> None:
    with_app(owner)
    browser = past_the_password(owner)
    for address in ("/accounts/2fa", "/accounts/2fa/recovery-codes", "/accounts/password", "/accounts/2fa/app"):
        assert browser.get(address).headers["Location"].startswith(LOGIN)
    assert "_auth_user_id" not in browser.session
