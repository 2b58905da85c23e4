"""A page, or the piece of it that htmx asked for."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render

from authspine.demo.frame import frame
from authspine.demo.visit import DemoRequest
from authspine.kernel.times import FIRST_YEAR, LAST_YEAR

LONGEST_SEARCH = 200


def show(request: DemoRequest, template: str, *, tab: str, part: str = "", **context: Any) -> HttpResponse:
    """Render a page under a tab; with `part`, only that piece when htmx asks for a swap.

    Runs inside the scope whose rows it shows.
    """
    swap = part and request.htmx and not request.htmx.history_restore_request
    return render(request, f"{template}#{part}" if swap else template, context | frame(request, tab))


def lead_away(request: DemoRequest, bank: str, *, tab: str) -> HttpResponse:
    """Lead on to a page of the bank's. Not by a redirect: a form's policy lets nothing lead it to another host."""
    page = show(request, "demo/leaving.html", tab=tab, bank=bank)
    page["Refresh"] = f"0; url={bank}"
    return page


def typed(request: DemoRequest) -> str:
    """What stands in the list's search box; a NUL can be neither stored nor found."""
    return request.GET.get("search", "").replace("\0", "")[:LONGEST_SEARCH].strip()


def day_or_none(text: str) -> date | None:
    """A date from an address, with room for a week on both sides of what times can be."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if FIRST_YEAR < day.year < LAST_YEAR else None


def uuid_or_none(text: str) -> UUID | None:
    """An id from an address; what is none is not asked for."""
    try:
        return UUID(text)
    except ValueError:
        return None
