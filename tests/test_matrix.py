"""The matrix of faults and attacks: each of its numbers that there is something for is named by a test.

A test names its number in its own name (`test_e4_…`) or in the first line of its docstring, as `(E4)`.
"""

import ast
import re
from functools import cache
from inspect import iscoroutinefunction
from pathlib import Path

import pytest

from tests.api.routes import patterns

TESTS = Path(__file__).resolve().parent
PROJECT = TESTS.parent
# Calls to addresses that a caller names, and live updates: there are none yet.
NOT_YET = {"E13", "E25"}
ACCESS = [f"E{number}" for number in range(1, 31) if f"E{number}" not in NOT_YET]
# D13: no tenant writes templates.
INPUT = ["D11", "D12", "D14", "D15", "D16", "D17", "D18"]
OFTEN = ["A22", "A23", "C10"]
# Of two numbers a part has nothing to test, which tests below hold on to. E5: views that are asynchronous (work side by
# side is threads and streams). E26: logs of nginx, metrics, traces and reports of errors to somebody else; what there
# is are the platform's own log, PostgreSQL's, statistics of statements, jobs and the pages of errors. E23 asks for
# requests that hold many: the only one is the import, which counts as one of few.
SENDS_ELSEWHERE = re.compile(
    r"^(sentry|raven|rollbar|bugsnag|newrelic|ddtrace|elastic-apm|statsd|.*prometheus|opentel).*"
)


@cache
def named() -> frozenset[str]:
    """All numbers that tests name."""
    found: set[str] = set()
    for path in TESTS.rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                said = (ast.get_docstring(node) or "").partition("\n")[0]
                found |= set(re.findall(r"\b[A-F]\d{1,2}\b", said))
                found |= {word.upper() for word in node.name.split("_") if re.fullmatch(r"[a-f]\d{1,2}", word)}
    return frozenset(found)


def test_no_view_is_asynchronous() -> None:
    """(E5) Nothing switches to another request in the midst of a scope."""
    found = [view for _, view in patterns()]
    assert len(found) > 100
    assert [view for view in found if iscoroutinefunction(view)] == []
    assert not (PROJECT / "authspine" / "asgi.py").exists()


def test_nothing_is_told_to_a_service_of_errors_or_metrics() -> None:
    """(E26)"""
    pinned = re.findall(r"^([\w.-]+)(?:\[[^\]]*\])?==", (PROJECT / "requirements.txt").read_text(), re.M)
    assert "django" in pinned
    assert [name for name in pinned if SENDS_ELSEWHERE.match(name)] == []


@pytest.mark.parametrize("number", [*ACCESS, *INPUT, *OFTEN])
def test_a_test_names_it(number: str) -> None:
    assert number in named()
