"""(E1) The pages of the admin, each model for each role: what the permission table says, and no page without a line."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client as Browser

from authspine.api.admin.tenant import ByRole, TenantAdmin
from authspine.identity import access
from authspine.identity.models import Membership, Organization
from tests.admin.office import furnish, member, one, page, signed_in
from tests.demo.routes import ROUTES
from tests.fixtures import new_organization

PAGES: dict[Any, Any] = admin.site._registry
ADMINS = {model: found for model, found in PAGES.items() if isinstance(found, TenantAdmin)}
SUPERUSERS = [model for model in PAGES if model not in ADMINS]
# Not allowed; or not a row of theirs, of which the page leads back or is not found.
NOT_THERE = (302, 403, 404)
ROLES = Membership.Role.values


@pytest.fixture(scope="module")
def house() -> Organization:
    organization = new_organization()
    furnish(organization)
    return organization


@pytest.fixture(scope="module")
def browsers(house: Organization) -> dict[str, Browser]:
    return {role: signed_in(member(house, role)) for role in ROLES}


def label(model: Any) -> str:
    return str(model._meta.label)


@pytest.mark.parametrize("model", ADMINS, ids=label)
def test_every_page_has_a_line_in_the_table(model: Any) -> None:
    found = ADMINS[model]
    assert found.resource in access.TABLE
    for inline in found.inlines:
        assert issubclass(inline, ByRole)
        assert inline.resource in access.TABLE


@pytest.mark.parametrize("model", ADMINS, ids=label)
def test_e1_a_list_is_for_whom_the_table_says(browsers: dict[str, Browser], model: Any) -> None:
    for role in ROLES:
        status = browsers[role].get(page(model, "changelist")).status_code
        assert status == (200 if access.may(role, ADMINS[model].resource, "read") else 403), role


@pytest.mark.parametrize("model", ADMINS, ids=label)
def test_e1_nobody_adds_changes_or_deletes_beyond_the_table(
    house: Organization, browsers: dict[str, Browser], model: Any
) -> None:
    """What the owner's page does not offer, no page does."""
    row = one(house, model)
    for what, verb, args in (("add", "create", []), ("delete", "delete", [row.pk])):
        offered = browsers["owner"].get(page(model, what, *args)).status_code == 200
        for role in ROLES:
            allowed = offered and access.may(role, ADMINS[model].resource, verb)
            status = browsers[role].get(page(model, what, *args)).status_code
            assert status == 200 if allowed and role != "professional" else status in (200, *NOT_THERE), (role, what)
            if not allowed:
                assert status in NOT_THERE, (role, what)
    for role in ROLES:
        if not access.may(role, ADMINS[model].resource, "change"):
            changed = browsers[role].post(page(model, "change", row.pk), {"name": "Taken"}).status_code
            assert changed in NOT_THERE, role


@pytest.mark.parametrize("model", SUPERUSERS, ids=label)
def test_e1_what_is_the_installations_is_for_no_role(browsers: dict[str, Browser], model: Any) -> None:
    for role in ROLES:
        for what in ("changelist", "add"):
            assert browsers[role].get(page(model, what)).status_code == 403, (role, what)


def test_e1_the_demo_has_no_page_for_keys_members_or_exports_of_the_house() -> None:
    """Everybody may use it, so what is the owners' and admins' alone is not there."""
    words = ("key", "member", "setting", "audit", "import", "vertical")
    assert not [name for name in ROUTES if any(word in name for word in words)]
