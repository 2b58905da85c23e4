"""A real Chromium, a real server process, a real Stripe server beside it, and a demo organization to click through."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from authspine.identity.models import Organization
from authspine.operations.folders import var
from tests.fixtures import new_organization
from tests.servers import gunicorn

FLAGS = """--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking
--disable-component-update --disable-sync"""
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
PATIENCE = 30_000  # milliseconds, on a machine that is busy with other tests
expect.set_options(timeout=PATIENCE)


@dataclass(frozen=True)
class Site:
    """Where the demo is served, and whose it is."""

    address: str
    organization: Organization


@pytest.fixture(scope="session")
def chromium(database: str) -> Iterator[Browser]:
    path = os.environ.get("CHROMIUM")
    if not path:
        pytest.fail("There is no Chromium for the browser tests: install one, or name one in CHROMIUM.", pytrace=False)
    with sync_playwright() as playwright:
        browser = launch(playwright, path)
        yield browser
        browser.close()
        # Where Playwright's loop runs, Django keeps connections apart from all others: nobody else would close them.
        connections.close_all()


def launch(playwright: Playwright, path: str) -> Browser:
    return playwright.chromium.launch(executable_path=path, args=FLAGS.split())


@pytest.fixture(scope="session")
def logs() -> Path:
    folder = var() / "test" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def site(database: str, logs: Path) -> Iterator[Site]:
    """One server for all of this run's browser tests; each makes people of its own."""
    organization = new_organization(is_demo=True, timezone="Europe/Berlin")
    environment = {"DEMO_ORGANIZATION": organization.slug}
    with gunicorn(logs / f"{database}.log", workers=1, threads=8, environment=environment) as address:
        yield Site(address, organization)


type Opener = Callable[..., Page]


@pytest.fixture
def browse(chromium: Browser, site: Site) -> Iterator[Opener]:
    """Opens a page in a browser of its own: `browse(phone=True, dark=True, scripts=False)`.

    The test fails when a page of it had an error in its scripts, asked for something that was not there or broke its
    policy; not with `faults=False`.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def open_page(*, phone: bool = False, dark: bool = False, scripts: bool = True, faults: bool = True) -> Page:
        wanted: dict[str, Any] = {
            "viewport": PHONE if phone else DESKTOP,
            "has_touch": phone,
            "is_mobile": phone,
            "color_scheme": "dark" if dark else "light",
            "java_script_enabled": scripts,
            "reduced_motion": "reduce",
            "base_url": site.address,
        }
        context = chromium.new_context(**wanted)
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        if not faults:
            return page
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.on("requestfailed", lambda request: wrong.append(f"failed: {request.url}") if _matters(request) else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []


def _matters(request: Any) -> bool:
    """A request that was given up because the page was left, or another letter was typed, is no fault."""
    return "ERR_ABORTED" not in (request.failure or "")


@pytest.fixture(scope="session")
def screenshots() -> Path:
    """Kept as the run's output, to be looked at."""
    folder = var() / "test" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
