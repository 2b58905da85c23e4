"""An exception as the log tells of it: its class, a code and where it happened, never its text nor local variables.

The text of most exceptions quotes what they were given. PostgreSQL's quotes whole rows.
"""

import traceback
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured

from authspine.kernel.errors import PlatformError
from authspine.kernel.redaction import redacted

ROOT: Final = Path(__file__).resolve().parents[3]
MOST_FRAMES: Final = 40
MOST_CAUSES: Final = 5


def told(error: BaseException) -> list[dict[str, Any]]:
    """The exception and what it came from, the last one first."""
    return [_one(each) for each in _chain(error)]


def _chain(error: BaseException) -> Iterator[BaseException]:
    known: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in known and len(known) < MOST_CAUSES:
        known.add(id(following))
        yield following
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)


def _one(error: BaseException) -> dict[str, Any]:
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    return {"class": name, **_code(error), "frames": _frames(error.__traceback__)}


def _code(error: BaseException) -> dict[str, str]:
    if isinstance(error, PlatformError):
        return {"code": error.code}
    # A wrong setting is told in words for whoever has to put it right.
    if isinstance(error, ImproperlyConfigured):
        return {"detail": redacted(str(error))}
    code = getattr(error, "sqlstate", None)
    if not isinstance(code, str):
        return {}
    constraint = getattr(getattr(error, "diag", None), "constraint_name", None)
    return {"code": code} | ({"constraint": constraint} if constraint else {})


def _frames(trace: TracebackType | None) -> list[str]:
    """The last ones, as `file:line function`."""
    steps = [(frame.f_code, line) for frame, line in traceback.walk_tb(trace)]
    return [f"{place(code.co_filename)}:{line} {code.co_name}" for code, line in steps[-MOST_FRAMES:]]


def place(file: str) -> str:
    """A file as the program knows it, without where it lies on this machine."""
    _, installed, inside = file.rpartition("site-packages/")
    if installed:
        return inside
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else path.name
