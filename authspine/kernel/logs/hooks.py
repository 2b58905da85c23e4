"""What nobody caught, and what Python would print by itself, become lines of the log, too."""

import logging
import sys
import threading
from types import TracebackType
from typing import Any

logger = logging.getLogger("authspine.uncaught")


def take_over() -> None:
    """Called once, by the doors of a process. Python's own would print the text of an exception."""
    sys.excepthook = _uncaught
    threading.excepthook = _in_thread
    sys.unraisablehook = _unraisable
    logging.captureWarnings(capture=True)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if isinstance(error, KeyboardInterrupt):
        return
    logger.critical("The program ends by an error that nobody caught.", exc_info=(kind, error, trace))


def _in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None:
        logger.error("A thread ended by an error that nobody caught.", exc_info=told.exc_value)


def _unraisable(told: Any) -> None:
    logger.error("An error came where it could not be raised.", exc_info=told.exc_value)
