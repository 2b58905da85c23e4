"""Whose data is shown: one organization's, chosen in the switch, kept in the session."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from authspine.identity import actions as identity_actions
from authspine.identity.models import Membership, Organization, User
from authspine.kernel import trace
from authspine.kernel.actor import Actor
from clients.models import Client
from tests.admin.office import CHOOSER, member, new_user, page, said, signed_in
from tests.fixtures import Maker, new_organization
from tests.sessions import enter, password_step, with_password

CLIENTS = page(Client, "changelist")


def shows(browser: Browser, text: str) -> bool:
    return text in browser.get(CLIENTS).content.decode()


def test_a_stranger_is_asked_to_sign_in() -> None:
    assert Browser().get(CLIENTS).headers["Location"] == f"/admin/login/?next={CLIENTS}"


def test_the_admin_is_found_without_its_slash() -> None:
    assert Browser().get("/admin").headers["Location"] == "/admin/"


def test_one_signs_in_by_email_without_regard_to_case(organization: Organization, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    user = with_password(member(organization))
    browser = Browser()
    assert password_step(browser, user.email.upper(), query_params={"next": CLIENTS}).headers["Location"] == CLIENTS
    assert browser.get(CLIENTS).status_code == 200


@pytest.mark.parametrize("role", Membership.Role.values)
def test_a_member_enters_without_a_flag(make: Maker, role: str) -> None:
    user = new_user(is_staff=False)
    identity_actions.add_member(make.organization, user, role=role, by="owner")
    make.client(name="Their Client")
    browser = signed_in(user)
    assert browser.get("/admin/").status_code == 200
    assert shows(browser, "Their Client") is (role != "professional")
    writes = browser.get(page(Client, "add")).status_code
    assert writes == (403 if role in ("readonly", "professional") else 200)


def test_a_membership_is_looked_up_once(make: Maker) -> None:
    """What lets them in is what seats them."""
    statements = []
    for flag in (True, False):
        user = new_user(is_staff=flag)
        identity_actions.add_member(make.organization, user, role="staff", by="owner")
        browser = signed_in(user)
        browser.get(CLIENTS)
        with CaptureQueriesContext(connection) as ran:
            browser.get(CLIENTS)
        statements.append(len(ran))
    assert statements[0] == statements[1]


def test_who_is_a_member_no_more_is_out_with_the_next_request(make: Maker) -> None:
    user = new_user(is_staff=False)
    places = (make.organization, new_organization(), closed := new_organization())
    here, there, _ = (
        identity_actions.add_member(organization, user, role="staff", by="owner") for organization in places
    )
    identity_actions.close_organization(closed)  # keeps the login, and lets nobody in
    browser = signed_in(user)
    assert browser.get(CLIENTS).status_code == 200
    identity_actions.remove_member(here, by="owner")
    assert browser.get("/admin/").status_code == 200
    identity_actions.remove_member(there, by="owner")
    assert User.objects.filter(id=user.id).exists()
    assert browser.get("/admin/").status_code == 302
    assert browser.get("/admin/login/").status_code == 403


def test_who_is_no_member_stays_outside() -> None:
    browser = signed_in(new_user(is_staff=False))
    assert browser.get(CLIENTS).headers["Location"].startswith("/admin/login/")
    assert browser.get("/admin/login/").status_code == 403


@pytest.mark.parametrize("role", ["owner", "admin"])
def test_their_second_factor_is_asked_for_all_the_same(organization: Organization, role: str) -> None:
    user = new_user(is_staff=False)
    identity_actions.add_member(organization, user, role=role, by="owner")
    browser = enter(Browser(), user, second_factor=False)
    assert browser.get(CLIENTS).headers["Location"].startswith("/accounts/2fa")


def test_a_superuser_switches_between_organizations(make: Maker, superuser: User) -> None:
    other = new_organization()
    make.client(name="Here Only")
    browser = signed_in(superuser, make.organization)
    assert shows(browser, "Here Only")
    response = browser.post(CHOOSER, {"organization": other.slug, "next": CLIENTS}, follow=True)
    assert response.redirect_chain == [(CLIENTS, 302)]
    assert ("success", f"You now see {other.name}.") in said(response)
    assert not shows(browser, "Here Only")


def test_the_log_knows_who_looked_at_whose_data(organization: Organization) -> None:
    user = member(organization)
    with trace.doing("one"):
        signed_in(user).get(CLIENTS)
        assert trace.current() == trace.Work("one", organization.id, Actor("user", user.id))


def test_a_member_sees_the_first_of_their_organizations(make: Maker) -> None:
    make.client(name="Here Only")
    assert shows(signed_in(member(make.organization)), "Here Only")


def test_a_member_switches_between_their_organizations(make: Maker) -> None:
    make.client(name="Here Only")
    user = member(new_organization())
    identity_actions.add_member(make.organization, user, role="staff", by="owner")
    assert not shows(signed_in(user), "Here Only")
    assert shows(signed_in(user, make.organization), "Here Only")


def test_a_member_cannot_choose_a_foreign_organization(make: Maker) -> None:
    make.client(name="Elsewhere")
    browser = signed_in(member(new_organization()))
    response = browser.post(CHOOSER, {"organization": make.organization.slug}, follow=True)
    assert said(response)[0][0] == "error"
    assert make.organization.slug not in response.content.decode()
    assert not shows(browser, "Elsewhere")


def test_a_membership_that_ends_takes_the_organization_away(make: Maker) -> None:
    make.client(name="Once Ours")
    user = member(make.organization)
    browser = signed_in(user, make.organization)
    assert shows(browser, "Once Ours")
    Membership.objects.filter(user=user).delete()
    response = browser.get(CLIENTS, follow=True)
    assert response.redirect_chain[0][0].startswith(CHOOSER)
    assert "Once Ours" not in response.content.decode()


def test_who_loses_the_chosen_organization_is_not_taken_to_another(make: Maker) -> None:
    user = member(make.organization)
    other = new_organization()
    identity_actions.add_member(other, user, role="staff", by="owner")
    make.client(name="Here Only")
    browser = signed_in(user, other)
    assert browser.get(CLIENTS).status_code == 200
    Membership.objects.filter(user=user, organization=other).delete()
    assert not shows(browser, "Here Only")


def test_a_closed_organization_cannot_be_seen(make: Maker, superuser: User) -> None:
    make.client(name="Once Ours")
    browser = signed_in(superuser, make.organization)
    identity_actions.close_organization(make.organization)
    assert "Once Ours" not in browser.get(CLIENTS, follow=True).content.decode()


def test_who_has_no_organization_is_told_what_to_do() -> None:
    user = new_user()
    response = signed_in(user).get(CLIENTS, follow=True)
    assert response.status_code == 200
    assert "You are not a member of any organization" in response.content.decode()
    assert signed_in(user).get("/admin/").status_code == 200


def test_a_superuser_who_has_not_chosen_is_asked_to(superuser: User, organization: Organization) -> None:
    new_organization()
    browser = signed_in(superuser)
    response = browser.get(CLIENTS)
    assert response.headers["Location"] == f"{CHOOSER}?next=%2Fadmin%2Fclients%2Fclient%2F"
    found = browser.get(CHOOSER, {"q": organization.name}).content.decode()
    assert found.count(f'value="{organization.slug}"') >= 1


def test_the_switch_sends_nobody_elsewhere(superuser: User, organization: Organization) -> None:
    browser = signed_in(superuser)
    for elsewhere in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        response = browser.post(CHOOSER, {"organization": organization.slug, "next": elsewhere})
        assert response.headers["Location"] == "/admin/"


def test_the_switch_asks_for_the_csrf_token(superuser: User, organization: Organization) -> None:
    browser = Browser(enforce_csrf_checks=True)
    enter(browser, superuser)
    assert browser.post(CHOOSER, {"organization": organization.slug}).status_code == 403


def test_autocompletion_is_sealed_too(make: Maker, superuser: User) -> None:
    make.professional(name="Zoe Here")
    asked = {"term": "zoe", "app_label": "services", "model_name": "service", "field_name": "professional"}
    there = signed_in(superuser, new_organization())
    assert there.get("/admin/autocomplete/", asked).json()["results"] == []
    here = signed_in(superuser, make.organization)
    assert [found["text"] for found in here.get("/admin/autocomplete/", asked).json()["results"]] == ["Zoe Here"]
    assert signed_in(new_user()).get("/admin/autocomplete/", asked).status_code == 403


def test_a_foreign_id_in_a_filter_finds_nothing(make: Maker, superuser: User) -> None:
    booking = make.booking()
    other = new_organization()
    address = f"/admin/bookings/booking/?client__id__exact={booking.client_id}"
    assert str(booking.id) in signed_in(superuser, make.organization).get(address).content.decode()
    assert str(booking.id) not in signed_in(superuser, other).get(address).content.decode()


def test_times_are_those_of_the_organization(superuser: User) -> None:
    there = Maker(new_organization(timezone="America/New_York"))
    booking = there.booking()
    shown = signed_in(superuser, there.organization).get("/admin/bookings/booking/").content.decode()
    assert f"{booking.session.starts_at:%Y-%m-%dT%H:%M}" in shown
    assert ", 05:00 EST" in shown or ", 06:00 EDT" in shown
    assert "America/New_York" in shown
