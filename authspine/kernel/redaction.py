"""The last resort of the log: what looks like an address, a phone, a card, a key or a password is not written.

Nothing relies on it. Whoever writes a line leaves such things out; this catches what somebody forgets, where it has a
shape. A name has none.
"""

import re
from typing import Final

_SHAPES: Final = [
    # Ours, Stripe's, and the secrets by which a browser may look at one payment.
    (
        "key",
        re.compile(r"(?<![A-Za-z0-9])(?:(?:as[pl]|[sr]k)_[\w-]{6,}|whsec_[\w+/=-]{6,})|\b\w+_secret_\w+", re.ASCII),
    ),
    ("key", re.compile(r"\b(?:bearer|basic|token)\s+(?=\S*[\d=])[\w.~+/=-]{8,}", re.ASCII | re.IGNORECASE)),
    ("login", re.compile(r"(?<=://)[^\s/@]*:[^\s/]*(?=@)")),
    ("email", re.compile(r"[\w.+'%-]+@[\w.-]*\w")),
    ("phone", re.compile(r"\+\d[\d\s().-]{6,}\d", re.ASCII)),
    ("card", re.compile(r"(?<![\w.-])\d(?:[ -]?\d){12,18}(?![\w-])", re.ASCII)),
]


def redacted(text: str) -> str:
    """The text, with a word in brackets for everything that has such a shape."""
    for name, shape in _SHAPES:
        text = shape.sub(f"[{name}]", text)
    return text
