"""What a line of the log is made of, and that every logger writes through it."""

import json
import logging
import sys
import uuid
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, connection
from django.utils.log import AdminEmailHandler

from authspine.identity.models import Organization
from authspine.kernel import trace
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.errors import Conflict
from authspine.kernel.logs.configuration import Console, configuration
from authspine.kernel.logs.lines import FORMS, JsonLines, TextLines
from authspine.kernel.tenancy import organization_scope

OURS = ("authspine", "bookings")
NAME = "Ernestina"


def record(message: Any = "Done.", *given: Any, logger: str = "authspine.x", **extra: Any) -> logging.LogRecord:
    error = extra.pop("error", None)
    exc_info = (type(error), error, error.__traceback__) if error else None
    made = logging.LogRecord(logger, logging.WARNING, __file__, 1, message, given, exc_info)
    made.__dict__.update(extra)
    return made


def line(*given: Any, **known: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(JsonLines(OURS).format(record(*given, **known)))
    return found


def message(*given: Any, **known: Any) -> str:
    return str(line(*given, **known)["message"])


def raised(error: Exception) -> Exception:
    try:
        raise error
    except Exception as caught:
        return caught


def test_a_line_has_always_the_same_fields() -> None:
    shown = line()
    assert list(shown) == ["time", "level", "logger", "message", "request_id", "organization", "actor"]
    assert (shown["level"], shown["logger"], shown["message"]) == ("WARNING", "authspine.x", "Done.")
    assert shown["time"].endswith("Z")


def test_it_tells_for_whom_the_work_is(organization: Organization) -> None:
    door, actor = uuid.uuid4(), Actor("key", uuid.uuid4())
    with trace.doing("one"):
        trace.note(door, actor)
        shown = line()
        assert (shown["request_id"], shown["organization"], shown["actor"]) == ("one", str(door), str(actor))
        with organization_scope(organization, SYSTEM):
            shown = line()
    assert (shown["request_id"], shown["organization"], shown["actor"]) == ("one", str(organization.id), "system")


def test_nothing_that_is_not_named_is_written() -> None:
    shown = line(request=NAME, data={"name": NAME}, stack_info=NAME, taskName=NAME)
    assert NAME not in json.dumps(shown)
    shown = line(request_line={"method": "GET", "route": None, "status": 200, "duration_ms": 1.5, "name": NAME})
    assert NAME not in json.dumps(shown)
    assert (shown["method"], shown["route"], shown["status"], shown["duration_ms"]) == ("GET", None, 200, 1.5)


def test_what_we_say_is_told() -> None:
    assert message("The job %s (%s) is done again.", 7, "bookings.x") == "The job 7 (bookings.x) is done again."
    assert message("To %s", "ana@example.com", logger="bookings.x") == "To [email]"
    assert message("%d", NAME) == "…"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ((f"All of it: {NAME}",), "…"),
        (("Some %s of %r, %s of %.1f", NAME, {"name": NAME}, 7, 1.25), "Some … of …, 7 of 1.2"),
        (("In a dictionary: %(name)s", {"name": NAME}), "In a dictionary: …"),
        (("Worker (pid:%s) was sent %s!", 12, "SIGKILL"), "Worker (pid:12) was sent SIGKILL!"),
        (("%d", NAME), "…"),
        (("This stands in the program as it is.",), "This stands in the program as it is."),
        ((RuntimeError(NAME),), "…"),
        (("",), ""),
    ],
)
def test_of_what_others_say_only_what_stands_in_the_program_is_told(given: tuple[Any, ...], told: str) -> None:
    assert message(*given, logger="somebody.else") == told
    assert message(*given, logger="authspines") == told  # not ours by its beginning


def test_a_job_is_told_by_its_name_and_number() -> None:
    job = {"id": 7, "task_name": "bookings.x", "task_kwargs": {"name": NAME}, "call_string": f"bookings.x[7]({NAME})"}
    shown = line(f"Job {NAME} ended", logger="procrastinate.worker", action="job_error", job=job, result=NAME)
    assert (shown["message"], shown["request_id"]) == ("job_error bookings.x[7]", "job-7")
    assert NAME not in json.dumps(shown)
    assert message(f"Job {NAME}", logger="procrastinate.worker") == "…"


def test_a_warning_is_told_by_its_place() -> None:
    told = message("%s", f"/a/b.py:12: RuntimeWarning: about {NAME}\n  f({NAME!r})\n", logger="py.warnings")
    assert told == "/a/b.py:12: RuntimeWarning"
    assert message("%s", NAME, logger="py.warnings") == "…"


def test_an_exception_is_its_class_and_frames() -> None:
    try:
        raise raised(ValueError(NAME)) from raised(KeyError(NAME))
    except ValueError as error:
        error.add_note(NAME)
        shown = line("Failed.", error=error)
    assert NAME not in json.dumps(shown)
    value, key = shown["errors"]
    assert (value["class"], key["class"]) == ("ValueError", "KeyError")
    assert value["frames"][-1].startswith("tests/kernel/test_logs.py:")
    assert value["frames"][-1].endswith(" raised")


def test_a_cause_that_is_hidden_stays_so_and_a_circle_ends() -> None:
    first, second = ValueError(), KeyError()
    first.__context__, second.__context__ = second, first
    assert [each["class"] for each in line(error=first)["errors"]] == ["ValueError", "KeyError"]
    first.__suppress_context__ = True
    assert [each["class"] for each in line(error=first)["errors"]] == ["ValueError"]


def test_our_own_errors_have_their_code_and_a_wrong_setting_its_words() -> None:
    (ours,) = line(error=raised(Conflict(f"{NAME} is there already")))["errors"]
    assert ours["code"] == "conflict"
    assert NAME not in json.dumps(ours)
    (setting,) = line(error=raised(ImproperlyConfigured("DEBUG must be 0 or 1; see ops@example.com")))["errors"]
    assert setting["detail"] == "DEBUG must be 0 or 1; see [email]"


def test_the_database_is_told_by_its_code() -> None:
    with pytest.raises(DataError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT CAST(%s AS uuid)", [NAME])
    assert NAME in str(caught.value), "the control: the text does quote it"
    shown = line(error=caught.value)
    assert [each.get("code") for each in shown["errors"]] == [None, "22P02"]
    assert NAME not in json.dumps(shown)


def test_as_text_it_is_the_same_and_cannot_be_forged() -> None:
    """(D14)"""
    with trace.doing("one"):
        told = TextLines(OURS).format(record("Two\nlines\x1b[31m of %s", "ana@example.com", error=raised(Conflict())))
    first, second, *frames = told.split("\n")
    assert first.endswith(" WARNING authspine.x request_id=one Two lines [31m of [email]")
    assert second == "  Traceback of authspine.kernel.errors.Conflict conflict"
    assert [frame.strip().split()[-1] for frame in frames] == ["raised"]


def test_no_logger_writes_past_the_lines() -> None:
    """Django's own mail to the administrators has whole requests in it, and gunicorn's lines whole addresses."""
    loggers = [one for one in logging.root.manager.loggerDict.values() if isinstance(one, logging.Logger)]
    every = {type(handler) for one in loggers for handler in one.handlers}
    handlers = {kind for kind in every if not kind.__module__.startswith("_pytest.")}
    assert handlers <= {Console, logging.NullHandler}
    assert AdminEmailHandler not in handlers
    (console,) = [handler for handler in logging.root.handlers if type(handler) is Console]
    assert isinstance(console.formatter, tuple(FORMS.values()))


@pytest.mark.parametrize("name", ["stripe", "urllib3", "django.db.backends", "procrastinate", "asyncio", "anybody"])
def test_others_speak_from_warning_on_whatever_the_level(name: str) -> None:
    configured = configuration("json", "INFO", OURS)
    level = configured["loggers"].get(name, configured["root"])["level"]
    assert level == "WARNING"


def test_a_line_that_cannot_be_written_is_not_printed_in_pieces(capsys: pytest.CaptureFixture[str]) -> None:
    class Full:
        def write(self, text: str) -> None:
            raise OSError("no space left")

    console = Console(Full())
    console.setFormatter(JsonLines(OURS))
    console.handle(record(NAME))
    assert capsys.readouterr().err == ""
    assert sys.exception() is None
