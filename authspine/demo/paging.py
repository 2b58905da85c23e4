"""Pages of a list: one statement fetches a page and whether there is another."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from authspine.api import reads

SIZE = 20
# What lies further down is found by searching: deep offsets are slow.
LAST = 500


@dataclass(frozen=True)
class Page[M: Model]:
    """One page of a list and the addresses of its neighbours, None where there is none."""

    rows: list[M]
    number: int
    previous: str | None
    next: str | None


def page[M: Model](request: HttpRequest, rows: QuerySet[M, Any]) -> Page[M]:
    """The page that `?page=` asks for; anything that is no page number is the first. Who is on it was looked at."""
    asked = request.GET.get("page", "")
    number = min(int(asked), LAST) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    number = max(number, 1)
    start = (number - 1) * SIZE
    found = list(rows[start : start + SIZE + 1])
    reads.tell(found[:SIZE])
    return Page(
        rows=found[:SIZE],
        number=number,
        previous=_address(request, number - 1) if number > 1 else None,
        next=_address(request, number + 1) if len(found) > SIZE and number < LAST else None,
    )


def _address(request: HttpRequest, number: int) -> str:
    query = request.GET.copy()
    query["page"] = str(number)
    return f"{request.path}?{query.urlencode()}"
