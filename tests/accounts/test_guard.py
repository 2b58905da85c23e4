"""How often anybody may try: exact, by whom and from where, and never open because nobody counts (A23)."""

import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.db import OperationalError, connection
from django.db.models import F
from django.test import Client

from authspine.accounts import actions, guard
from authspine.accounts.aliases import alias_of
from authspine.accounts.backends import AliasBackend
from authspine.identity.models import User
from authspine.limits.models import Counter
from authspine.limits.rates import limits
from authspine.limits.stores import Count, Hit, PostgresStorage
from tests import canaries
from tests.accounts.test_enumeration import unknown
from tests.servers import ROOT, configured
from tests.sessions import app_code, code_step, password_step, with_app

# What the limit `login` lets through in a quarter of an hour.
MOST = 10
# What the limit `mail` lets through in an hour.
MAILS = 5
ATTEMPTS = 200

pytestmark = pytest.mark.usefixtures("tight")
IN_PROCESS = """
from concurrent.futures import ThreadPoolExecutor
from authspine.accounts import guard
with ThreadPoolExecutor(8) as threads:
    print(sum(threads.map(lambda _: guard.take(guard.password("{alias}", "203.0.113.9")), range({attempts}))))
"""


def reached(email: str) -> int:
    """How many passwords are looked at when two hundred are tried at once."""
    checked: list[str] = []

    def check(self: AliasBackend, user: User | None, password: str) -> None:
        checked.append(password)

    def attempt(number: int) -> None:
        try:
            assert password_step(Client(REMOTE_ADDR="203.0.113.7"), email, f"word {number}").status_code == 200
        finally:
            connection.close()

    with patch.object(AliasBackend, "_check_password", check), ThreadPoolExecutor(16) as threads:
        list(threads.map(attempt, range(ATTEMPTS)))
    return len(checked)


def test_a23_of_two_hundred_attempts_at_once_ten_are_looked_at(owner: User) -> None:
    assert reached(owner.email) == MOST
    assert AccessAttempt.objects.get(username=alias_of(owner.email)).failures_since_start == MOST


def test_a23_control_axes_alone_looks_at_more(owner: User) -> None:
    with patch.object(guard, "take", lambda turn: True):
        assert reached(owner.email) > MOST


def test_a23_four_processes_admit_ten_between_them() -> None:
    script = IN_PROCESS.format(alias=alias_of(unknown()), attempts=ATTEMPTS // 4)
    command = [sys.executable, "manage.py", "shell", "--no-imports", "--verbosity", "0", "-c", script]
    env = configured() | {"RATE_LIMITS": f"login={MOST}/15minutes"}
    running = [subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert sum(int(process.communicate(timeout=60)[0]) for process in running) == MOST


def test_nobody_is_locked_out_by_somebody_elsewhere(staff: User) -> None:
    attacker = Client(REMOTE_ADDR="198.51.100.1")
    for _ in range(12):
        password_step(attacker, staff.email, "not the word")
    assert password_step(attacker, staff.email).status_code == 200, "the right one is not looked at any more"
    assert password_step(Client(REMOTE_ADDR="198.51.100.2"), staff.email).status_code == 302


def later(by: timedelta) -> None:
    """So much time has passed for whatever has been counted: windows are the database's time."""
    Counter.objects.update(expires_at=F("expires_at") - by)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - by)


def test_the_lock_opens_by_itself(staff: User) -> None:
    browser = Client(REMOTE_ADDR="198.51.100.3")
    for _ in range(10):
        password_step(browser, staff.email, "not the word")
    assert password_step(browser, staff.email).status_code == 200
    later(timedelta(minutes=14))
    assert password_step(browser, staff.email).status_code == 200
    later(timedelta(minutes=1, seconds=1))
    assert password_step(browser, staff.email).status_code == 302


def test_e24_an_address_is_no_new_one_within_its_network(staff: User) -> None:
    for number in range(MOST):
        password_step(Client(REMOTE_ADDR=f"2001:db8:7::{number + 1:x}"), staff.email, "not the word")
    assert password_step(Client(REMOTE_ADDR="2001:db8:7::ffff"), staff.email).status_code == 200
    assert password_step(Client(REMOTE_ADDR="2001:db8:7:1::1"), staff.email).status_code == 302


def test_one_address_cannot_try_one_password_on_everybody(staff: User) -> None:
    attacker = Client(REMOTE_ADDR="198.51.100.4")
    for _ in range(5 * MOST):
        password_step(attacker, unknown(), "password1")
    assert password_step(attacker, staff.email).status_code == 200
    assert password_step(Client(REMOTE_ADDR="198.51.100.5"), staff.email).status_code == 302


def test_e23_who_is_refused_for_their_address_keeps_nobody_out() -> None:
    """(E23) Whose mail is asked for is counted first, and has nothing to do with the address that is over."""
    accounts = [alias_of(unknown()) for _ in range(10)]
    asked = [guard.take(guard.mail(alias, "198.51.100.7")) for _ in range(MAILS + 2) for alias in accounts]
    assert sum(asked) == 5 * MAILS
    assert all(guard.take(guard.mail(alias, f"203.0.114.{number}")) for number, alias in enumerate(accounts))


def test_a_password_that_is_right_does_not_count(staff: User) -> None:
    for _ in range(MOST + 5):
        assert password_step(Client(REMOTE_ADDR="198.51.100.6"), staff.email).status_code == 302


def test_codes_are_counted_by_login_wherever_they_come_from(staff: User) -> None:
    secret = with_app(staff)
    for number in range(5):
        browser = Client(REMOTE_ADDR=f"198.51.100.{50 + number}")
        password_step(browser, staff.email)
        assert code_step(browser, "000000").status_code == 200
    assert code_step(browser, app_code(secret)).status_code == 200, "the right one is not looked at any more"
    later(timedelta(minutes=5, seconds=1))
    assert code_step(browser, app_code(secret)).status_code == 302


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Client-IP"])
def test_nobody_escapes_by_naming_another_address(staff: User, header: str) -> None:
    browser = Client(REMOTE_ADDR=f"198.51.100.{10 + len(header)}")
    for number in range(10):
        password_step(browser, staff.email, "not the word", headers={header: f"192.0.2.{number}"})
    assert password_step(browser, staff.email, headers={header: "192.0.2.99"}).status_code == 200
    kept = AccessAttempt.objects.get(username=alias_of(staff.email))
    assert (kept.ip_address, kept.failures_since_start) == (browser.defaults["REMOTE_ADDR"], 10)


@contextmanager
def uncounted(kind: str) -> Iterator[None]:
    """Within, this limit alone cannot be counted: that of pages is asked before."""
    count = PostgresStorage.count

    def counts(self: PostgresStorage, hits: Sequence[Hit], amount: int = 1) -> list[Count]:
        if any(f"/{kind}/" in hit.key for hit in hits):
            raise OperationalError
        return count(self, hits, amount)

    with patch.object(PostgresStorage, "count", counts):
        yield


def test_without_a_count_no_password_is_looked_at(staff: User) -> None:
    browser = Client(raise_request_exception=False)
    with uncounted("login"):
        assert password_step(browser, staff.email).status_code == 503
    assert "_auth_user_id" not in browser.session


def test_without_a_count_no_code_is_looked_at(staff: User) -> None:
    secret, browser = with_app(staff), Client(raise_request_exception=False)
    assert password_step(browser, staff.email).status_code == 302
    with uncounted("code"):
        assert code_step(browser, app_code(secret)).status_code == 503
    assert "_auth_user_id" not in browser.session


def test_without_a_count_no_mail_is_sent(staff: User) -> None:
    browser = Client(raise_request_exception=False)
    with uncounted("mail"), patch.object(actions, "ask_for_reset") as asked:
        assert browser.post("/accounts/reset", {"email": staff.email}).status_code == 503
    asked.assert_not_called()


def test_what_is_written_down_names_nobody(owner: User, settings: Any) -> None:
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"login": limits("login=2/15minutes")["login"]}
    tried = f"{uuid.uuid4().hex}@example.net"
    for _ in range(3):
        sent = {"login": tried, "password": "secret word"}
        Client().post("/accounts/login", sent, query_params={"next": f"/{tried}"})
    Client().post("/accounts/reset", {"email": tried})
    with canaries.owner(str(connection.settings_dict["NAME"])) as connected:
        assert canaries.found(connected, [tried, "secret word"]) == set()
    assert AccessAttempt.objects.filter(username=alias_of(tried)).exists()
