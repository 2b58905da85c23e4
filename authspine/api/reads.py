"""Which answers are looks at people: those to requests that only read. Who writes leaves an entry anyway."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from rest_framework.request import Request

from authspine.audit import reading


def tell(request: Request | HttpRequest, rows: Sequence[Any], *, one: bool = False) -> None:
    """Record that these rows are shown. Runs in the request's scope."""
    if request.method in ("GET", "HEAD"):
        reading.rows_shown(rows, one=one)
