"""Two rooms and a laser, anybody who can, and a day that falls out: with a mouse, on a phone, and without scripts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.accessibility import overflows, violations
from tests.browser.conftest import Opener
from tests.browser.person import Person
from tests.browser.test_story import LOOKS


@pytest.mark.parametrize("looks", LOOKS)
def test_from_a_room_to_a_day_that_falls_out(browse: Opener, screenshots: Path, looks: str) -> None:
    person = Person(browse(**LOOKS[looks]), screenshots, f"studio-{looks}")
    person.go()
    client = person.registers_a_client()
    professional = person.onboards_a_professional()
    person.verifies_the_papers()
    service = person.publishes_a_service()
    about = person.page.url

    rooms = [adds(person, name) for name in ("Room 1", "Room 2", "Laser")]
    takes(person, about, *rooms)
    check(person, "needs")
    opens_a_location_and_works_there(person, professional)
    check(person, "hours")

    person.tab("Calendar")
    sees_the_week_of(person, "Anybody", service)
    check(person, "anybody")
    person.holds_a_free_time(client)
    person.sees(professional)
    person.sees(re.compile("Cancelling (is free until|now costs)"))
    check(person, "held")

    day = person.page.locator("main time").first.get_attribute("datetime") or ""
    cancels_the_day(person, professional, day[:10])
    expect(person.page.get_by_role("region", name="Clients to tell")).to_contain_text(client)
    check(person, "cancelled")


def adds(person: Person, name: str) -> str:
    name = f"{name} {person.tag}"
    person.tab("Services")
    person.click("Rooms and equipment")
    person.click("Add a room or equipment")
    person.fill(Name=name, Kind="thing")
    person.click("Add")
    person.is_told(f"Added: {name}")
    return name


def takes(person: Person, about: str, *rooms: str) -> None:
    """One of the first two, and the third."""
    person.page.goto(about)
    person.click("What it takes")
    first, second = (person.page.get_by_role("group", name=name, exact=True) for name in ("Needed", "Needed as well"))
    first.get_by_label("What").fill("A room")
    first.get_by_label("Any of these").select_option(label=rooms[0])
    first.get_by_label("or (optional)").first.select_option(label=rooms[1])
    second.get_by_label("Any of these").select_option(label=rooms[2])
    person.click("Save what it takes")
    person.is_told("Saved.")
    expect(first.get_by_label("or (optional)").first.locator("option:checked")).to_have_text(rooms[1])


def opens_a_location_and_works_there(person: Person, professional: str) -> None:
    person.tab("Professionals")
    person.click("Locations")
    person.click("Open a location")
    place = f"Main Street {person.tag}"
    person.fill(Name=place)
    person.click("Open")
    person.is_told("Location opened")
    person.searches("Professionals", person.tag)
    person.click(professional)
    person.click("Working hours")
    person.page.get_by_role("group", name="Monday").get_by_text("Where and when").first.click()
    person.page.get_by_label("Monday: where").select_option(label=place)
    person.click("Save the week")
    person.is_told("Working hours saved.")
    person.sees(f"at {place}")


def sees_the_week_of(person: Person, who: str, service: str) -> None:
    """Where no scripts run, each choice is sent with the button."""
    for label, option in (("Professional", who), ("Service", service)):
        person.choose(label, option)
        if person.looks.endswith("no-scripts"):
            person.click("Show")
    expect(person.free_times().first).to_be_visible()


def cancels_the_day(person: Person, professional: str, day: str) -> None:
    person.click(professional)
    person.click("Cancel a day")
    person.page.get_by_label("Date", exact=True).fill(day)
    person.click("Cancel the whole day")
    person.is_told("Enter a reason; it stays with each booking.")
    person.fill(Reason="Ill")
    person.click("Cancel the whole day")
    person.is_told("1 booking cancelled")


def check(person: Person, name: str) -> None:
    """A picture for people, and, where scripts can run, what nobody may meet on the way."""
    person.snap(name)
    if not person.looks.endswith("no-scripts"):
        assert violations(person.page) == []
        assert not overflows(person.page)
