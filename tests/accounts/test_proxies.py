"""E22: behind a proxy of ours who tries is counted by the address that it names, and by no other one."""

from collections.abc import Callable
from ipaddress import ip_network
from typing import Any
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.test import Client

from authspine.accounts import guard
from authspine.accounts.aliases import alias_of
from authspine.identity.models import User
from tests.sessions import app_code, code_step, enter, password_step, with_app

PROXY, CLIENT, OTHER, STRANGER = "10.1.2.3", "203.0.113.21", "203.0.113.22", "198.51.100.77"
# What the limit `login` lets through in a quarter of an hour.
MOST = 10

pytestmark = pytest.mark.usefixtures("tight")


@pytest.fixture(autouse=True)
def trusted(settings: Any) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8")]


def behind(peer: str, named: str) -> Client:
    return Client(REMOTE_ADDR=peer, headers={"X-Forwarded-For": named})


def signs_in(browser: Client, user: User) -> None:
    password_step(browser, user.email, "not the word")


def gives_a_code(browser: Client, user: User) -> None:
    secret = with_app(user)
    password_step(browser, user.email)
    code_step(browser, app_code(secret))


def sets_an_app_up(browser: Client, user: User) -> None:
    enter(browser, user).post("/accounts/2fa/app", {"code": "000000"})


def asks_for_a_mail(browser: Client, user: User) -> None:
    browser.post("/accounts/reset", {"email": user.email})


@pytest.mark.parametrize(
    ("kind", "tries"),
    [("login", signs_in), ("code", gives_a_code), ("code", sets_an_app_up), ("mail", asks_for_a_mail)],
)
@pytest.mark.parametrize(("peer", "counted"), [(PROXY, CLIENT), (STRANGER, STRANGER)])
def test_e22_what_is_tried_is_counted_by_the_clients_address(
    staff: User, kind: str, tries: Callable[[Client, User], None], peer: str, counted: str
) -> None:
    with patch.object(guard, "take", wraps=guard.take) as take:
        tries(behind(peer, CLIENT), staff)
    turns = [call.args[0] for call in take.call_args_list]
    assert {turn.principals[-1] for turn in turns} == {f"address:{counted}"}
    assert kind in {turn.kind for turn in turns}


def test_e22_a_password_is_counted_by_login_and_the_clients_address(staff: User) -> None:
    with patch.object(guard, "take", wraps=guard.take) as take:
        signs_in(behind(PROXY, CLIENT), staff)
    assert take.call_args.args[0].principals[0] == f"account:{alias_of(staff.email)}|{CLIENT}"


@pytest.mark.parametrize(("peer", "kept"), [(PROXY, CLIENT), (STRANGER, STRANGER)])
def test_e22_a_failure_is_written_down_with_the_clients_address(staff: User, peer: str, kept: str) -> None:
    signs_in(behind(peer, CLIENT), staff)
    assert AccessAttempt.objects.get(username=alias_of(staff.email)).ip_address == kept


def test_e22_nobody_behind_the_same_proxy_is_locked_out(staff: User) -> None:
    attacker = behind(PROXY, CLIENT)
    for _ in range(MOST):
        signs_in(attacker, staff)
    assert password_step(attacker, staff.email).status_code == 200, "the right one is not looked at any more"
    assert password_step(behind(PROXY, OTHER), staff.email).status_code == 302
