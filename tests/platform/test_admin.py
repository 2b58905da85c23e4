"""Identity in the admin: logins and organizations for superusers, members and keys for an organization's admins."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client as Browser

from authspine.identity import actions as identity_actions
from authspine.identity import queries as identity_queries
from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.kernel import clock
from tests.accounts.mails import sent_to
from tests.admin.office import CHOOSER, faults, member, move, new_user, page, rows, run, said, signed_in
from tests.fixtures import new_organization
from tests.rest import Api
from tests.sessions import password_step, second_factors, with_app, with_password

YES = {"_form_submitted": "on"}
SECRET = "a long enough word"


@pytest.fixture(autouse=True)
def quick_passwords(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def superuser() -> User:
    return new_user(is_superuser=True)


@pytest.fixture
def browser(superuser: User, organization: Organization) -> Browser:
    return signed_in(superuser, organization)


@pytest.fixture
def owner(organization: Organization) -> Browser:
    return signed_in(member(organization, "owner"))


def new_email(name: str = "Zoe") -> str:
    return f"{name}.{new_user().id.hex}@Example.com"


def opens(email: str) -> bool:
    """Whether the address and the password are those of a login; what comes next is asked of who has both."""
    return "verify" in password_step(Browser(), email, SECRET).headers.get("Location", "")


def login_form(email: str, **more: str) -> dict[str, str]:
    return {"email": email, "usable_password": "true", "password1": SECRET, "password2": SECRET} | more


@pytest.mark.parametrize("source", ["x", "x.y", "identity.user", ".", ""])
def test_a_window_of_its_own_closes_whatever_it_says_it_was_opened_by(browser: Browser, source: str) -> None:
    opened = {"_popup": "1", "_source_model": source}
    closed = browser.post(page(User, "add"), login_form(new_email(), is_staff="on", **opened))
    assert (closed.status_code, "popup_response" in closed.content.decode()) == (200, True)


def test_a_login_is_made_and_can_sign_in(browser: Browser) -> None:
    email = new_email()
    assert browser.post(page(User, "add"), login_form(email, is_staff="on")).status_code == 302
    made = User.objects.get_by_natural_key(email)
    assert made.email == email.lower()
    assert opens(email.upper())


def test_a_login_without_a_password_waits_for_one(browser: Browser) -> None:
    email = new_email()
    sent = login_form(email, usable_password="false", password1="", password2="")
    assert browser.post(page(User, "add"), sent).status_code == 302
    made = User.objects.get_by_natural_key(email)
    assert not made.has_usable_password()
    setting = f"/admin/identity/user/{made.id}/password/"
    assert setting in browser.get(page(User, "change", made.id)).content.decode()
    assert browser.get(setting).status_code == 200
    sent = {"password1": SECRET, "password2": SECRET, "usable_password": "true", "set-password": "1"}
    assert browser.post(setting, sent).status_code == 302
    assert opens(email)


def test_an_email_that_is_taken_in_any_case_is_told(browser: Browser, superuser: User) -> None:
    told = {"email": ["There is a login with this e-mail address already."]}
    assert faults(browser.post(page(User, "add"), login_form(superuser.email.upper()))) == told
    other = new_user()
    assert faults(browser.post(page(User, "change", other.id), {"email": superuser.email.upper()})) == told


def test_an_email_that_changes_is_signed_in_with(browser: Browser) -> None:
    user, email = new_user(), new_email("Neu")
    user.set_password(SECRET)
    user.save(update_fields=["password"])
    browser.post(page(User, "change", user.id), {"email": email, "is_active": "on", "is_staff": "on"})
    assert opens(email.lower())


def test_a_login_that_is_deactivated_is_signed_out(browser: Browser, organization: Organization) -> None:
    user = member(organization)
    theirs = signed_in(user)
    assert theirs.get("/admin/").status_code == 200
    run(browser, User, "deactivate_selected", user)
    assert theirs.get("/admin/").status_code == 302
    run(browser, User, "activate_selected", user)
    assert theirs.get("/admin/").status_code == 302, "a session that ended stays ended"
    user.refresh_from_db()
    assert signed_in(user).get("/admin/").status_code == 200


def test_who_has_lost_everything_starts_over(browser: Browser, superuser: User, organization: Organization) -> None:
    user = with_password(member(organization, "owner"))
    with_app(user)
    theirs = signed_in(user)
    assert theirs.get("/admin/").status_code == 200
    with_app(superuser)
    told = run(browser, User, "start_over", user, superuser)
    assert told == [("success", "A link to set a password is sent: 1. Your own login is never among them.")]
    assert theirs.get("/admin/").status_code == 302
    assert (second_factors(user), second_factors(superuser)) == (set(), {"totp"})
    assert len(sent_to(user)) == 1


def test_nobody_locks_themselves_out(browser: Browser, superuser: User) -> None:
    run(browser, User, "deactivate_selected", superuser)
    browser.post(page(User, "change", superuser.id), {"email": superuser.email})
    superuser.refresh_from_db()
    assert (superuser.is_active, superuser.is_staff, superuser.is_superuser) == (True, True, True)


def test_nothing_of_a_password_is_shown(browser: Browser) -> None:
    user = new_user()
    user.set_password(SECRET)
    user.save(update_fields=["password"])
    shown = browser.get(page(User, "change", user.id)).content.decode()
    assert not any(part in shown for part in user.password.split("$"))


def test_an_organization_is_founded(browser: Browser, superuser: User) -> None:
    address = "/admin/identity/organization/found/"
    assert browser.get(address).status_code == 200
    name = f"Founded {superuser.id.hex}"
    sent = YES | {"name": name, "slug": "", "timezone": "Europe/Berlin", "currency": "EUR"}
    assert said(browser.post(address, sent, follow=True))[-1][0] == "success"
    made = Organization.objects.get(name=name)
    assert (made.timezone, made.currency) == ("Europe/Berlin", "EUR")
    assert len(list(rows(made, "professionals.Vertical"))) == 6
    told: Any = next(rows(made, "analytics.AnalyticsEvent"))
    assert (told.type, told.actor) == ("platform.initialized", f"user:{superuser.id}")
    assert said(browser.post(address, sent | {"slug": made.slug}, follow=True)) == [
        ("error", "An organization with this name exists already.")
    ]
    assert browser.post(address, sent | {"currency": "XXX"}).status_code == 200


def test_an_organization_is_changed_closed_and_opened(browser: Browser) -> None:
    other = new_organization()
    text = identity_actions.create_api_key(other, scope="read")[1]
    sent = {"name": "Renamed", "timezone": "Asia/Tokyo", "currency": "JPY", "slug": "ignored"}
    assert browser.post(page(Organization, "change", other.id), sent).status_code == 302
    browser.post(move(other, "close"), YES)
    changed = Organization.objects.get(id=other.id)
    assert (changed.name, changed.slug, changed.timezone) == ("Renamed", other.slug, "Asia/Tokyo")
    assert changed.closed_at
    assert identity_queries.live_key(text, now=clock.now()) is None
    assert said(browser.post(CHOOSER, {"organization": other.slug}, follow=True))[-1][0] == "error"
    browser.post(move(other, "reopen"), YES)
    assert identity_queries.live_key(text, now=clock.now())
    browser.post(move(other, "show"), YES)
    assert "Renamed" in browser.get("/admin/").content.decode()


def test_a_key_is_shown_once(owner: Browser, organization: Organization) -> None:
    later = clock.now() + timedelta(days=1)
    sent = {
        "name": "Website",
        "scope": "write",
        "expires_at_0": f"{later:%Y-%m-%d}",
        "expires_at_1": f"{later:%H:%M:%S}",
    }
    response = owner.post(page(ApiKey, "add"), sent, follow=True)
    text = re.findall(r"asp_[0-9a-f]{12}_[\w-]{43}", " ".join(line for _, line in said(response)))[0]
    key = identity_queries.live_key(text, now=clock.now())
    assert key is not None
    assert (key.organization, key.scope, key.name) == (organization, "write", "Website")
    assert key.expires_at == later.replace(microsecond=0)
    for again in (page(ApiKey, "changelist"), page(ApiKey, "change", key.id), page(ApiKey, "history", key.id)):
        shown = owner.get(again).content.decode()
        assert text.split("_", 2)[2] not in shown
        assert key.digest not in shown


@pytest.mark.parametrize("year", ["0001", "1969", "2201", "9999"])
def test_a_key_ends_in_a_year_that_a_calendar_shows(owner: Browser, year: str) -> None:
    sent = {"name": "Website", "scope": "read", "expires_at_0": f"{year}-12-31", "expires_at_1": "23:59"}
    assert faults(owner.post(page(ApiKey, "add"), sent)) == {"expires_at": ["The year lies between 1970 and 2200."]}
    assert owner.get(page(ApiKey, "changelist")).status_code == 200


def test_keys_are_revoked(owner: Browser, organization: Organization) -> None:
    made = [identity_actions.create_api_key(organization, scope="read") for _ in range(2)]
    owner.post(move(made[0][0], "revoke"), YES)
    run(owner, ApiKey, "revoke_selected", made[1][0])
    assert [identity_queries.live_key(text, now=clock.now()) for _, text in made] == [None, None]


def test_the_keys_and_members_of_others_are_not_to_be_seen(owner: Browser) -> None:
    other = new_organization()
    key, text = identity_actions.create_api_key(other, scope="read")
    stranger = identity_actions.add_member(other, new_user(), role="owner", by="owner")
    assert str(key.id) not in owner.get(page(ApiKey, "changelist")).content.decode()
    assert str(stranger.id) not in owner.get(page(Membership, "changelist")).content.decode()
    assert owner.post(move(key, "revoke"), YES).status_code == 404
    run(owner, ApiKey, "revoke_selected", key)
    owner.post(page(Membership, "delete", stranger.id), {"post": "yes"})
    owner.post(page(Membership, "change", stranger.id), {"role": "readonly"})
    assert identity_queries.live_key(text, now=clock.now())
    assert Membership.objects.get(id=stranger.id).role == "owner"


def test_members_come_change_and_go(owner: Browser, organization: Organization) -> None:
    email = new_email()
    assert owner.post(page(Membership, "add"), {"email": email, "role": "staff"}).status_code == 302
    place = Membership.objects.get(organization=organization, user=User.objects.get_by_natural_key(email))
    assert place.role == "staff"
    assert owner.post(page(Membership, "change", place.id), {"role": "readonly"}).status_code == 302
    place.refresh_from_db()
    assert place.role == "readonly"
    owner.post(page(Membership, "delete", place.id), {"post": "yes"})
    assert not Membership.objects.filter(id=place.id).exists()
    assert not User.objects.filter(id=place.user_id).exists()


def test_the_login_of_a_member_stays_while_others_need_it(owner: Browser, organization: Organization) -> None:
    user = new_user()
    here = identity_actions.add_member(organization, user, role="staff", by="owner")
    there = identity_actions.add_member(new_organization(), user, role="staff", by="owner")
    owner.post(page(Membership, "delete", here.id), {"post": "yes"})
    assert not Membership.objects.filter(id=here.id).exists()
    assert Membership.objects.get(id=there.id).user == user


def test_a_key_is_changed_for_another_on_its_page(organization: Organization, superuser: User) -> None:
    ends = clock.now() + timedelta(days=1)
    old, text = identity_actions.create_api_key(organization, scope="read", name="Website", expires_at=ends)
    browser = signed_in(superuser, organization)
    browser.post(move(old, "rotate"), {"_form_submitted": "on", "hours": "2"})
    shown = browser.get(page(ApiKey, "change", old.id)).content.decode()
    found = re.search(r"The new key is (asp_\S+) \.", shown)
    assert found
    assert [Api(key).get("/clients").status_code for key in (text, found[1])] == [200, 200]
    new = ApiKey.objects.get(replaces=old)
    assert (new.name, new.scope, new.expires_at) == ("Website", "read", ends)
    assert found[1] not in browser.get(page(ApiKey, "change", old.id)).content.decode()
