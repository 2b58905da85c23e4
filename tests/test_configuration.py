"""A wrong value of the environment is told in one line that names the variable, and never by a traceback."""

from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from authspine.environment import LONGEST, address, hosts, number, seconds

NAME = "A_VARIABLE"
type Read = Any


@pytest.mark.parametrize(
    ("read", "value"),
    [
        *((hosts, value) for value in ("", ",", " ", "*", ".example.com", "a.example.com,.b.example.com")),
        *((hosts, value) for value in ("example.com:8000", "https://example.com", "a b", "example..com", "a/b", "[x]")),
        *((address, value) for value in ("", "/", "example.com", "//example.com", "ftp://example.com", "https://")),
        *((address, value) for value in ("https://.example.com", "https://me:hush@example.com", "https://a b.com")),
        *((address, value) for value in ("https://example.com:port", "https://[x", "https://example.com?a=1")),
        *((address, value) for value in ("https://example.com#a", "https://example.com:99999", "javascript:x")),
        *((seconds, value) for value in ("-1", "x", "1.5", "", str(LONGEST + 1), "9" * 30, "9" * 5000)),
        *((number, value) for value in ("2147483648", "9" * 21, "\u0663")),
    ],
)
def test_a_wrong_value_is_told_by_the_name_of_its_variable(
    monkeypatch: pytest.MonkeyPatch, read: Read, value: str
) -> None:
    monkeypatch.setenv(NAME, value)
    with pytest.raises(ImproperlyConfigured, match=f"^{NAME} must ") as told:
        read(NAME, 1)
    assert len(str(told.value)) < 300
    assert "hush" not in str(told.value)


@pytest.mark.parametrize(
    ("read", "value", "found"),
    [
        (hosts, "bookings.example.com, [::1],web_1", ["bookings.example.com", "[::1]", "web_1"]),
        (address, "https://bookings.example.com/", "https://bookings.example.com"),
        (address, "http://localhost:8000", "http://localhost:8000"),
        (address, "https://[::1]:8443/folder/", "https://[::1]:8443/folder"),
        (seconds, str(LONGEST), LONGEST),
        (number, "0", 0),
    ],
)
def test_a_right_one_is_taken(monkeypatch: pytest.MonkeyPatch, read: Read, value: str, found: Any) -> None:
    monkeypatch.setenv(NAME, value)
    assert read(NAME, 1) == found
