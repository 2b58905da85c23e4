"""A session is new at each sign-in, and ends with the password and with the login; who somebody is, the client does
not say (E17).
"""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from pytest_django.fixtures import Settings

from authspine.identity.models import Membership, Organization, User
from authspine.limits.rates import limits
from tests.admin.office import member, new_user, page, signed_in
from tests.fixtures import new_organization
from tests.rest import ROOT, refused
from tests.sessions import PASSWORD, app_code, code_step, enter, password_step, second_factors, with_app


def inside(browser: Client) -> bool:
    return browser.get("/admin/").status_code == 200


def untouched(user: User) -> tuple[Any, Any]:
    """All that a login is, and its second factors."""
    return User.objects.filter(id=user.id).values().get(), second_factors(user)


def test_a_session_that_was_there_before_is_not_the_one_after(staff: User) -> None:
    """What somebody has planted in a browser opens nothing once its owner has signed in."""
    browser = Client()
    browser.get("/accounts/login")
    session = browser.session
    session["planted"] = True
    session.save()
    planted = str(session.session_key)
    browser.cookies[settings.SESSION_COOKIE_NAME] = planted
    password_step(browser, staff.email)
    assert inside(browser)
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != planted
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not inside(thief)


def test_the_second_step_gives_a_new_one_again(owner: User) -> None:
    secret = with_app(owner)
    browser = Client()
    password_step(browser, owner.email)
    half = browser.cookies[settings.SESSION_COOKIE_NAME].value
    code_step(browser, app_code(secret))
    assert inside(browser)
    assert browser.cookies[settings.SESSION_COOKIE_NAME].value != half
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = half
    assert not inside(thief)


def test_a_password_that_changes_ends_every_other_session(staff: User) -> None:
    here, there = Client(), Client()
    password_step(here, staff.email)
    password_step(there, staff.email)
    changed = {"oldpassword": PASSWORD, "password1": "another long word", "password2": "another long word"}
    assert here.post("/accounts/password", changed).status_code == 302
    assert inside(here)
    assert not inside(there)


def test_who_has_no_password_sets_one(staff: User) -> None:
    staff.set_unusable_password()
    staff.save(update_fields=["password"])
    browser = enter(Client(), staff)
    page = browser.get("/accounts/password", follow=True)
    assert page.request["PATH_INFO"] == "/accounts/password/set"
    assert page.content.decode().count("Set the password</button>") == 1
    changed = {"password1": "another long word", "password2": "another long word"}
    assert browser.post("/accounts/password/set", changed).status_code == 302
    staff.refresh_from_db()
    assert staff.check_password("another long word")


def test_who_knows_only_the_password_does_not_change_it(owner: User) -> None:
    """(E16) A session from before the app was set up has shown one factor; it would throw out whoever has both."""
    with_app(owner)
    half = enter(Client(), owner, second_factor=False)
    changed = {"oldpassword": PASSWORD, "password1": "another long word", "password2": "another long word"}
    for path in ("/accounts/password", "/admin/password_change/"):
        assert half.post(path, changed).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)


def test_the_old_password_is_not_guessed_where_it_is_changed(staff: User, settings: Settings) -> None:
    """(A23)"""
    settings.RATE_LIMITS = limits("login=3/15minutes")
    browser = enter(Client(), staff)
    changed = {"password1": "another long word", "password2": "another long word"}
    for word in ["wrong", "wronger", "wrongest", PASSWORD]:
        assert browser.post("/accounts/password", changed | {"oldpassword": word}).status_code == 200
    staff.refresh_from_db()
    assert staff.check_password(PASSWORD)


@pytest.mark.parametrize("path", ["/admin/", f"{ROOT}/clients"])
def test_a_login_that_is_disabled_is_out_at_the_next_request(staff: User, path: str) -> None:
    browser = Client()
    password_step(browser, staff.email)
    assert browser.get(path).status_code == 200
    User.objects.filter(id=staff.id).update(is_active=False)
    assert browser.get(path).status_code in (302, 401)
    assert password_step(Client(), staff.email).status_code == 200


def by_action(root: Client, user: User, *, active: bool) -> Any:
    action = "activate_selected" if active else "deactivate_selected"
    return root.post(page(User, "changelist"), {"action": action, "_selected_action": [str(user.id)]})


def by_form(root: Client, user: User, *, active: bool) -> Any:
    return root.post(page(User, "change", user.id), {"email": user.email} | ({"is_active": "on"} if active else {}))


@pytest.mark.parametrize("turn", [by_action, by_form])
def test_a_login_that_is_active_again_has_none_of_its_sessions_back(staff: User, turn: Any) -> None:
    """One of them may have been why it was disabled."""
    root, browser = enter(Client(), new_user(is_superuser=True)), Client()
    password_step(browser, staff.email)
    assert inside(browser)
    for active in (False, True):
        assert turn(root, staff, active=active).status_code == 302
    staff.refresh_from_db()
    assert (staff.is_active, inside(browser)) == (True, False)
    password_step(browser, staff.email)
    assert inside(browser)


def test_a_second_factor_that_is_taken_away_lets_no_other_session_in(owner: User) -> None:
    """It may be a stolen phone's."""
    with_app(owner)
    here, there = enter(Client(), owner), enter(Client(), owner)
    assert inside(there)
    here.post("/accounts/2fa/app/remove")
    assert second_factors(owner) == set()
    assert there.get("/admin/").headers["Location"] == "/admin/login/?next=/admin/"
    assert there.get(f"{ROOT}/clients").status_code == 401
    assert here.get("/admin/").headers["Location"].startswith("/accounts/2fa?")


def test_signing_out_ends_the_session_at_the_server(staff: User) -> None:
    browser = Client()
    password_step(browser, staff.email)
    key = browser.cookies[settings.SESSION_COOKIE_NAME].value
    browser.post("/accounts/logout")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = key
    assert not inside(thief)


@pytest.mark.parametrize("name", ["X-User", "X-User-Id", "X-Organization", "X-Role", "Remote-User", "X-Forwarded-User"])
def test_e17_nobody_says_by_a_header_who_they_are(organization: Organization, name: str) -> None:
    owner, other = member(organization, "owner"), new_organization()
    for value in (str(owner.id), str(owner.email), str(organization.id), "owner", "admin"):
        refused(Client().get(f"{ROOT}/clients", headers={name: value}), 401, "not_authenticated")
    reader = enter(Client(), member(other, "readonly"))
    headers = {name: str(owner.id)}
    sent = {"email": "ana@example.com", "name": "Ana"}
    refused(
        reader.post(f"{ROOT}/clients", sent, content_type="application/json", headers=headers), 403, "permission_denied"
    )


@pytest.mark.parametrize("name", ["user", "user_id", "role", "actor", "organization", "organization_id"])
def test_e17_nor_by_a_field_of_the_body(organization: Organization, name: str) -> None:
    other = new_organization()
    browser = enter(Client(), member(organization, "staff"))
    sent = {"email": "ana@example.com", "name": "Ana", name: str(other.id)}
    assert browser.post(f"{ROOT}/clients", sent, content_type="application/json").status_code == 400
    assert Membership.objects.filter(organization=other).count() == 0


def test_e17_nor_by_what_a_page_about_themselves_is_sent(owner: User, staff: User) -> None:
    """Whom it is about the session says; another's id or address beside it changes nothing of either."""
    secret = with_app(owner)
    browser = enter(Client(), owner)
    theirs = {"email": staff.email, "user": str(staff.id), "user_id": str(staff.id), "id": str(staff.id), "login": "x"}
    before = untouched(staff)
    word = "another long word"
    browser.post("/accounts/password", {"oldpassword": PASSWORD, "password1": word, "password2": word} | theirs)
    owner.refresh_from_db()
    assert owner.check_password(word)
    assert Authenticator.objects.filter(user=owner).exists()
    for name in ("again", "2fa/again", "2fa/recovery-codes/new", "2fa/app/remove"):
        answer = browser.post(f"/accounts/{name}", {"password": word, "code": app_code(secret)} | theirs)
        assert answer.status_code == 302, name
    assert not Authenticator.objects.filter(user=owner).exists()
    assert untouched(staff) == before
    assert User.objects.get(id=owner.id).email == owner.email


def test_e17_nor_by_what_the_page_of_a_member_is_sent(owner: User, staff: User, organization: Organization) -> None:
    """A membership stays that of its login in its organization; the login itself has no page for an owner."""
    other = new_organization()
    stranger = member(other, "owner")
    browser = signed_in(owner, organization)
    row = staff.memberships.get()
    theirs = {"email": stranger.email, "user": str(stranger.id), "organization": str(other.id), "id": str(owner.id)}
    before = untouched(staff), untouched(stranger)
    assert browser.post(page(Membership, "change", row.pk), {"role": "readonly"} | theirs).status_code == 302
    row.refresh_from_db()
    assert (row.user_id, row.organization_id, row.role) == (staff.id, organization.id, "readonly")
    for user in (owner, staff, stranger):
        assert browser.post(page(User, "change", user.pk), {"email": "taken@example.com"}).status_code in (403, 404)
    assert (untouched(staff), untouched(stranger)) == before
    assert [place.organization_id for place in stranger.memberships.all()] == [other.id]


def test_e17_a_cookie_that_was_made_up_is_nobody(owner: User) -> None:
    for value in (str(owner.id), owner.email, "x" * 32, "../../etc/passwd", "'; DROP TABLE django_session; --"):
        browser = Client()
        browser.cookies[settings.SESSION_COOKIE_NAME] = value
        assert not inside(browser)
