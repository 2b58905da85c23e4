"""Somebody who uses the demo as it is: reads labels, fills in, clicks. The same on a phone and without scripts."""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import picture


@dataclass
class Person:
    """Looks for what a person would look for: buttons, links, labels and words, never ids or classes."""

    page: Page
    screenshots: Path
    looks: str  # how its screenshots are told apart
    shots: int = 0

    def __post_init__(self) -> None:
        self.tag = secrets.token_hex(3)

    def go(self, path: str = "") -> None:
        self.page.goto(f"/platform-demo{path}")

    def tab(self, name: str) -> None:
        self.page.get_by_role("navigation", name="Demo").get_by_role("link", name=name, exact=True).click()

    def click(self, name: str) -> None:
        """A button or a link with this name, within the page's content."""
        main = self.page.get_by_role("main")
        main.get_by_role("button", name=name).or_(main.get_by_role("link", name=name)).first.click()

    def fill(self, **fields: str) -> None:
        """Fields by their labels: `fill(Name="Zoë", E_mail="zoe@example.com")`."""
        for label, text in fields.items():
            words = label.replace("_", " ").replace("E mail", "E-mail")
            self.page.get_by_label(re.compile(f"^{re.escape(words)}( \\(optional\\))?$")).fill(text)

    def choose(self, label: str, option: str) -> None:
        """The first option that begins like this."""
        field = self.page.get_by_label(label, exact=True)
        texts = field.locator("option").all_text_contents()
        field.select_option(label=next(text for text in texts if text.startswith(option)))

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.get_by_role("main").get_by_text(text).filter(visible=True).first).to_be_visible()

    def is_told(self, text: str) -> None:
        """What the page says happened, or what is wrong, at its top."""
        expect(self.page.get_by_role("status").or_(self.page.get_by_role("alert")).first).to_contain_text(text)

    def snap(self, name: str) -> None:
        """A screenshot of the whole page, numbered in the order of the story."""
        self.shots += 1
        picture(self.page, self.screenshots, f"{self.looks}-{self.shots:02}-{name}")

    # The steps of the story, each as one would take it.

    def registers_a_client(self) -> str:
        name = f"Zoë Müller {self.tag}"
        self.tab("Clients")
        self.click("Register a client")
        self.fill(Name=name, E_mail=f"zoe.{self.tag}@example.com", Phone="+49 30 5550 0107")
        self.click("Register")
        self.is_told(f"Client registered: {name}")
        return name

    def onboards_a_professional(self) -> str:
        name = f"Maya Brooks {self.tag}"
        self.tab("Professionals")
        self.click("Onboard a professional")
        self.fill(Name=name, E_mail=f"maya.{self.tag}@example.com", Specialties="color, bridal styling")
        self.choose("Vertical", "Beauty")
        self.click("Onboard")
        self.is_told(f"Professional onboarded: {name}")
        self.sees("Not verified yet")
        return name

    def verifies_the_papers(self) -> None:
        self.click("Verify the papers")
        self.is_told("Verified: clients can book now.")

    def publishes_a_service(self) -> str:
        name = f"Haircut {self.tag}"
        self.click("Publish a service")
        self.fill(Name=name, Duration_in_minutes="60", Price_in_USD="45.00")
        self.click("Publish")
        self.is_told(f"Service published: {name}")
        return name

    def free_times(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile(r"^\d\d:\d\d$"))

    def holds_a_free_time(self, client: str, *, place: int = 0) -> str:
        """From the page of a service or a client; the time that was taken, as the calendar shows it."""
        self.choose("For whom", client)
        free = self.free_times().nth(place)
        shown = free.text_content() or ""
        free.click()
        self.is_told("Time held:")
        self.sees(re.compile(r"Held until \d\d:\d\d"))
        return shown

    def pays(self, way: str) -> None:
        self.page.get_by_label(way).check()
        self.click("Pay $45.00")

    def gives_back(self, amount: str) -> None:
        self.page.get_by_role("link", name=re.compile(r"\$45\.00 by card")).first.click()
        self.fill(Amount_in_USD=amount, Reason="Had to wait")
        self.click("Give it back")
        self.is_told(f"Given back: ${amount}")

    def cancels(self, reason: str) -> None:
        self.page.get_by_text("Cancel this booking").click()
        self.page.get_by_label("Why is it cancelled?").fill(reason)
        self.click("Cancel the booking")

    def searches(self, tab: str, typed: str) -> None:
        self.tab(tab)
        self.looks_for(typed)

    def looks_for(self, typed: str) -> None:
        """As one types where scripts run; with the button where not."""
        box = self.page.get_by_role("searchbox")
        box.fill(typed)
        self.page.get_by_role("search").get_by_role("button", name="Search").click()
