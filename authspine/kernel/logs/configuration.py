"""Which loggers speak, and to where: all of them through one handler, to standard error."""

import logging
from collections.abc import Iterable
from typing import Any, Final

from authspine.kernel.logs.lines import FORMS

# What these say of each request has its own line already (`authspine.api.wire`), without the query string.
SILENT: Final = ("django.server", "gunicorn.access")
# At a lower level these write requests, statements and jobs as they are, with everything that is in them.
QUIET: Final = ("django.db.backends", "django.template", "procrastinate", "stripe", "urllib3", "asyncio", "psycopg")


class Console(logging.StreamHandler[Any]):
    """Standard error. A line that cannot be written is lost: Python would print the whole record instead."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 (logging's own name)
        return


def configuration(form: str, level: str, ours: Iterable[str]) -> dict[str, Any]:
    """For `logging.config.dictConfig`: our own loggers speak from `level` on, all others from WARNING on."""
    nowhere = {"handlers": ["nowhere"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": FORMS[form], "ours": list(ours)}},
        "handlers": {
            "console": {"()": Console, "formatter": "line"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            **{name: {"level": level} for name in ours},
            **{name: {"level": "WARNING"} for name in QUIET},
            **dict.fromkeys(SILENT, nowhere),
            # Without Django's own handlers: one of them mails whole requests to the administrators.
            "django": {"handlers": [], "level": "WARNING", "propagate": True},
            # A refusal is told by its request's line; of a crash this one has the frames.
            "django.request": {"level": "ERROR"},
            "gunicorn.error": {"handlers": ["console"], "propagate": False},
        },
    }
