"""Every page of every model that the admin knows; a model that is registered later is tested without another line."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from authspine.audit.models import AuditEntry
from authspine.identity.models import Organization, User
from authspine.privacy.models import Erasure
from payments.models import GatewayEvent
from professionals.models import Professional, TimeOff
from services.models import Service
from tests.admin.office import Row, add_rows, faults, furnish, ids_in, one, page, rows, signed_in, tenant_models

GLOBAL = [model for model in admin.site._registry if model not in tenant_models()]
MODELS = tenant_models()

# What staff never type: it happens, or it is entered on another page.
WITHOUT_ADD = {
    "identity.Organization", "professionals.WorkingHours", "professionals.HoursOverride",
    "clients.Consent", "services.Option", "bookings.Session", "bookings.Occupancy", "bookings.Booking",
    "bookings.IntakeAnswers",
    "payments.PaymentMethod", "payments.PaymentIntent", "payments.Refund", "payments.Dispute", "payments.Alert",
    "payments.LedgerTransaction", "payments.LedgerEntry", "payments.Customer", "payments.MethodSetup",
    "payments.RefundRequest", "payments.GatewayEvent", "analytics.AnalyticsEvent", "idempotency.KeyedRequest",
    "privacy.Erasure", "audit.AuditEntry", "identity.BookingLink",
}  # fmt: skip


def label(model: type[Row]) -> str:
    return model._meta.label


def test_every_model_of_the_product_is_registered() -> None:
    from django.apps import apps

    ours = {"identity", "clients", "professionals", "services", "bookings", "payments", "analytics", "idempotency"}
    found = {model for model in apps.get_models() if model._meta.app_label in ours}
    # Of what protects people the receipts alone are shown: wrapped keys are for nobody's eyes.
    assert found | {Erasure, AuditEntry} == set(admin.site._registry)


@pytest.mark.usefixtures("guards")
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_list_shows_the_rows_of_the_chosen_organization(
    furnished: Organization, foreign: Organization, superuser: User, model: type[Row]
) -> None:
    """(E4) With both guards, and with either alone."""
    response = signed_in(superuser, furnished).get(page(model, "changelist"))
    assert response.status_code == 200
    # An entry of the audit shows the id of the row that it is about.
    theirs = {str(getattr(row, "row", row.pk)) for row in rows(foreign, label(model))}
    ours = {str(getattr(row, "row", row.pk)) for row in rows(furnished, label(model))}
    assert theirs
    assert ids_in(response) & ours
    assert not ids_in(response) & theirs


@pytest.mark.parametrize("what", ["change", "history"])
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_row_has_its_pages(furnished: Organization, superuser: User, model: type[Row], what: str) -> None:
    row = one(furnished, model)
    assert signed_in(superuser, furnished).get(page(model, what, row.pk)).status_code == 200


@pytest.mark.usefixtures("guards")
@pytest.mark.parametrize("what", ["change", "history", "delete"])
@pytest.mark.parametrize("model", MODELS, ids=label)
def test_a_foreign_row_has_no_page(
    furnished: Organization, foreign: Organization, superuser: User, model: type[Row], what: str
) -> None:
    """(E4) With both guards, and with either alone."""
    row = one(foreign, model)
    assert signed_in(superuser, furnished).get(page(model, what, row.pk)).status_code == 404


@pytest.mark.parametrize("model", admin.site._registry, ids=label)
def test_what_staff_make_has_a_page_to_add(furnished: Organization, superuser: User, model: type[Row]) -> None:
    response = signed_in(superuser, furnished).get(page(model, "add"))
    assert response.status_code == (403 if label(model) in WITHOUT_ADD else 200)


@pytest.mark.parametrize("model", GLOBAL, ids=label)
def test_the_installation_s_own_lists(furnished: Organization, superuser: User, model: type[Row]) -> None:
    browser = signed_in(superuser, furnished)
    row: Any = GatewayEvent.objects.first() if model is GatewayEvent else furnished
    row = superuser if model is User else row
    assert browser.get(page(model, "changelist"), {"q": str(row)}).status_code == 200
    assert browser.get(page(model, "change", row.pk)).status_code == 200


def test_lists_cost_the_same_for_few_and_many(organization: Organization, superuser: User) -> None:
    furnish(organization)
    browser = signed_in(superuser, organization)
    browser.get("/admin/")  # shows what was said
    few = {model: statements(browser, page(model, "changelist")) for model in (*MODELS, *GLOBAL)}
    for at in (11, 12, 13):
        add_rows(organization, at=at)
    for model, asked in few.items():
        many = statements(browser, page(model, "changelist"))
        assert len(asked) == len(many), (label(model), asked, many)


def statements(browser: Browser, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(address).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


@pytest.mark.parametrize("model", [*MODELS, *GLOBAL], ids=label)
def test_the_order_of_a_list_is_that_of_an_index(model: type[Row]) -> None:
    """Either a declared index begins with it, or the unique key on (organization, id): ids ascend in time."""
    order = [str(field).removeprefix("-") for field in admin.site._registry[model].ordering or ()]
    indexes = [[field.removeprefix("-") for field in index.fields] for index in model._meta.indexes]
    indexes += [list(one.fields) for one in model._meta.constraints if hasattr(one, "fields")]
    indexes += [[field.name] for field in model._meta.fields if field.unique]
    leading = [[name for name in index if name != "organization"] for index in indexes]
    owned = model._meta.label in ("identity.ApiKey", "identity.BookingLink", "identity.Membership")
    assert owned or any(index[:1] == order[:1] for index in leading), (order, leading)


@pytest.mark.parametrize("model", [*MODELS, *GLOBAL], ids=label)
def test_whatever_is_searched_is_answered(furnished: Organization, superuser: User, model: type[Row]) -> None:
    """(D11)"""
    browser = signed_in(superuser, furnished)
    for typed in ("ana", "+49 30", "%", "\x00", "x" * 5000, "été ☃", "' OR 1=1"):
        assert browser.get(page(model, "changelist"), {"q": typed}, follow=True).status_code == 200


@pytest.mark.parametrize("model", [*MODELS, *GLOBAL], ids=label)
def test_whatever_is_filtered_by_is_answered(furnished: Organization, superuser: User, model: type[Row]) -> None:
    """Each filter of each list, with a value that it offers none of and with one that no column takes."""
    browser = signed_in(superuser, furnished)
    names = [one[0] if isinstance(one, tuple) else one for one in admin.site._registry[model].list_filter]
    for name in (getattr(name, "parameter_name", name) for name in names):
        wrong = [("", "\x00"), ("__id__exact", "nonsense"), ("__isempty", "nonsense")]
        for lookup, value in wrong:
            response = browser.get(page(model, "changelist"), {f"{name}{lookup}": value}, follow=True)
            assert response.status_code in (200, 400), (lookup, value)


def test_derived_columns_and_accounts_are_not_shown(furnished: Organization, superuser: User) -> None:
    browser = signed_in(superuser, furnished)
    for model in MODELS:
        shown = browser.get(page(model, "change", one(furnished, model).pk)).content.decode()
        for secret in ("email_key", "tokens", "data_key", "payment_account", "digest", "pm_secret", "password"):
            assert f'name="{secret}"' not in shown
            assert f"field-{secret}" not in shown
        assert "pm_secret" not in shown


@pytest.mark.parametrize("wrong", ["nobody", "", "1", "00000000-0000-0000-0000-00000000000g", "\0"])
@pytest.mark.parametrize(
    ("model", "field"), [(Service, "professional"), (TimeOff, "professional"), (Professional, "vertical")]
)
def test_a_reference_that_is_no_id_is_told(
    furnished: Organization, superuser: User, model: type[Row], field: str, wrong: str
) -> None:
    response = signed_in(superuser, furnished).post(page(model, "add"), {field: wrong})
    assert field in faults(response)
