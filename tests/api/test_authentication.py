"""Who calls: a key or a session, and nothing that merely looks like one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from authspine.identity import actions as identity_actions
from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.kernel import clock
from tests.fixtures import new_organization
from tests.rest import ROOT, Api, caller, new_key, refused
from tests.sessions import enter


def new_user(organization: Organization | None = None, role: str = "owner") -> User:
    user = User.objects.create_user(f"{clock.now().timestamp()}@example.com")
    if organization:
        identity_actions.add_member(organization, user, role=role, by="owner")
    return user


def signed_in(user: User, **session: str) -> Client:
    """A browser that is signed in; CSRF is enforced."""
    return enter(Client(enforce_csrf_checks=True), user, state=session)


def test_a_key_opens_its_organization(api_client: Api) -> None:
    assert api_client.get("/clients").status_code == 200


def test_nobody_is_told_to_bring_a_key() -> None:
    response = Api().get("/clients")
    refused(response, 401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Auth-spine"'


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer x",
        "Bearer asp_deadbeef0000_nothing",
        "Basic dXNlcjpwYXNz",
        "Bearer a b",
        "Bearer asp_é_x",
        "Bearer asp_\x01_x",
        "Token asp_x_y",
        "Bearer " + "x" * 5000,
    ],
    ids=lambda header: header[:30],
)
def test_a_header_that_is_no_key_is_refused(header: str) -> None:
    response = Api(authorization=header).get("/clients")
    refused(response, 401, "not_authenticated")
    assert "WWW-Authenticate" in response.headers


def test_the_prefix_alone_opens_nothing(organization: Organization) -> None:
    key = new_key(organization)
    mark, prefix, secret = key.split("_", 2)
    for forged in (f"{mark}_{prefix}_", f"{mark}_{prefix}_{secret[:-1]}", f"{mark}_{prefix}_{secret}x", key.upper()):
        refused(Api(forged).get("/clients"), 401, "not_authenticated")
    assert Api(key).get("/clients").status_code == 200


def test_bearer_may_be_written_small(organization: Organization) -> None:
    assert Api(authorization=f"bearer  {new_key(organization)}").get("/clients").status_code == 200


def test_a_revoked_key_is_refused(organization: Organization) -> None:
    key, text = identity_actions.create_api_key(organization, scope="admin")
    identity_actions.revoke_api_key(key)
    refused(Api(text).get("/clients"), 401, "not_authenticated")


def test_a_key_ends_at_its_expiry(organization: Organization) -> None:
    key, text = identity_actions.create_api_key(organization, scope="admin")
    ApiKey.objects.filter(id=key.id).update(expires_at=clock.now() + timedelta(minutes=1))
    assert Api(text).get("/clients").status_code == 200
    ApiKey.objects.filter(id=key.id).update(expires_at=clock.now())
    refused(Api(text).get("/clients"), 401, "not_authenticated")


def test_the_key_of_a_closed_organization_is_refused(organization: Organization) -> None:
    api = caller(organization)
    Organization.objects.filter(id=organization.id).update(closed_at=clock.now())
    refused(api.get("/clients"), 401, "not_authenticated")


def test_use_is_noted_once_a_minute(organization: Organization) -> None:
    key, text = identity_actions.create_api_key(organization, scope="read")

    def used() -> Any:
        Api(text).get("/clients")
        return ApiKey.objects.get(id=key.id).last_used_at

    first = used()
    assert first is not None
    assert used() == first
    ApiKey.objects.filter(id=key.id).update(last_used_at=first - timedelta(minutes=2))
    assert used() > first


def test_a_member_reads_by_session(organization: Organization) -> None:
    browser = signed_in(new_user(organization))
    assert browser.get(f"{ROOT}/clients").status_code == 200


def test_a_session_writes_with_its_csrf_token_only(organization: Organization) -> None:
    """(E10)"""
    browser = signed_in(new_user(organization))
    body = {"email": "ana@example.com", "name": "Ana"}
    refused(browser.post(f"{ROOT}/clients", body, content_type="application/json"), 403, "permission_denied")
    browser.cookies["csrftoken"] = "t" * 32
    accepted = browser.post(f"{ROOT}/clients", body, content_type="application/json", headers={"X-CSRFToken": "t" * 32})
    assert accepted.status_code == 201


@pytest.mark.parametrize(
    ("role", "reads", "writes", "configures"),
    [
        ("owner", 200, 201, 201),
        ("admin", 200, 201, 201),
        ("staff", 200, 201, 403),
        ("professional", 200, 403, 403),
        ("readonly", 200, 403, 403),
    ],
)
def test_the_role_decides(organization: Organization, role: str, reads: int, writes: int, configures: int) -> None:
    browser = enter(Client(), new_user(organization, role))
    assert browser.get(f"{ROOT}/clients").status_code == reads
    client = {"email": "ana@example.com", "name": "Ana"}
    assert browser.post(f"{ROOT}/clients", client, content_type="application/json").status_code == writes
    vertical = {"slug": "new", "display_name": "New"}
    assert browser.post(f"{ROOT}/verticals", vertical, content_type="application/json").status_code == configures


def test_a_user_without_membership_is_refused() -> None:
    refused(signed_in(new_user()).get(f"{ROOT}/clients"), 403, "permission_denied")


def test_an_ended_membership_ends_at_once(organization: Organization) -> None:
    user = new_user(organization, "staff")
    browser = signed_in(user)
    assert browser.get(f"{ROOT}/clients").status_code == 200
    Membership.objects.filter(user=user).delete()
    refused(browser.get(f"{ROOT}/clients"), 403, "permission_denied")


def test_a_disabled_user_is_nobody(organization: Organization) -> None:
    user = new_user(organization, "staff")
    browser = signed_in(user)
    User.objects.filter(id=user.id).update(is_active=False)
    refused(browser.get(f"{ROOT}/clients"), 401, "not_authenticated")


def test_the_session_chooses_among_the_memberships_only(organization: Organization) -> None:
    other, foreign = new_organization(), new_organization()
    caller(other).post("/clients", {"email": "in-other@example.com", "name": "Other"})
    caller(foreign).post("/clients", {"email": "in-foreign@example.com", "name": "Foreign"})
    user = new_user(organization)
    identity_actions.add_member(other, user, role="staff", by="owner")

    def seen(chosen: str) -> list[str]:
        found = signed_in(user, organization=chosen).get(f"{ROOT}/clients").json()["results"]
        return [client["email"] for client in found]

    assert seen(str(other.id)) == ["in-other@example.com"]
    assert seen(other.slug) == ["in-other@example.com"]
    assert seen(str(organization.id)) == []
    for wanted in (foreign.slug, str(foreign.id), "nowhere"):
        refused(signed_in(user, organization=wanted).get(f"{ROOT}/clients"), 403, "permission_denied")


def test_who_loses_the_chosen_organization_writes_into_no_other(organization: Organization) -> None:
    chosen, user = new_organization(), new_user(organization)
    identity_actions.add_member(chosen, user, role="staff", by="owner")
    browser = signed_in(user, organization=chosen.slug)
    browser.cookies["csrftoken"] = "t" * 32

    def write(email: str) -> Any:
        body = {"email": email, "name": "Ana"}
        return browser.post(f"{ROOT}/clients", body, content_type="application/json", headers={"X-CSRFToken": "t" * 32})

    assert write("first@example.com").status_code == 201
    Membership.objects.filter(user=user, organization=chosen).delete()
    refused(write("second@example.com"), 403, "permission_denied")
    assert caller(organization).get("/clients").json()["results"] == []


def test_a_chosen_organization_that_closes_is_refused(organization: Organization) -> None:
    chosen, user = new_organization(), new_user(organization)
    identity_actions.add_member(chosen, user, role="staff", by="owner")
    browser = signed_in(user, organization=chosen.slug)
    identity_actions.close_organization(chosen)
    refused(browser.get(f"{ROOT}/clients"), 403, "permission_denied")


def test_a_wrong_key_does_not_fall_back_to_the_session(organization: Organization) -> None:
    browser = signed_in(new_user(organization))
    response = browser.get(f"{ROOT}/clients", headers={"authorization": "Bearer asp_x_y"})
    refused(response, 401, "not_authenticated")
