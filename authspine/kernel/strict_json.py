"""JSON from strangers: read by one strict rule, by the API and by the import alike.

Whatever comes out can be stored and written again: UTF-8 only, each key once, no NUL and no half of a character (the
database takes neither), no NaN, and never deeper than the reader allows, so that nobody exhausts the stack.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, NoReturn

from django.conf import settings

from authspine.kernel.errors import Invalid

# What the largest double has: a number that went through the database as 1e308 comes back with all its digits.
MAX_DIGITS = 309

# An unterminated string runs to the end, hence the last `?`: without it each quote in it would be tried as a start.
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_SUSPICIOUS = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")


def loads(raw: bytes | str, *, depth: int = settings.MAX_JSON_DEPTH) -> Any:
    """The value of a JSON text, nested in `depth` levels at most.

    Raises Invalid, in words for its sender, for anything that is not strictly JSON.
    """
    encoded = raw.encode(errors="surrogatepass") if isinstance(raw, str) else raw
    text = _decoded(encoded)
    _check_depth(encoded, depth)
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise Invalid(f"This is not JSON: {error.msg} (line {error.lineno}, column {error.colno}).") from error
    if _SUSPICIOUS.search(text):
        _check_strings(value)
    return value


def _decoded(encoded: bytes) -> str:
    try:
        text = encoded.decode()
    except UnicodeDecodeError as error:
        raise Invalid(f"JSON must be UTF-8: byte {error.start} is not.") from error
    if text.startswith("\ufeff"):
        raise Invalid("JSON must not begin with a byte order mark.")
    return text


def _check_depth(encoded: bytes, limit: int) -> None:
    """Count brackets outside of strings, before the parser recurses into them."""
    if encoded.count(b"[") + encoded.count(b"{") <= limit:
        return
    depth = 0
    for bracket in _STRING.sub(b"", encoded).translate(None, _NOT_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > limit:
            raise Invalid(f"This JSON is nested deeper than {limit} levels.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        [(twice, _)] = Counter(name for name, _ in pairs).most_common(1)
        raise Invalid(f"The key {twice[:60]!r} stands twice in one object.")
    return found


def _integer(digits: str) -> int:
    if len(digits) > MAX_DIGITS:
        raise Invalid(f"A number has at most {MAX_DIGITS} digits.")
    if digits == "-0":
        raise Invalid("-0 is not a whole number.")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise Invalid(f"The number {digits[:20]} is too large.")
    return number


def _constant(word: str) -> NoReturn:
    raise Invalid(f"{word} is not a number in JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_fraction, parse_constant=_constant
)


def _check_strings(value: Any) -> None:
    for string in _strings(value):
        if "\0" in string:
            raise Invalid("Text cannot contain the NUL character.")
        if any("\ud800" <= char <= "\udfff" for char in string):
            raise Invalid("Text contains half of a surrogate pair, which is no character.")


def _strings(value: Any) -> Iterator[str]:
    left = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict):
            yield from item
            left.extend(item.values())
        elif isinstance(item, list):
            left.extend(item)
