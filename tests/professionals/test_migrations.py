"""What older verticals ask is brought into the shape of today, and nothing of it is lost."""

from importlib import import_module
from typing import Any

import pytest

from professionals.rules.starting_points import check_questions

whole = import_module("professionals.migrations.0006_whole_questions").whole
USUAL: dict[str, Any] = {"options": [], "required": False, "max_length": 500}
GOAL = {"id": "goal", "prompt": "Goal?", "type": "text"}


@pytest.mark.parametrize(
    ("kept", "becomes"),
    [
        ([GOAL | {"options": []}], [GOAL | USUAL]),
        ([GOAL | {"id": "Your GOAL, please"}], [GOAL | USUAL | {"id": "your_goal_please"}]),
        ([GOAL, GOAL, GOAL], [GOAL | USUAL, GOAL | USUAL | {"id": "goal_2"}, GOAL | USUAL | {"id": "goal_3"}]),
        ([GOAL | {"id": "目標"}], [GOAL | USUAL | {"id": "question_1"}]),
        ([GOAL | {"type": "choice", "options": []}], [GOAL | USUAL]),
        ([GOAL | {"options": ["a"]}], [GOAL | USUAL]),
        (
            [GOAL | {"type": "choice", "options": ["a", "b", "a"]}],
            [GOAL | USUAL | {"type": "choice", "options": ["a", "b"]}],
        ),
        ([], []),
        ({}, []),
    ],
)
def test_questions_become_whole(kept: Any, becomes: list[dict[str, Any]]) -> None:
    assert whole(kept) == becomes
    assert check_questions(whole(kept)) == whole(whole(kept)) == becomes
