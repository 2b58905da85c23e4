"""What a line of the log is. Both forms have the same fields, and leave out the same."""

import json
import logging
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

from authspine.kernel import tenancy, trace
from authspine.kernel.logs import faults, words

# All that is written of what a record has beside its message: `request_line`, which our own edge gives.
REQUEST: Final = ("method", "route", "status", "duration_ms")
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


class Lines(logging.Formatter):
    """The fields of a record; how they are written is for the two below."""

    def __init__(self, ours: Iterable[str]) -> None:
        super().__init__()
        self.ours = frozenset(ours)

    def fields(self, record: logging.LogRecord) -> dict[str, Any]:
        shown: dict[str, Any] = {
            "time": _time(record),
            "level": record.levelname,
            "logger": record.name,
            "message": words.told(record, self.ours),
            **_context(record),
        }
        request = getattr(record, "request_line", None)
        if isinstance(request, dict):
            shown |= {name: request[name] for name in REQUEST}
        if error := _error(record):
            shown["errors"] = faults.told(error)
        return shown


class JsonLines(Lines):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(self.fields(record))


class TextLines(Lines):
    """For who watches a terminal: the message comes last, and a fault's frames below it."""

    def format(self, record: logging.LogRecord) -> str:
        shown = self.fields(record)
        errors = shown.pop("errors", [])
        head = [shown.pop(name) for name in ("time", "level", "logger")]
        message = shown.pop("message")
        told = [f"{name}={value}" for name, value in shown.items() if value is not None]
        below = [line for error in errors for line in _below(error)]
        return "\n".join(_CONTROL.sub(" ", line) for line in [" ".join([*head, *told, message]), *below])


FORMS: Final[dict[str, type[Lines]]] = {"json": JsonLines, "text": TextLines}


def _time(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _context(record: logging.LogRecord) -> dict[str, str | None]:
    """What is being worked on, for whom. The scope that is open knows best; a door knows before and after it."""
    work, scope = trace.current(), tenancy.open_scope()
    organization = scope.organization.id if scope else work.organization if work else None
    actor = scope.actor if scope else work.actor if work else None
    return {
        "request_id": _job(record) or (work.id if work else None),
        "organization": str(organization) if organization else None,
        "actor": str(actor) if actor else None,
    }


def _job(record: logging.LogRecord) -> str | None:
    """procrastinate tells of a job from outside of it."""
    job = getattr(record, "job", None)
    return trace.of_job(job.get("id")) if isinstance(job, dict) else None


def _error(record: logging.LogRecord) -> BaseException | None:
    found = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    return found if isinstance(found, BaseException) else None


def _below(error: dict[str, Any]) -> list[str]:
    named = [str(error[name]) for name in ("class", "code", "constraint", "detail") if name in error]
    return ["  Traceback of " + " ".join(named), *(f"    at {frame}" for frame in error["frames"])]
