"""What a list is filtered by: what its admin declares, and nothing that is sealed or merely beside it."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from authspine.identity.models import ApiKey, BookingLink, Membership, Organization, User
from bookings.models import Booking
from clients.models import Client
from professionals.models import Professional
from tests.admin.office import Row, one, page, signed_in, tenant_models

MODELS = admin.site._registry


def columns_of(model: Any, depth: int = 2) -> Iterator[str]:
    """The columns of a model, and those of what it refers to."""
    for field in model._meta.concrete_fields:
        yield field.name
        if field.is_relation and depth:
            yield from (f"{field.name}__{inner}" for inner in columns_of(field.related_model, depth - 1))


def declared(model: type[Row]) -> set[str]:
    """The columns that stand beside the list to be filtered by."""
    found = MODELS[model]
    names = [one[0] if isinstance(one, tuple) else one for one in found.list_filter]
    return {name for name in (*names, found.date_hierarchy) if isinstance(name, str)}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_no_list_is_read_letter_by_letter(model: type[Row]) -> None:
    """By what begins with a letter one learns the rest by counting the rows that are left."""
    request, found = RequestFactory().get("/"), MODELS[model]
    paths = [path for path in columns_of(model) if path not in declared(model)]
    assert paths
    for path in paths:
        for lookup in ("startswith", "gt", "regex", "in"):
            assert not found.lookup_allowed(f"{path}__{lookup}", "a", request), (path, lookup)


@pytest.mark.parametrize(
    ("model", "path"),
    [
        (Client, "email_key"),
        (Client, "bookings__notes"),
        (Professional, "tokens"),
        (Booking, "client__email_key"),
        (Membership, "user__email_key"),
        (ApiKey, "digest"),
        (BookingLink, "digest"),
        (User, "password"),
    ],
)
def test_what_is_not_declared_is_refused(furnished: Organization, superuser: User, model: type[Row], path: str) -> None:
    browser = signed_in(superuser, furnished)
    for lookup in ("__startswith", "", "__gt"):
        assert browser.get(page(model, "changelist"), {f"{path}{lookup}": "a"}).status_code == 400, lookup


# Whose list or page has links to rows that refer to theirs; what these are reached by is `reached_by` there.
LINKING = {
    "bookings.Booking", "bookings.Session", "clients.Client", "payments.LedgerTransaction", "payments.PaymentIntent",
    "professionals.Professional", "professionals.Vertical", "services.Resource", "services.Requirement",
    "services.Service",
}  # fmt: skip


@pytest.mark.parametrize("model", tenant_models(), ids=lambda model: model._meta.label)
def test_every_link_to_rows_leads_to_them(furnished: Organization, superuser: User, model: type[Row]) -> None:
    browser = signed_in(superuser, furnished)
    addresses = (page(model, "changelist"), page(model, "change", one(furnished, model).pk))
    shown = "".join(browser.get(address).content.decode() for address in addresses)
    found = set(re.findall(r'href="(/admin/[^"]+__exact=[^"]+)"', shown))
    assert bool(found) is (model._meta.label in LINKING)
    for address in found:
        assert browser.get(address).status_code == 200, address
