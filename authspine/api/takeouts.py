"""A person's export as a file: a zip with `person.json` for programs and `person.html` for people.

It is answered as a whole, and only after the journey has committed that it was taken out. Its name says nobody's.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone

from authspine.kernel import times
from authspine.kernel.money import Money, format_money
from authspine.orchestrator.takeout import Takeout
from authspine.orchestrator.takeout.rows import Record, Word

MEDIA_TYPE: Final = "application/zip"

# Ids and counters say nothing to people; `person.json` has them.
_FOR_PROGRAMS: Final = ("id", "updated_at", "version")

BPS: Final = "_bps"
_ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

_TITLES: Final = {
    "record": "Your record",
    "login": "Your sign-in",
    "refunds_to_approve": "Refunds that were asked for",
    "payment_methods": "Ways to pay on file",
    "payment_method_setups": "Attempts to put a way to pay on file",
    "payment_customers": "You at the payment provider",
    "events": "What happened",
}

_LABELS: Final = {
    "created_at": "Recorded",
    "email": "E-mail",
    "vertical": "Trade",
    "policy": "Terms, as agreed",
    "starts_at": "Begins",
    "ends_at": "Ends",
    "last4": "Last four digits",
    "total": "Price",
    "timezone": "Time zone",
    "external_id": "Number elsewhere",
    "gateway_id": "Number at the payment provider",
    "gateway_method": "Way to pay at the payment provider",
    "provider_method_id": "Number at the payment provider",
    "off_session": "Charged while you were away",
    "session_id": "Visit",
    "actor": "Done by",
    "metadata": "Further details",
    "data": "Details",
}

type Row = tuple[str, list[str]]


def answer(taken: Takeout) -> HttpResponse:
    """The file, to be downloaded and to be kept by no cache."""
    headers = {
        "Content-Disposition": f'attachment; filename="client-{taken.client}.zip"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(zipped(taken), content_type=MEDIA_TYPE, headers=headers)


def zipped(taken: Takeout) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in (("person.json", as_json(taken)), ("person.html", as_page(taken))):
            entry = zipfile.ZipInfo(name, date_time=taken.at.timetuple()[:6])
            archive.writestr(entry, text, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def as_json(taken: Takeout) -> str:
    return json.dumps(taken.as_document(), ensure_ascii=False, indent=1, default=_plain) + "\n"


def as_page(taken: Takeout) -> str:
    """A page that needs nothing but itself, in the organization's time zone."""
    with timezone.override(times.zone(taken.organization.timezone)):
        kinds = [
            {"name": kind.name, "title": _title(kind.name), "records": [list(_rows(one)) for one in kind.records]}
            for kind in taken.kinds
        ]
        return render_to_string("api/person.html", {"taken": taken, "at": _spoken(taken.at), "kinds": kinds})


def _plain(value: Any) -> Any:
    """What JSON has no word for."""
    if isinstance(value, Money):
        return value.as_json()
    return value.isoformat() if isinstance(value, date) else str(value)


def _title(name: str) -> str:
    return _TITLES.get(name) or name.replace("_", " ").capitalize()


def _rows(record: Record) -> Iterator[Row]:
    for name, value in record.items():
        lines = [] if name in _FOR_PROGRAMS else list(_lines(value))
        if lines:
            label = name.removesuffix("_at").removesuffix("_on").replace("_", " ")
            yield _LABELS.get(name) or label.capitalize(), lines


def _lines(value: Any) -> Iterator[str]:
    """A value in words; nothing where there is none, or an id."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from (f"{name.removesuffix(BPS).replace('_', ' ')}: {line}" for line in _lines(_share(name, inner)))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _lines(inner)
    elif text := _spoken(value):
        yield from text.splitlines()


def _share(name: str, value: Any) -> Any:
    """Basis points as the percentage that they are."""
    return f"{value / 100:g} %" if name.endswith(BPS) and isinstance(value, int) else value


def _spoken(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        shown = timezone.localtime(value)
        return f"{shown:%A} {shown.day} {shown:%B %Y, %H:%M} ({timezone.get_current_timezone_name()})"
    if isinstance(value, date):
        return f"{value.day} {value:%B %Y}"
    if isinstance(value, Money):
        return format_money(value)
    if isinstance(value, Word):
        return value.replace("_", " ")
    if isinstance(value, str):
        return "" if _ID.fullmatch(value) else value
    return str(value) if isinstance(value, int | float) else ""
