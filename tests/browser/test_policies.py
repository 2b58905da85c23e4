"""A real Chromium under the policies of contents: every kind of page works, and what is planted does not run (D12).

On the pages of the demo a breach is an error in the console, for which every other test of this folder fails.
"""

from typing import Any

import pytest
from django.contrib import admin
from playwright.sync_api import Page, expect
from pytest_django.fixtures import Settings

from tests.admin.office import furnish, new_user, page, signed_in, tenant_models
from tests.browser.conftest import Opener, Site
from tests.servers import configured

REPORT = """
window.broken = [];
document.addEventListener("securitypolicyviolation", (event) => window.broken.push(event.violatedDirective));
"""


@pytest.fixture
def office(browse: Opener, site: Site, settings: Settings) -> Page:
    """A page in the browser of a signed-in superuser."""
    settings.SECRET_KEY = configured()["SECRET_KEY"]  # the server's, so that it knows the session
    cookie = signed_in(new_user(is_superuser=True), site.organization).cookies["sessionid"].value
    opened = browse(faults=False)  # what may not be added answers 403
    opened.context.add_cookies([{"name": "sessionid", "value": cookie, "url": site.address}])
    opened.add_init_script(REPORT)
    return opened


def broken(page: Page) -> Any:
    return page.evaluate("window.broken")


def test_every_list_and_form_of_the_admin_keeps_to_its_policy(office: Page, site: Site) -> None:
    furnish(site.organization)
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
