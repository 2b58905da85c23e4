"""JSON from strangers: whatever is not strictly JSON is refused in words; nothing exhausts the stack."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from authspine.kernel import strict_json
from authspine.kernel.errors import Invalid

DEPTH = settings.MAX_JSON_DEPTH

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
numbers = st.integers(-(10**300), 10**300) | st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | numbers | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)


def test_the_depth_is_what_callers_are_told() -> None:
    assert f"nesting deeper than {DEPTH}" in Path(settings.BASE_DIR, "docs/api.md").read_text()


@given(values, st.booleans())
def test_whatever_python_writes_is_read_back(value: Any, escaped: bool) -> None:
    assert strict_json.loads(json.dumps(value, ensure_ascii=escaped).encode()) == value


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"", "not JSON"),
        (b"   ", "not JSON"),
        (b"{", "line 1, column 2"),
        (b"{} {}", "not JSON"),
        (b'"\x01"', "not JSON"),
        (b"'a'", "not JSON"),
        (b'{"a": 1, "b": 2, "a": 3}', "'a' stands twice"),
        (b'{"deep": [{"a": 1, "a": 1}]}', "'a' stands twice"),
        (b'"\\u0000"', "NUL"),
        (b'{"\\u0000": 1}', "NUL"),
        (b'[["\\ud800"]]', "surrogate"),
        (b'{"a": {"\\udfff": 1}}', "surrogate"),
        (b'"\\ude00\\ud83d"', "surrogate"),
        (b"NaN", "NaN"),
        (b"[Infinity]", "Infinity"),
        (b"-Infinity", "-Infinity"),
        (b"1e400", "too large"),
        (b"-1e400", "too large"),
        (b"9" * 5000, "digits"),
        (b"-0", "-0"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'"\xff"', "UTF-8"),
        (b'"\xc0\xaf"', "UTF-8"),
        (b'"\xed\xa0\x80"', "UTF-8"),
        ('{"a": "é"}'.encode("utf-16"), "UTF-8"),
        ("\ud800", "UTF-8"),
    ],
    ids=repr,
)
def test_refused_in_words(raw: bytes | str, words: str) -> None:
    with pytest.raises(Invalid, match=words):
        strict_json.loads(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'"\\\\u0000"', "\\u0000"),
        (b'"\\ud83d\\ude00"', "\N{GRINNING FACE}"),
        (b'"[[[[{{{{"', "[[[[{{{{"),
        (b"1e308", 1e308),
        (b"-0.0", 0.0),
        (b' [1, "a", null, true] ', [1, "a", None, True]),
    ],
    ids=repr,
)
def test_what_only_looks_suspicious_is_read(raw: bytes, value: Any) -> None:
    assert strict_json.loads(raw) == value


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_a_hundred_thousand_levels_are_refused(opening: bytes) -> None:
    with pytest.raises(Invalid, match="nested deeper"):
        strict_json.loads(opening * 100_000)


def test_depth_is_counted_to_the_level() -> None:
    assert strict_json.loads(b"[" * DEPTH + b"]" * DEPTH)
    with pytest.raises(Invalid, match="nested deeper"):
        strict_json.loads(b"[" * (DEPTH + 1) + b"]" * (DEPTH + 1))


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert len(strict_json.loads(b"[" + b"[],{}," * 5000 + b"1]")) == 10_001


def test_brackets_in_strings_and_behind_escaped_quotes_do_not_count() -> None:
    assert strict_json.loads(json.dumps({'"]' + "[" * 99: '\\"' + "{" * 99}))


@pytest.mark.parametrize(
    "raw",
    [
        b'"' + b'\\"' * 1_000_000 + b"[" * 99,
        b'{"a":' + b'"\\\\' * 500_000 + b"[" * 99,
        b"{" + b",".join(b'"%d":1' % n for n in range(200_000)) + b',"7":1}' + b"[" * 99,
        json.dumps([f"{n}" for n in range(100_000)] + ["\0"]).encode(),
    ],
    ids=["unterminated", "backslashes", "duplicate at the end", "NUL at the end"],
)
def test_malice_of_megabytes_is_read_in_one_pass(raw: bytes) -> None:
    # A reader that goes back and forth would be at it for hours.
    with pytest.raises(Invalid):
        strict_json.loads(raw)
