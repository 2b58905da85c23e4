"""What axe-core finds wrong with a page, in the words of a test."""

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What a page that has been looked at in the light can still get wrong in the dark.
DARK_RULES = ["color-contrast", "link-in-text-block"]
# Looked at for as long as all other rules together; a narrow page has the colours of the wide one.
CONTRAST = "color-contrast"
# WCAG 2.5.8 asks for 24 pixels; on touch the aim is 44. Links within a sentence are exempt.
TOO_SMALL = """least => [...document.querySelectorAll("button, summary, select, input:not([type=hidden]), a")]
  .filter(one => one.checkVisibility() && !one.closest("p, dd, .unseen, .skip"))
  .filter(one => !(one.type === "radio" && one.closest("label").getBoundingClientRect().height >= least))
  .map(one => [one.getBoundingClientRect(), one])
  .filter(([box]) => box.height > 0 && box.bottom > 0 && (box.height < least - 0.5 || box.width < 24 - 0.5))
  .map(([box, one]) => `${one.outerHTML.slice(0, 120)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


def violations(page: Page, rules: list[str] = RULES, *, without: tuple[str, ...] = ()) -> list[str]:
    """The broken rules with the first place of each; empty for a page that everybody can use."""
    options = {
        "resultTypes": ["violations"],
        "runOnly": rules,
        "rules": {rule: {"enabled": False} for rule in without},
    }
    found = Axe().run(page, options=options).response["violations"]
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:200]}" for one in found]


def too_small(page: Page, least: int = 24) -> list[str]:
    """What can be pressed but is hard to hit."""
    targets: list[str] = page.evaluate(TOO_SMALL, least)
    return targets


def picture(page: Page, folder: Path, name: str) -> None:
    """The whole page, for people to look at."""
    page.screenshot(path=folder / f"{name}.jpg", type="jpeg", quality=80, full_page=True)


def overflows(page: Page) -> bool:
    """Whether one has to scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
