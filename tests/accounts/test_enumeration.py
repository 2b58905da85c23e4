"""Nobody learns from a refusal whether there is a login: not by words, status, or what is done meanwhile (E15)."""

import re
import uuid
from typing import Any
from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from authspine.identity.models import User
from authspine.limits.rates import limits
from tests.accounts.mails import link_in, sent_to
from tests.admin.office import new_user
from tests.sessions import PASSWORD, password_step, with_app, with_password

RESET = "/accounts/reset"
# They say how long the page is, which has in it what was typed, what time it is, and how often this address may ask.
UNTOLD = ("Content-Length", "Expires", "RateLimit-Remaining", "RateLimit-Reset")


def unknown() -> str:
    return f"{uuid.uuid4().hex}@example.com"


def seen(response: Any, email: str) -> tuple[int, str, dict[str, str]]:
    """What a browser gets, without what was typed and the token of the form."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", response.content.decode()).replace(email, "(typed)")
    return response.status_code, page, {name: value for name, value in response.items() if name not in UNTOLD}


def shapes(statements: CaptureQueriesContext) -> list[str]:
    """The statements without their values."""
    return [re.sub(r'"s\d+_x\d+"', "", re.split(r"[(']", each["sql"])[0]) for each in statements]


def cost(email: str, password: str) -> tuple[int, list[str]]:
    """How many passwords are hashed, and which statements run, when these are refused."""
    with (
        patch.object(MD5PasswordHasher, "encode", autospec=True, side_effect=MD5PasswordHasher.encode) as hashed,
        CaptureQueriesContext(connection) as statements,
    ):
        assert password_step(Client(), email, password).status_code == 200
    return hashed.call_count, shapes(statements)


def refused_logins(owner: User) -> dict[str, tuple[str, str]]:
    disabled = with_password(new_user(is_active=False))
    without = new_user()
    return {
        "no login": (unknown(), PASSWORD),
        "wrong password": (owner.email, "not the word"),
        "disabled": (disabled.email, PASSWORD),
        "no password yet": (without.email, PASSWORD),
    }


def test_e15_every_refused_sign_in_is_the_same_page(owner: User, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": limits("login=1/15minutes")["login"]}
    browser = Client(REMOTE_ADDR="198.51.100.40")
    tried = refused_logins(owner)
    pages = {name: seen(password_step(browser, *each), each[0]) for name, each in tried.items()}
    pages["locked"] = seen(password_step(browser, owner.email), owner.email)
    assert pages["no login"][0] == 200
    assert "do not let you in" in pages["no login"][1]
    for name, page in pages.items():
        assert page == pages["no login"], name


def test_e15_every_refused_sign_in_does_the_same_work(owner: User) -> None:
    costs = {name: cost(*each) for name, each in refused_logins(owner).items()}
    assert costs["no login"][0] == 1
    for name, found in costs.items():
        assert found == costs["no login"], name


def test_e15_a_locked_sign_in_hashes_as_well(owner: User, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": limits("login=1/15minutes")["login"]}
    for email in (owner.email, unknown()):
        assert cost(email, "not the word")[0] == cost(email, "not the word")[0] == 1


def test_e15_a_reset_says_the_same_and_sends_nothing_itself(owner: User) -> None:
    emails = {"known": owner.email, "unknown": unknown(), "disabled": with_password(new_user(is_active=False)).email}
    before = len(mail.outbox)
    pages, statements = {}, {}
    for name, email in emails.items():
        with CaptureQueriesContext(connection) as ran:
            pages[name] = seen(Client().post(RESET, {"email": email}, follow=True), email)
        statements[name] = shapes(ran)
    assert len(mail.outbox) == before
    assert pages["known"] == pages["unknown"] == pages["disabled"]
    assert statements["known"] == statements["unknown"] == statements["disabled"]
    assert len(sent_to(owner)) == 1


def test_e15_jobs_hold_ids_and_nobodys_address(owner: User) -> None:
    Client().post(RESET, {"email": owner.email})
    jobs = ProcrastinateJob.objects.filter(task_name__startswith="accounts.").exclude(task_name="accounts.forget_over")
    assert jobs
    for job in jobs:
        assert {str(uuid.UUID(value)) for value in job.args.values()} == set(job.args.values())


@pytest.mark.usefixtures("tight")
def test_e15_mails_cannot_be_asked_for_without_end(owner: User) -> None:
    answers = {seen(Client().post(RESET, {"email": owner.email}, follow=True), owner.email)[:2] for _ in range(8)}
    assert len(answers) == 1
    assert len(sent_to(owner)) == 5


@pytest.mark.parametrize(
    "wrong", ["", "nobody", "a@b", "x" * 300 + "@example.com", "a\x00b@example.com", "ü@exämple.com"]
)
def test_e15_what_is_no_address_is_refused_without_an_error(wrong: str) -> None:
    assert password_step(Client(), wrong).status_code == 200
    assert Client().post(RESET, {"email": wrong}).status_code in (200, 302)


def test_e15_a_second_factor_is_asked_for_after_the_password_only(owner: User) -> None:
    with_app(owner)
    refused = password_step(Client(), owner.email, "not the word")
    nobody = unknown()
    assert seen(refused, owner.email) == seen(password_step(Client(), nobody, "not the word"), nobody)


def test_the_link_sets_a_password_once(owner: User) -> None:
    Client().post(RESET, {"email": owner.email.upper()})
    link = link_in(sent_to(owner)[0])
    browser = Client()
    page = browser.get(link, follow=True)
    address = page.request["PATH_INFO"]
    # The key is in the session and no more in the address, which other sites might be told.
    assert address.endswith("-set-password")
    fresh = {"password1": "another long word", "password2": "another long word"}
    assert browser.post(address, fresh).status_code == 302
    assert password_step(Client(), owner.email, "another long word").status_code == 302
    assert password_step(Client(), owner.email).status_code == 200
    assert "This link is over" in Client().get(link, follow=True).content.decode()
