"""The page of a person's export: it stands on its own, and whatever people write is text in it."""

import io
import re
import zipfile
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from authspine.api import takeouts
from authspine.identity.models import Organization
from authspine.kernel.money import Money
from authspine.orchestrator.takeout import Kind, Takeout
from authspine.orchestrator.takeout.rows import Word

AT = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
BAD = '<script>alert(1)</script><img src=x onerror="alert(2)">'


def taken(*records: dict[str, Any], kind: str = "record", name: str = "Ana") -> Takeout:
    organization = Organization(slug="studio", name="Studio & Co", timezone="Europe/Berlin", currency="EUR")
    return Takeout(organization, UUID(int=1), name, AT, (Kind(kind, list(records)),))


def cells(page: str) -> dict[str, str]:
    return dict(re.findall(r'<th scope="row">(.*?)</th><td dir="auto">(.*?)</td>', page))


def test_what_people_write_is_text() -> None:
    page = takeouts.as_page(taken({"notes": BAD, "metadata": {BAD: BAD}}, name=BAD))
    assert "<script" not in page
    assert "<img" not in page
    assert page.count("&lt;script&gt;") == 5
    assert "Studio &amp; Co" in page


def test_the_page_needs_nothing_but_itself() -> None:
    page = takeouts.as_page(taken({"notes": "x"}))
    assert not re.findall(r"<(script|link|img|iframe|form|base)\b|\b(src|href)=\"[^#]|url\(|@import|https?:", page)
    assert "default-src 'none'" in page


@pytest.mark.parametrize(
    ("name", "value", "label", "shown"),
    [
        ("email", "a@example.com", "E-mail", "a@example.com"),
        ("notes", "One\nTwo", "Notes", "One<br>Two"),
        ("starts_at", AT, "Begins", "Thursday 2 July 2026, 00:30 (Europe/Berlin)"),
        ("legal_hold_until", date(2027, 3, 1), "Legal hold until", "1 March 2027"),
        ("total", Money(1234, "EUR"), "Price", "€12.34"),
        ("status", Word("no_show"), "Status", "no show"),
        ("off_session", False, "Charged while you were away", "no"),
        ("last4", "4242", "Last four digits", "4242"),
        ("reschedules", 0, "Reschedules", "0"),
        ("policy", {"hold_days": 5, "fee_bps": 2550, "x": None}, "Terms, as agreed", "hold days: 5<br>fee: 25.5 %"),
        ("data", {"sms": False, "pets": ["Rex", {"is": "cat"}]}, "Details", "sms: no<br>pets: Rex<br>pets: is: cat"),
    ],
)  # fmt: skip
def test_a_value_in_words(name: str, value: Any, label: str, shown: str) -> None:
    assert cells(takeouts.as_page(taken({name: value}))) == {label: shown}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("id", UUID(int=1)),
        ("booking", UUID(int=2)),
        ("version", 3),
        ("phone", ""),
        ("deleted_at", None),
        ("data", {"clientId": str(UUID(int=3))}),
    ],
)
def test_what_says_nothing_to_people_is_left_to_programs(name: str, value: Any) -> None:
    one = taken({name: value})
    assert cells(takeouts.as_page(one)) == {}
    assert f'"{name}"' in takeouts.as_json(one)


def test_several_are_counted_and_none_is_said() -> None:
    page = takeouts.as_page(taken({"notes": "a"}, {"notes": "b"}, kind="bookings"))
    assert re.findall(r"<tr><th colspan[^>]*>(.*?)</th>", page) == ["1 of 2", "2 of 2"]
    assert "<p>Nothing.</p>" in takeouts.as_page(taken(kind="disputes"))
    assert "1 of 1" not in takeouts.as_page(taken({"notes": "a"}))


def test_the_file_is_made_of_nothing_but_what_is_in_it() -> None:
    one = taken({"name": "Ana", "total": Money(5, "EUR"), "status": Word("no_show"), "at": AT, "id": UUID(int=1)})
    assert takeouts.zipped(one) == takeouts.zipped(one)
    with zipfile.ZipFile(io.BytesIO(takeouts.zipped(one))) as archive:
        assert [(entry.filename, entry.date_time) for entry in archive.infolist()] == [
            ("person.json", (2026, 7, 1, 22, 30, 0)),
            ("person.html", (2026, 7, 1, 22, 30, 0)),
        ]
    assert takeouts.as_json(one) == (
        '{\n "format": "auth-spine-person",\n "version": 1,\n "organization": {\n  "slug": "studio",\n'
        '  "name": "Studio & Co"\n },\n "client": "00000000-0000-0000-0000-000000000001",\n'
        ' "exported_at": "2026-07-01T22:30:00+00:00",\n "record": [\n  {\n   "name": "Ana",\n   "total": {\n'
        '    "amount_cents": 5,\n    "currency": "EUR"\n   },\n   "status": "no_show",\n'
        '   "at": "2026-07-01T22:30:00+00:00",\n   "id": "00000000-0000-0000-0000-000000000001"\n  }\n ]\n}\n'
    )
