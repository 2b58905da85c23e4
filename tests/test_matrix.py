"""The matrix of faults and attacks: each of its numbers that there is something for is named by a test.

A test names its number in its own name (`test_e4_…`) or in the first line of its docstring, as `(E4)`.
"""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
# Calls to addresses that a caller names, and live updates: there are none yet.
NOT_YET = {"E13", "E25"}
ACCESS = [f"E{number}" for number in range(1, 31) if f"E{number}" not in NOT_YET]
# D13: no tenant writes templates.
INPUT = ["D11", "D12", "D14", "D15", "D16", "D17", "D18"]
OFTEN = ["A22", "A23", "C10"]


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


@pytest.mark.parametrize("number", [*ACCESS, *INPUT, *OFTEN])
def test_a_test_names_it(number: str) -> None:
    assert number in named()
