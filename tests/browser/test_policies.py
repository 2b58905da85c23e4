"""A real Chromium under the policies of contents: every kind of page works, and what is planted does not run (D12).

On the pages of the demo a breach is an error in the console, for which every other test of this folder fails.
"""

from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import Dialog, Page, expect
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.orchestrator import payments
from clients.models import Client
from professionals.models import Professional
from services.models import Service
from tests.admin.office import furnish, new_user, page, signed_in, tenant_models
from tests.browser.conftest import Opener, Site
from tests.demo.routes import PAGES, arguments
from tests.fixtures import Maker, new_organization
from tests.servers import configured

REPORT = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
"""


@pytest.fixture(scope="module")
def furnished(database: str) -> Organization:
    """Not the demo's, whose rows the other tests of this folder look at."""
    organization = new_organization()
    furnish(organization)
    return organization


@pytest.fixture
def office(browse: Opener, site: Site, furnished: Organization, settings: Settings) -> Page:
    """A page in the browser of a signed-in superuser."""
    settings.SECRET_KEY = configured()["SECRET_KEY"]  # the server's, so that it knows the session
    cookie = signed_in(new_user(is_superuser=True), furnished).cookies["sessionid"].value
    opened = browse(faults=False)  # what may not be added answers 403
    opened.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.address}])
    opened.add_init_script(REPORT)
    return opened


def broken(page: Page) -> Any:
    return page.evaluate("window.broken")


def dismissed(page: Page) -> list[str]:
    """What dialogs of the page have said from now on; each is sent away."""
    said: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    return said


def test_every_list_and_form_of_the_admin_keeps_to_its_policy(office: Page) -> None:
    addresses = ["/admin/", *(page(model, "changelist") for model in admin.site._registry)]
    addresses += [page(model, "add") for model in tenant_models()[:40]]
    for address in addresses:
        office.goto(address)
        assert broken(office) == [], address


def test_the_admins_widgets_work_under_it(office: Page) -> None:
    office.goto("/admin/clients/client/add/")
    expect(office.get_by_role("textbox").first).to_be_visible()
    assert broken(office) == []


def test_the_page_to_try_the_api_works_under_its_policy(browse: Opener) -> None:
    opened = browse(faults=False)  # without a key it answers 401
    opened.add_init_script(REPORT)
    opened.goto("/api/platform/docs")
    expect(opened.get_by_text("/api/platform/clients", exact=True).first).to_be_visible()
    opened.get_by_text("/api/platform/payments/fees", exact=True).first.click()
    opened.get_by_role("button", name="Try it out").first.click()
    opened.get_by_role("button", name="Execute").first.click()
    expect(opened.get_by_text("Response body").first).to_be_visible()
    assert broken(opened) == []


@pytest.mark.parametrize("where", ["/platform-demo", "/api/platform/docs", "/admin/login/", "/nothing"])
def test_an_inline_script_does_not_run(browse: Opener, where: str) -> None:
    """The control of all the others: a breach is reported here, and nothing planted runs."""
    opened = browse(faults=False)
    opened.add_init_script(REPORT)
    opened.goto(where)
    opened.evaluate(
        "const planted = document.createElement('script'); planted.textContent = 'window.ran = 1';"
        "document.body.append(planted);"
        "document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.ran = 1\">');"
    )
    opened.wait_for_timeout(200)
    assert opened.evaluate("window.ran") is None
    assert {"script-src-elem", "script-src-attr"} <= set(broken(opened))


PLANTED = "<script>alert(1)</script> <img src=x onerror=alert(2)> \"'> <svg onload=alert(3)> {{7*7}} javascript:a(4)"


def plant(organization: Organization, method: str = "invoice") -> dict[str, Any]:
    """Rows with it in every text that people type."""
    make = Maker(organization)
    professional = make.professional(name=PLANTED, bio=PLANTED)
    service = make.service(professional=professional, name=PLANTED[:120], description=PLANTED)
    client = make.client(name=PLANTED, notes=PLANTED)
    booking = make.booking(service=service, client=client)
    make.closure(reason=PLANTED)
    calendar, room = make.holiday_calendar(), make.resource(name=PLANTED[:100])
    make.time_off(professional=professional, reason=PLANTED)
    intent = payments.pay(organization, SYSTEM, booking=booking.id, method=method)
    return {
        "client_id": client.id,
        "professional_id": professional.id,
        "service_id": service.id,
        "booking_id": booking.id,
        "intent_id": intent.id,
        "location_id": calendar.location_id,
        "resource_id": room.id,
    }


def test_d12_what_is_planted_runs_on_no_page_of_the_demo(browse: Opener, site: Site) -> None:
    planted = plant(site.organization)
    opened = browse()
    dialogs = dismissed(opened)
    opened.add_init_script(REPORT)
    for name in sorted({*PAGES} - {"events"}):  # that is a piece of the analytics page
        opened.goto(reverse(f"demo:{name}", args=[planted[argument] for argument in arguments(name)]))
        assert broken(opened) == [], name
        assert opened.locator("svg[onload], img[onerror]").count() == 0, name
    assert dialogs == []
    opened.goto(reverse("demo:client", args=[planted["client_id"]]))
    expect(opened.get_by_role("heading", name=PLANTED).first).to_be_visible()


def test_d12_nor_on_any_list_or_row_of_the_admin(office: Page, furnished: Organization) -> None:
    planted = plant(furnished, method="cash")
    dialogs = dismissed(office)
    for model in admin.site._registry:
        office.goto(page(model, "changelist"))
        assert broken(office) == [], model
    for model, id in ((Client, "client_id"), (Professional, "professional_id"), (Service, "service_id")):
        office.goto(page(model, "change", planted[id]))
        assert broken(office) == [], model
        assert office.locator("svg[onload], img[onerror]").count() == 0
    assert dialogs == []
