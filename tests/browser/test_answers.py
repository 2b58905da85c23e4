"""The questions of a booking as a person meets them: with and without scripts, with a keyboard, on a phone."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import services, verticals
from services.models import Service
from tests.browser.accessibility import RULES, overflows, too_small, violations
from tests.browser.conftest import Opener, Site
from tests.browser.person import Person
from tests.browser.test_keyboard import reach
from tests.fixtures import Maker

MUST = "This question must be answered."
LOOKS: dict[str, dict[str, bool]] = {"scripts": {}, "phone": {"phone": True}, "plain": {"scripts": False}}


@pytest.fixture(scope="module")
def service(site: Site) -> Service:
    """One that asks three questions of a vertical of its own and one of its own."""
    question: dict[str, Any] = {"id": "risk", "prompt": "Is there any risk?", "type": "text", "required": True}
    long = {"id": "long", "prompt": "What has brought you here, " + "and then " * 30 + "?", "type": "text"}
    choice = {"id": "insured", "prompt": "Are you insured?", "type": "choice", "options": ["yes", "no"]}
    make = Maker(site.organization)
    with organization_scope(site.organization, SYSTEM):
        verticals.create("asking", display_name="Asking", intake_questions=[question, long, choice])
    found: Service = make.service(professional=make.professional(vertical="asking"))
    with organization_scope(site.organization, SYSTEM):
        own = [{"id": "own", "prompt": "Tea or coffee?", "type": "choice", "options": ["Tea", "Coffee"]}]
        return services.update(found.id, intake_questions=own)


@pytest.mark.parametrize("looks", LOOKS)
def test_a_person_answers_with_the_time(
    browse: Opener, site: Site, service: Service, screenshots: Path, looks: str
) -> None:
    person = Person(browse(**LOOKS[looks]), screenshots, f"answers-{looks}")
    client = Maker(site.organization).client(name=f"Søren {person.tag}")
    person.go(f"/calendar?service={service.id}&client={client.id}")
    check(person, looks)
    assert looks == "plain" or too_small(person.page, 44 if looks == "phone" else 24) == []
    person.page.locator("button.free").first.click()
    person.is_told(MUST)
    risk = person.page.get_by_label("Is there any risk?")
    expect(risk).to_have_attribute("aria-invalid", "true")
    expect(risk).to_have_accessible_description(MUST)
    person.snap("missing")
    check(person, looks)
    # The line at the top leads to the question.
    person.page.get_by_role("alert").get_by_role("link", name=MUST).click()
    expect(risk).to_be_focused()
    risk.fill("None that I know of")
    person.page.get_by_label(re.compile("Tea or coffee")).select_option("Tea")
    person.page.locator("button.free").first.click()
    person.is_told("Time held")
    person.sees("None that I know of")
    person.snap("held")
    check(person, looks)


def check(person: Person, looks: str) -> None:
    """Everybody can use the page; it is looked at by scripts, so not where there are none."""
    if looks != "plain":
        assert violations(person.page, RULES) == []
        assert not overflows(person.page)


def test_what_was_typed_stays_when_the_week_is_turned(browse: Opener, service: Service, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "answers")
    person.go(f"/calendar?service={service.id}")
    risk = person.page.get_by_label("Is there any risk?")
    risk.fill("Canary")
    week = person.page.get_by_role("heading", level=2).first
    before = week.text_content() or ""
    asked: list[str] = []
    person.page.on("request", lambda request: asked.append(request.url + (request.post_data or "")))
    person.page.get_by_role("link", name="Week after").click()
    expect(week).not_to_have_text(before)
    expect(risk).to_have_value("Canary")
    assert "Canary" not in person.page.url
    assert "Canary" not in " ".join(asked)


def test_with_a_keyboard_alone(browse: Opener, site: Site, service: Service, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "answers-keyboard")
    page = person.page
    client = Maker(site.organization).client(name=f"Søren {person.tag}")
    person.go(f"/calendar?service={service.id}&client={client.id}")
    reach(page, page.get_by_label("Is there any risk?"))
    page.keyboard.type("None")
    page.keyboard.press("Enter")  # another line, and no time is taken by it
    page.keyboard.type("really")
    expect(page.get_by_label("Is there any risk?")).to_have_value("None\nreally")
    reach(page, page.locator("button.free[data-at]").first)
    page.keyboard.press("Enter")
    person.is_told("Time held")
    reach(page, page.get_by_text("Change the answers"))
    page.keyboard.press("Enter")
    reach(page, page.get_by_label("Is there any risk?"))
    page.keyboard.type("!")
    reach(page, page.get_by_role("button", name="Save the answers"))
    page.keyboard.press("Enter")
    person.is_told("Answered.")
