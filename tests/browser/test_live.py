"""What scripts make pleasant: lists that answer while one types, a calendar that turns its pages, arriving events."""

import re
from pathlib import Path

from playwright.sync_api import Route, expect

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from tests.browser.conftest import Opener, Site
from tests.browser.person import Person
from tests.fixtures import Maker


def register(site: Site, name: str) -> None:
    with organization_scope(site.organization, SYSTEM):
        clients.register(name=name, email=f"{name.split()[-1]}@example.com")


def test_a_list_answers_while_one_types_and_the_address_follows(browse: Opener, site: Site, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "live")
    register(site, f"Søren {person.tag}")
    person.go("/clients")
    loads: list[str] = []
    person.page.on("load", lambda _: loads.append("whole page"))
    person.page.get_by_role("searchbox").press_sequentially(person.tag)
    expect(person.page.get_by_role("main").get_by_role("row")).to_have_count(2)
    expect(person.page).to_have_url(re.compile(f"search={person.tag}"))
    assert loads == []
    person.page.reload()
    expect(person.page.get_by_role("main").get_by_role("row")).to_have_count(2)


def test_going_back_shows_what_was_there(browse: Opener, site: Site, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "live")
    register(site, f"Søren {person.tag}")
    person.go("/clients")
    person.page.get_by_role("searchbox").press_sequentially(person.tag)
    expect(person.page.get_by_role("main").get_by_role("row")).to_have_count(2)
    person.page.get_by_role("link", name=f"Søren {person.tag}", exact=True).click()
    person.sees("registered")
    person.page.go_back()
    expect(person.page.get_by_role("searchbox")).to_have_value(person.tag)
    expect(person.page.get_by_role("main").get_by_role("row")).to_have_count(2)
    expect(person.page.get_by_role("navigation", name="Demo")).to_have_count(1)


def test_the_calendar_turns_its_pages_and_keeps_what_was_chosen(browse: Opener, site: Site, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "live")
    register(site, f"Søren {person.tag}")
    service = Maker(site.organization).service()
    person.go(f"/calendar?service={service.id}")
    person.choose("For whom", f"Søren {person.tag}")
    loads: list[str] = []
    person.page.on("load", lambda _: loads.append("whole page"))
    week = person.page.get_by_role("heading", level=2).first
    before = week.text_content() or ""
    person.page.get_by_role("link", name="Week after").click()
    expect(week).not_to_have_text(before)
    expect(person.page.get_by_label("For whom")).to_have_value(re.compile("[0-9a-f-]{36}"))
    expect(person.page.get_by_role("link", name="Week after")).to_be_focused()
    assert loads == []
    person.page.go_back()
    expect(week).to_have_text(before)


def test_choosing_another_professional_shows_what_they_offer(browse: Opener, site: Site, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "live")
    make = Maker(site.organization)
    first, second = (make.service(name=f"{what} {person.tag}") for what in ("Massage", "Coaching"))
    make.service(name="Other", professional=first.professional)
    person.go(f"/calendar?service={first.id}")
    person.page.get_by_label("Professional", exact=True).select_option(str(second.professional_id))
    expect(person.page.get_by_label("Service", exact=True)).to_have_text(re.compile(f"Coaching {person.tag}"))
    expect(person.page).to_have_url(re.compile(str(second.professional_id)))


def test_events_arrive_by_themselves(browse: Opener, site: Site, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "live")
    person.go("/analytics")
    register(site, f"Olena {person.tag}")
    person.sees(f"Olena {person.tag}")


def test_a_hold_counts_down(browse: Opener, site: Site, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "live")
    booking = Maker(site.organization).booking()
    person.go(f"/bookings/{booking.id}")
    left = person.page.locator("time[data-until]")
    expect(left).to_have_text(re.compile(r"^\d\d:\d\d, 14:\d\d left$"))
    before = left.text_content() or ""
    expect(left).not_to_have_text(before)


def test_an_id_is_copied(browse: Opener, site: Site, screenshots: Path) -> None:
    person = Person(browse(), screenshots, "live")
    person.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    client = Maker(site.organization).client()
    person.go(f"/clients/{client.id}")
    person.page.get_by_role("button", name="Copy the id of Ana García").click()
    assert person.page.evaluate("navigator.clipboard.readText()") == str(client.id)


STRICT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'"
)


def test_a_strict_content_policy_breaks_nothing(browse: Opener, site: Site, screenshots: Path) -> None:
    """No inline script, no inline style, no eval: what breaks the policy shows in the console, which fails the test."""
    person = Person(browse(), screenshots, "strict")
    person.page.context.route("**/platform-demo**", strictly)
    person.go()
    person.click("Try the whole story")
    person.is_told("Walked from a new client to the refund")
    person.tab("Clients")
    person.page.get_by_role("searchbox").press_sequentially("robin")
    expect(person.page).to_have_url(re.compile("search=robin"))
    person.tab("Calendar")
    person.page.get_by_role("link", name="Week after").click()
    expect(person.page).to_have_url(re.compile("week="))
    person.tab("Analytics")
    expect(person.page.get_by_role("img", name="What happened, by day")).to_be_visible()


def strictly(route: Route) -> None:
    """Let the server answer, and add the policy."""
    answer = route.fetch(max_redirects=0)
    route.fulfill(response=answer, headers=answer.headers | {"content-security-policy": STRICT})
