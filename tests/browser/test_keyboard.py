"""The whole story with a keyboard alone: nothing is out of reach, and one always sees where one is."""

import re
from pathlib import Path
from typing import Literal

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Opener
from tests.browser.person import Person

FARTHEST = 80
RING = "el => { const s = getComputedStyle(el); return s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2; }"


def reach(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus; every stop on the way shows a ring."""
    expect(target).to_be_attached()
    for _ in range(FARTHEST):
        page.keyboard.press("Tab")
        here = page.locator(":focus")
        if here.count():
            assert here.evaluate(RING), here.evaluate("el => el.outerHTML.slice(0, 200)")
        if target.evaluate("el => el === document.activeElement"):
            return
    raise AssertionError("the Tab key does not lead there")


def press(page: Page, role: Literal["link", "button"], name: str | re.Pattern[str]) -> None:
    reach(page, page.get_by_role("main").get_by_role(role, name=name).first)
    page.keyboard.press("Enter")


def write(page: Page, label: str, text: str) -> None:
    reach(page, page.get_by_label(re.compile(f"^{label}")))
    page.keyboard.type(text)


def test_from_a_new_client_to_the_refund(browse: Opener, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "keyboard")
    page = person.page
    person.go()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()

    set_the_scene(person)
    press(page, "link", "Free times")
    press(page, "link", "Week after")  # of this one the last day may be left
    expect(page).to_have_url(re.compile("week="))
    write(page, "For whom", f"Zoë {person.tag}")
    walk_the_calendar(person)
    page.keyboard.press("Enter")
    person.is_told("Time held")

    press(page, "button", "Confirm")
    person.is_told("Confirmed")
    reach(page, page.get_by_label("Test card 4242 4242 4242 4242: accepted"))
    page.keyboard.press("Enter")
    person.is_told("Paid.")
    press(page, "button", "Complete")
    person.is_told("Completed")
    press(page, "link", re.compile(r"\$45\.00 by card"))
    write(page, "Amount", "")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("15.00")
    page.keyboard.press("Enter")
    person.is_told("Given back: $15.00")
    person.snap("refunded")


def set_the_scene(person: Person) -> None:
    """A client, a verified professional and a service, by keyboard alone."""
    page = person.page
    person.go("/clients")
    press(page, "link", "Register a client")
    write(page, "Name", f"Zoë {person.tag}")
    write(page, "E-mail", f"zoe.{person.tag}@example.com")
    page.keyboard.press("Enter")
    person.is_told("Client registered")

    reach(page, page.get_by_role("navigation", name="Demo").get_by_role("link", name="Professionals"))
    page.keyboard.press("Enter")
    press(page, "link", "Onboard a professional")
    write(page, "Name", f"Maya {person.tag}")
    write(page, "E-mail", f"maya.{person.tag}@example.com")
    write(page, "Vertical", "Beauty")
    page.keyboard.press("Enter")
    press(page, "button", "Onboard")
    person.is_told("Professional onboarded")
    press(page, "button", "Verify the papers")
    person.is_told("Verified")
    press(page, "link", "Publish a service")
    write(page, "Name", f"Haircut {person.tag}")
    write(page, "Duration in minutes", "60")
    write(page, "Price in USD", "45.00")
    page.keyboard.press("Enter")
    person.is_told("Service published")


def walk_the_calendar(person: Person) -> None:
    """One stop for the Tab key; the arrows go through the times of a day and to the same time of other days."""
    page = person.page
    free = person.free_times()
    reach(page, free.first)
    here = page.locator(":focus")
    nine = here.text_content()
    page.keyboard.press("ArrowDown")
    expect(here).not_to_have_text(nine or "")
    ten, column = here.text_content(), here.evaluate("el => el.closest('section').id")
    page.keyboard.press("ArrowRight")
    assert here.evaluate("el => el.closest('section').id") > column
    page.keyboard.press("ArrowLeft")
    expect(here).to_have_text(ten or "")
    page.keyboard.press("ArrowUp")
    expect(here).to_have_text(nine or "")
    page.keyboard.press("End")
    page.keyboard.press("Home")
    expect(here).to_have_text(nine or "")
    person.snap("calendar")
    page.keyboard.press("Tab")
    expect(page.locator(".grid :focus")).to_have_count(0)
    page.keyboard.press("Shift+Tab")
    expect(here).to_have_text(nine or "")
