"""What was done stays: over a reload, and over a restart of the server."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Site
from tests.browser.person import Person
from tests.servers import gunicorn


def test_everything_is_still_there(chromium: Browser, site: Site, database: str, logs: Path, screenshots: Path) -> None:
    environment = {"DEMO_ORGANIZATION": site.organization.slug}
    log = logs / f"{database}-restart.log"
    with gunicorn(log, workers=1, threads=4, environment=environment) as address:
        page = chromium.new_context(base_url=address).new_page()
        person = Person(page, screenshots, "restart")
        person.go()
        client = person.registers_a_client()
        path = page.url.removeprefix(address)
        page.reload()
        person.sees(client)
    with pytest.raises(Exception, match="ERR_CONNECTION_REFUSED"):
        page.reload()
    page.context.close()
    with gunicorn(log, workers=1, threads=4, environment=environment) as address:
        page = chromium.new_context(base_url=address).new_page()
        page.goto(path)
        Person(page, screenshots, "restart").sees(client)
        page.context.close()
