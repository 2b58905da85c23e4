"""Which of a message may be told.

Our own messages are written with care, and told. What other programs say is made of a text that stands in their code
and of what was filled in; the second may be anything: an address with its query, a body, a job's arguments, the text of
another exception. Numbers alone are kept of it.
"""

import linecache
import logging
import re
from collections.abc import Mapping
from typing import Any, Final

from authspine.kernel.redaction import redacted

UNTOLD: Final = "…"
_SIGNAL: Final = re.compile(r"SIG[A-Z]{2,9}")
_WARNING: Final = re.compile(r".*?:\d+: \w+(?=:)")


def told(record: logging.LogRecord, ours: frozenset[str]) -> str:
    """The message of a record, as it may be written; `ours` are the packages whose words are told as they are."""
    try:
        return redacted(_told(record, ours))
    except Exception:  # What cannot be put together must not end the program, and is not printed in parts either.
        return UNTOLD


def _told(record: logging.LogRecord, ours: frozenset[str]) -> str:
    if record.name.partition(".")[0] in ours:
        return record.getMessage()
    if record.name == "py.warnings":
        return _place_of_warning(record)
    if record.name.startswith("procrastinate"):
        return _step_of_job(record)
    if record.args:
        return _filled(record)
    return str(record.msg) if _stands_in_program(record) else UNTOLD


def _stands_in_program(record: logging.LogRecord) -> bool:
    """Whether the message is a text of the program as it is: many put one together before they hand it over."""
    if not isinstance(record.msg, str):
        return False
    source = "".join(linecache.getlines(record.pathname))
    return any(f"{quote}{record.msg}{quote}" in source for quote in "'\"")


def _filled(record: logging.LogRecord) -> str:
    given = record.args
    if isinstance(given, Mapping):
        return str(record.msg) % {name: _harmless(value) for name, value in given.items()}
    return str(record.msg) % tuple(_harmless(value) for value in given or ())


def _harmless(value: Any) -> Any:
    known = isinstance(value, int | float) or (isinstance(value, str) and _SIGNAL.fullmatch(value))
    return value if known else _Untold()


class _Untold(str):
    """Stands for what was filled in, whatever a format makes of it."""

    __slots__ = ()

    def __new__(cls) -> "_Untold":
        return super().__new__(cls, UNTOLD)

    def __repr__(self) -> str:
        return UNTOLD


def _place_of_warning(record: logging.LogRecord) -> str:
    """`file:line: Category`, of a warning that Python was about to print."""
    given = record.args[0] if isinstance(record.args, tuple) and record.args else ""
    found = _WARNING.match(str(given))
    return found[0] if found else UNTOLD


def _step_of_job(record: logging.LogRecord) -> str:
    """procrastinate's messages hold a job's arguments and result; beside them it gives what it is about."""
    action, job = getattr(record, "action", None), getattr(record, "job", None)
    about = f" {job.get('task_name')}[{job.get('id')}]" if isinstance(job, dict) else ""
    return f"{action if isinstance(action, str) else UNTOLD}{about}"
