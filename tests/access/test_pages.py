"""(E1) The pages of the admin, each model for each role: what the permission table says, and no page without a line."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.contrib import admin
from django.contrib.admin.utils import get_fields_from_path
from django.test import Client as Browser

from authspine.api.admin.filters import SearchedFilter, VisibleFilter
from authspine.api.admin.tenant import ByRole, TenantAdmin
from authspine.identity import access, own
from authspine.identity.models import Membership, Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from tests.access.people import make_professional_of
from tests.admin.office import add_rows, furnish, member, one, page, rows, signed_in
from tests.demo.routes import ROUTES
from tests.factories import ConsentFactory
from tests.fixtures import new_organization

PAGES: dict[Any, Any] = admin.site._registry
ADMINS = {model: found for model, found in PAGES.items() if isinstance(found, TenantAdmin)}
SUPERUSERS = [model for model in PAGES if model not in ADMINS]
ROLES = Membership.Role.values

# What is offered on the page of a row, and what the table calls it.
MOVES: dict[str, dict[str, tuple[str, str]]] = {
    "bookings.Booking": {
        **{move: ("bookings", move) for move in ("confirm", "approve", "decline", "complete", "no_show")},
        **{move: ("bookings", move) for move in ("reschedule", "cancel")},
    },
    "clients.Client": {
        "access_log": ("access_log", "read"),
        "take_out": ("clients", "export"),
        "hold": ("legal_holds", "change"),
        "lift_hold": ("legal_holds", "change"),
        "erase": ("clients", "erase"),
    },
    "professionals.Professional": {"verify": ("professionals", "verify")},
    "payments.PaymentIntent": {
        "capture": ("payments", "capture"),
        "refund": ("refunds", "create"),
        "cancel": ("payments", "cancel"),
        "look": ("payments", "confirm"),
    },
    "payments.RefundRequest": {"approve": ("refunds", "approve"), "refuse": ("refunds", "approve")},
    "payments.Alert": {"settle": ("alerts", "settle")},
    "identity.ApiKey": {"rotate": ("keys", "rotate"), "revoke": ("keys", "delete")},
}
# An id that no row has.
NOBODYS = {UUID: new_id(), int: 2**40}


def label(model: Any) -> str:
    return str(model._meta.label)


def field_at(model: Any, declared: Any) -> Any:
    """The field that a filter of a list is about."""
    return get_fields_from_path(model, declared[0] if isinstance(declared, tuple) else declared)[-1]


@dataclass(frozen=True)
class Desks:
    """A house with one at work of each role; who is a professional has rows of their own, among a colleague's."""

    house: Organization
    other: Organization
    users: dict[str, User]
    browsers: dict[str, Browser]
    # The models whose page offers the owner to delete a row: what is not offered there, no page offers.
    deletable: set[Any]

    def rows(self, model: Any, role: str) -> tuple[list[Any], list[Any]]:
        """One row that they see; and those that they do not: a colleague's, where it is, and another house's."""
        found = [row.pk for row in rows(self.house, label(model))]
        with organization_scope(self.house, SYSTEM):
            eyes = own.Eyes(role, self.users[role].pk)
            seen = {row for row in found if own.is_visible(label(model), row, eyes)}
        unseen = [row for row in found if row not in seen]
        return [row for row in found if row in seen][:1], [*unseen[:1], one(self.other, model).pk]

    def pages(self, model: Any, role: str) -> dict[str, bool]:
        """Every page of a row, and whether they may have it."""
        resource, moves = ADMINS[model].resource, MOVES.get(label(model), {})
        assert set(ADMINS[model].actions_detail) == set(moves), "an action without a line"
        may_read = access.may(role, resource, "read")
        return {
            "change": may_read,
            "history": may_read and role not in access.NARROW,
            "delete": model in self.deletable and access.may(role, resource, "delete"),
            **{move: access.may(role, *line) for move, line in moves.items()},
        }


@pytest.fixture(scope="module")
def desks() -> Desks:
    house, other = new_organization(), new_organization()
    for organization in (house, other):
        furnish(organization)
    users = {role: member(house, role) for role in ROLES}
    mine = add_rows(house, at=12)
    make_professional_of(house, mine.session.professional, users[access.PROFESSIONAL])
    with organization_scope(house, SYSTEM):
        ConsentFactory(client=mine.client)
    browsers = {role: signed_in(user) for role, user in users.items()}
    owner = browsers[access.OWNER]
    deletable = {model for model in ADMINS if owner.get(page(model, "delete", one(house, model).pk)).status_code == 200}
    return Desks(house, other, users, browsers, deletable)


@pytest.fixture(scope="module")
def browsers(desks: Desks) -> dict[str, Browser]:
    return desks.browsers


def answer(send: Callable[..., Any], model: Any, what: str, row: Any) -> tuple[int, bytes]:
    response = send(page(model, what, row), {"_form_submitted": "on", "post": "yes"})
    return response.status_code, response.content


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
def test_e1_nobody_adds_beyond_the_table(browsers: dict[str, Browser], model: Any) -> None:
    """What the owner's page does not offer, no page does."""
    offered = browsers["owner"].get(page(model, "add")).status_code == 200
    for role in ROLES:
        allowed = offered and access.may(role, ADMINS[model].resource, "create")
        assert browsers[role].get(page(model, "add")).status_code == (200 if allowed else 403), role


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("model", ADMINS, ids=label)
def test_e1_a_page_of_a_row_is_for_who_may_and_sees_the_row(desks: Desks, model: Any, role: str) -> None:
    seen, unseen = desks.rows(model, role)
    may_read, browser = access.may(role, ADMINS[model].resource, "read"), desks.browsers[role]
    for what, allowed in desks.pages(model, role).items():
        for row in seen:
            assert browser.get(page(model, what, row)).status_code == (200 if allowed else 403), what
        for send in (browser.get, browser.post):
            nobodys = answer(send, model, what, NOBODYS[type(unseen[0])])
            assert nobodys[0] == (404 if may_read else 403), what
            for row in unseen:
                assert answer(send, model, what, row) == nobodys, (what, row)


@pytest.mark.parametrize("model", ADMINS, ids=label)
def test_e1_nobody_changes_beyond_the_table(desks: Desks, model: Any) -> None:
    for role in ROLES:
        if not access.may(role, ADMINS[model].resource, "change"):
            for row in desks.rows(model, role)[0]:
                sent = desks.browsers[role].post(page(model, "change", row), {"name": "Taken"})
                assert sent.status_code == 403, role


def test_a_professional_has_rows_of_their_own_and_colleagues(desks: Desks) -> None:
    """The control: there is something to be seen, and something not to be."""
    for model in ADMINS:
        path = own.ROWS.get(label(model), own.Own()).professional
        seen, unseen = desks.rows(model, access.PROFESSIONAL)
        assert bool(seen) is bool(path), model
        assert len(unseen) == (1 if path == own.EVERY else 2), model


@pytest.mark.parametrize("model", ADMINS, ids=label)
def test_a_page_leads_to_nothing_that_is_not_theirs_to_read(desks: Desks, model: Any) -> None:
    """Neither a link nor what stands beside it tells of what the table does not give them."""
    lists = {page(found, "changelist"): ADMINS[found].resource for found in ADMINS}
    for role in (access.STAFF, access.PROFESSIONAL, access.READONLY):
        addresses = [page(model, "change", row) for row in desks.rows(model, role)[0]]
        for address in [page(model, "changelist"), *addresses]:
            shown = desks.browsers[role].get(address).content.decode()
            found = {lists[link] for link in re.findall(r'href="(/admin/\w+/\w+/)', shown) if link in lists}
            assert not [resource for resource in found if not access.may(role, resource, "read")], (role, address)


REFERENCES = [
    (model, declared)
    for model in ADMINS
    for declared in ADMINS[model].list_filter
    if isinstance(declared, str | tuple) and field_at(model, declared).is_relation
]


@pytest.mark.parametrize(("model", "declared"), REFERENCES)
def test_a_filter_names_no_row_that_is_not_theirs(desks: Desks, model: Any, declared: Any) -> None:
    """Neither among what can be chosen nor as what is chosen, whose id the address has."""
    path, kind = declared
    assert issubclass(kind, (VisibleFilter, SearchedFilter))
    field = field_at(model, path)
    for role in (access.STAFF, access.PROFESSIONAL):
        seen, unseen = desks.rows(field.related_model, role)
        for row, shown in ((seen[0], True), *((row, False) for row in unseen)):
            asked = desks.browsers[role].get(page(model, "changelist"), {f"{path}__id__exact": row})
            assert asked.status_code == 200
            assert (f'<option value="{row}"' in asked.content.decode()) is shown, (role, row)


SEARCHED = [
    (model, field)
    for model in ADMINS
    for field in model._meta.concrete_fields
    if field.related_model in ADMINS and ADMINS[field.related_model].search_fields
]


@pytest.mark.parametrize(("model", "field"), SEARCHED, ids=str)
def test_a_search_for_a_reference_finds_what_is_theirs(desks: Desks, model: Any, field: Any) -> None:
    asked = {"term": "", "field_name": field.name, "app_label": model._meta.app_label}
    for role in ROLES:
        found = desks.browsers[role].get("/admin/autocomplete/", asked | {"model_name": model._meta.model_name})
        may_read = access.may(role, ADMINS[field.related_model].resource, "read")
        assert found.status_code == (200 if may_read else 403), role
        if may_read:
            named = {one["id"] for one in found.json()["results"]}
            assert not named & {str(row) for row in desks.rows(field.related_model, role)[1]}, role


@pytest.mark.parametrize("model", SUPERUSERS, ids=label)
def test_e1_what_is_the_installations_is_for_no_role(browsers: dict[str, Browser], model: Any) -> None:
    for role in ROLES:
        for what in ("changelist", "add"):
            assert browsers[role].get(page(model, what)).status_code == 403, (role, what)


def test_e1_the_demo_has_no_page_for_keys_members_or_exports_of_the_house() -> None:
    """Everybody may use it, so what is the owners' and admins' alone is not there."""
    words = ("key", "member", "setting", "audit", "import", "vertical")
    assert not [name for name in ROUTES if any(word in name for word in words)]
