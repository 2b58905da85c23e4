"""A passkey signs in whose it is, where it was asked for, and with its PIN or a finger (E16)."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client

from authspine.identity.models import User
from authspine.kernel import clock
from tests.accounts.keys import HOST, SecurityKey, challenge_of
from tests.sessions import PASSWORD, SECOND_STEP, enter, password_step, second_factors, with_app, with_password

SIGN_IN, ADD, AGAIN = "/accounts/2fa/passkeys/sign-in", "/accounts/2fa/passkeys/add", "/accounts/2fa/again/passkey"


@pytest.fixture(autouse=True)
def served_by_name(settings: Any) -> None:
    settings.ALLOWED_HOSTS = [HOST]


def browser() -> Client:
    return Client(HTTP_HOST=HOST)


def with_key(user: User) -> SecurityKey:
    """A key that this login has added, as a person does."""
    key, there = SecurityKey(user), enter(browser(), user)
    options = there.get(ADD).context["js_data"]["creation_options"]
    assert there.post(ADD, {"credential": key.register(options), "passwordless": "on"}).status_code == 302
    return key


def asked_to_sign_in(there: Client) -> Any:
    return there.get(SIGN_IN, headers={"X-Requested-With": "XMLHttpRequest"}).json()["request_options"]


def asked_for_second_step(there: Client, user: User) -> Any:
    assert password_step(there, user.email).headers["Location"] == SECOND_STEP
    return there.get(SECOND_STEP).context["js_data"]["request_options"]


def who(there: Client) -> str | None:
    """Whom a browser is signed in as."""
    return there.session.get("_auth_user_id")


def test_the_control_a_key_signs_its_own_in(owner: User) -> None:
    key, there = with_key(owner), browser()
    there.post(SIGN_IN, {"credential": key.sign(asked_to_sign_in(there))})
    assert who(there) == str(owner.pk)
    there = browser()
    there.post(SECOND_STEP, {"credential": key.sign(asked_for_second_step(there, owner))})
    assert who(there) == str(owner.pk)


def test_e16_a_key_says_it_is_somebody_elses(owner: User, staff: User) -> None:
    key, theirs = with_key(staff), with_key(owner)
    there = browser()
    there.post(SIGN_IN, {"credential": key.sign(asked_to_sign_in(there), handle=theirs.handle)})
    assert who(there) is None
    # Nor under the other's name for it.
    key.id = theirs.id
    there.post(SIGN_IN, {"credential": key.sign(asked_to_sign_in(there), handle=theirs.handle)})
    assert who(there) is None


def test_e16_a_key_of_another_login_is_no_second_step(owner: User, staff: User) -> None:
    key = with_key(staff)
    with_key(owner)
    there = browser()
    there.post(SECOND_STEP, {"credential": key.sign(asked_for_second_step(there, owner))})
    assert who(there) is None


@pytest.mark.parametrize("abandoned", [False, True])
@pytest.mark.parametrize("verified", [False, True])
def test_e16_what_was_signed_as_a_second_step_signs_nobody_else_in(
    owner: User, staff: User, verified: bool, abandoned: bool
) -> None:
    """One session has one challenge for all ceremonies. What was signed for one that is given up signs in at another
    whose it is and nobody else, and a mere touch nobody; while it goes on there is no other.
    """
    key, theirs = with_key(owner), with_key(staff)
    for handle in (theirs.handle, key.handle):
        there = browser()
        signed = key.sign(asked_for_second_step(there, owner), verified=verified, handle=handle)
        if abandoned:
            session = there.session
            del session["account_login"]
            session.save()
        there.post(SIGN_IN, {"credential": signed})
        is_own = abandoned and verified and handle == key.handle
        assert who(there) == (str(owner.pk) if is_own else None)


def test_e16_what_was_signed_for_another_browser_is_refused(owner: User) -> None:
    key, there, elsewhere = with_key(owner), browser(), browser()
    asked = asked_to_sign_in(elsewhere)
    assert challenge_of(asked) != challenge_of(asked_to_sign_in(there))
    there.post(SIGN_IN, {"credential": key.sign(asked)})
    assert who(there) is None


def test_e16_what_was_signed_is_good_once(owner: User) -> None:
    key, there = with_key(owner), browser()
    signed = key.sign(asked_to_sign_in(there))
    there.post(SIGN_IN, {"credential": signed})
    assert who(there) == str(owner.pk)
    there.post("/accounts/logout")
    assert who(there) is None
    there.post(SIGN_IN, {"credential": signed})
    assert who(there) is None


def test_e16_a_touch_without_pin_or_finger_is_no_sign_in(owner: User) -> None:
    key, there = with_key(owner), browser()
    there.post(SIGN_IN, {"credential": key.sign(asked_to_sign_in(there), verified=False)})
    assert who(there) is None
    there.post(SECOND_STEP, {"credential": key.sign(asked_for_second_step(there, owner), verified=False)})
    assert who(there) is None


def test_e16_a_touch_without_pin_or_finger_is_not_asked_again_either(owner: User, settings: Any) -> None:
    key, there = with_key(owner), enter(browser(), owner, second_factor=False)
    for verified, shown in ((False, 0), (True, 1)):
        options = there.get(AGAIN).context["js_data"]["request_options"]
        there.post(AGAIN, {"credential": key.sign(options, verified=verified)})
        records = there.session.get("account_authentication_methods", [])
        assert len([one for one in records if one.get("type") == "webauthn"]) == shown


@pytest.mark.parametrize("passwordless", [{}, {"passwordless": "on"}])
def test_e16_a_key_that_was_only_touched_is_not_added(owner: User, passwordless: dict[str, str]) -> None:
    there = enter(browser(), owner)
    options = there.get(ADD).context["js_data"]["creation_options"]
    there.post(ADD, {"credential": SecurityKey(owner).register(options, verified=False), **passwordless})
    assert second_factors(owner) == set()
    assert not Authenticator.objects.filter(user=owner).exists()


def test_who_only_knew_the_password_adds_no_key_once_there_is_a_second_factor(owner: User) -> None:
    """Neither by what they had posted before it, and were asked for the password again."""
    evil = browser()
    password_step(evil, with_password(owner).email)
    signed = SecurityKey(owner).register(evil.get(ADD).context["js_data"]["creation_options"])
    with time_machine.travel(clock.now() + timedelta(seconds=400)):
        again = evil.post(ADD, {"credential": signed, "passwordless": "on"}).headers["Location"]
        assert again.startswith("/accounts/again?next=")
        with_app(owner)
        evil.post(again, {"password": PASSWORD, "next": ADD})
        assert second_factors(owner) == {"totp"}
        assert evil.get("/admin/").headers["Location"].startswith("/accounts/2fa/again")
