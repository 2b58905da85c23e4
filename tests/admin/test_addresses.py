"""(D11) Whatever stands in the address of a list or of a form is answered: no look-up and no value gives a 500."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.test import RequestFactory

from authspine.identity.models import ApiKey, Organization, User
from clients.models import Client
from tests.admin.office import Row, member, page, said, signed_in

PAGES: dict[Any, Any] = admin.site._registry
MODELS = list(PAGES)
LOOKUPS = (
    "exact", "in", "isnull", "isempty", "range", "gt", "gte", "lt", "year", "month", "day", "date", "week_day", "hour",
    "year__gte", "regex", "contains", "id__exact", "nothing",
)  # fmt: skip
# No id, no number, no time; and numbers that no column and no calendar holds.
VALUES = ("x", "\x00", "9" * 14)
OF_LISTS = ("o", "q", "all", "e", "_facets", "_popup", "_source_model", "_changelist_filters")
OF_FORMS = ("_popup", "_source_model", "_changelist_filters")
PARTS = ("year", "month", "day")
DATES = (("9999", "12", "31"), ("1", "1", "1"), ("2026", "99", "1"), ("2026", "1", "9" * 14))


def columns_of(model: type[Row]) -> set[str]:
    """The columns that a list is filtered by, what its own filters are called, and one that is not declared."""
    found = PAGES[model]
    declared = [one[0] if isinstance(one, tuple) else one for one in found.list_filter]
    names = [one if isinstance(one, str) else one.parameter_name for one in declared]
    return {*names, *filter(None, (found.date_hierarchy,)), *found.reached_by, "id"}


def asked(model: type[Row]) -> Iterator[dict[str, str]]:
    """What the list takes; that it takes nothing else is tested beside its filters."""
    found, request = PAGES[model], RequestFactory().get("/")
    for name in sorted(columns_of(model)):
        for parameter in (name, *(f"{name}__{lookup}" for lookup in LOOKUPS)):
            if found.lookup_allowed(parameter, "x", request):
                yield from ({parameter: value} for value in VALUES)
    for value in VALUES:
        yield from (dict.fromkeys(names, value) for names in (OF_LISTS, ("p",), ("_to_field",)))
    if found.date_hierarchy:
        for date in DATES:
            parts = [(f"{found.date_hierarchy}__{part}", one) for part, one in zip(PARTS, date, strict=True)]
            yield from (dict(parts[:many]) for many in (1, 2, 3))


def unanswered(browser: Browser, address: str, every: list[dict[str, str]]) -> list[dict[str, str]]:
    browser.raise_request_exception = False
    assert every
    return [one for one in every if browser.get(address, one).status_code not in (200, 302, 400, 403)]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_whatever_a_list_is_asked_by_is_answered(furnished: Organization, superuser: User, model: type[Row]) -> None:
    assert unanswered(signed_in(superuser, furnished), page(model, "changelist"), list(asked(model))) == []


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_whatever_a_form_is_opened_with_is_answered(furnished: Organization, superuser: User, model: type[Row]) -> None:
    names = [field.name for field in model._meta.get_fields()]
    every = [dict.fromkeys(names, value) for value in (*VALUES, "1,2")]
    every += [dict.fromkeys(OF_FORMS, "x"), {"_to_field": "x"}]
    assert unanswered(signed_in(superuser, furnished), page(model, "add"), every) == []


def test_a_value_that_a_filter_does_not_take_is_told(furnished: Organization, superuser: User) -> None:
    browser = signed_in(superuser, furnished)
    for asked_by in ({"created_at__year": "9" * 14}, {"created_at__year": "9999"}):
        (told,) = said(browser.get(page(Client, "changelist"), asked_by, follow=True))
        assert told == ("error", "This list has no such page, and no filter that takes such a value."), asked_by


def test_no_link_fills_a_form_in(furnished: Organization, superuser: User) -> None:
    """Who follows a link of somebody else finds the form as it always is."""
    browser = signed_in(superuser, furnished)
    assert "Chosen" not in browser.get(page(ApiKey, "add"), {"name": "Chosen"}).content.decode()


@pytest.mark.parametrize("term", ["\x00", "a\x00b", "x" * 5000, "%", " ".join("abcdefghijklmnop")])
def test_whatever_is_typed_into_a_field_that_completes_is_answered(
    furnished: Organization, superuser: User, term: str
) -> None:
    completes = {"app_label": "bookings", "model_name": "session", "field_name": "service", "term": term}
    browser = signed_in(superuser, furnished)
    assert browser.get("/admin/autocomplete/", completes).status_code == 200


# Of the pages of the site itself: what is none, and what no text of the database holds.
ELSEWHERE = (
    *(f"search/?s=a&page={page}" for page in ("abc", "1.0", "99", "-1", "0", "", "%00", "9" * 5000)),
    *("search/?s=%00", "organization/?q=%00", "autocomplete/?term=%00", "jsi18n/?x=%00"),
    *("%00/", "clients/%00/", "clients/client/a%00b/", "r/{type}/a%00b/", "r/{type}/1/", "r/a%00b/1/"),
)


@pytest.mark.parametrize("address", ELSEWHERE)
def test_whatever_a_page_of_the_site_is_asked_is_answered(furnished: Organization, address: str) -> None:
    office = signed_in(member(furnished, "owner"))
    office.raise_request_exception = False
    by_text = ContentType.objects.get_for_model(Session).pk
    assert office.get(f"/admin/{address.format(type=by_text)}").status_code in (200, 302, 403, 404)


def test_a_search_has_the_pages_that_it_has(furnished: Organization) -> None:
    office = signed_in(member(furnished, "owner"))
    pages = {page: office.get("/admin/search/", {"s": "client", "page": page}).status_code for page in ("1", "2", "x")}
    assert pages == {"1": 200, "2": 404, "x": 404}
