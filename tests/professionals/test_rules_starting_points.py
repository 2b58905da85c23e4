"""What a vertical may offer to start from."""

from typing import Any

import pytest

from authspine.orchestrator.default_verticals import DEFAULT_VERTICALS
from professionals.rules.starting_points import check_questions, check_templates

TEMPLATE = {"name": "Haircut", "duration_minutes": 60, "price_cents": 4500, "location_type": "in_person"}
QUESTION = {"id": "goal", "prompt": "What is your goal?", "type": "choice", "options": ["strength", "weight"]}


@pytest.mark.parametrize("vertical", DEFAULT_VERTICALS, ids=lambda vertical: str(vertical["slug"]))
def test_the_defaults_fit(vertical: dict[str, Any]) -> None:
    check_templates(vertical["service_templates"])
    check_questions(vertical["intake_questions"])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"name": ""}, "name of number 1"),
        ({"name": 7}, "name of number 1"),
        ({"duration_minutes": 0}, "duration_minutes of number 1"),
        ({"duration_minutes": 60.0}, "duration_minutes of number 1"),
        ({"duration_minutes": True}, "duration_minutes of number 1"),
        ({"price_cents": -1}, "price_cents of number 1"),
        ({"location_type": "moon"}, "location_type of number 1"),
        ({"name": "x" * 201}, "name of number 1"),
        ({"metadata": []}, "metadata of number 1"),
        ({"colour": "red"}, "number 1 has no colour"),
    ],
)
def test_a_wrong_template_is_named(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_templates([TEMPLATE | changes])


@pytest.mark.parametrize("value", [None, {}, "x", 7, ["x"], [TEMPLATE] * 101])
def test_it_is_a_list_of_objects(value: Any) -> None:
    with pytest.raises(ValueError, match=r"list of at most 100|number 1 is no object"):
        check_templates(value)


@pytest.mark.parametrize(
    "changes",
    [
        {"options": "a, b"},
        {"options": [1]},
        {"options": ["x" * 201]},
        {"options": ["x"] * 101},
        {"type": "essay"},
        {"type": ["text"]},
        {"id": ""},
        {"id": "x" * 51},
        {"id": "Heart"},
        {"id": 7},
        {"required": "yes"},
        {"max_length": 0},
        {"max_length": 2001},
        {"max_length": True},
        {"prompt": None},
        {"prompt": "x" * 501},
    ],
)
def test_a_wrong_question_is_named(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="of number 2 does not fit"):
        check_questions([QUESTION, QUESTION | changes])


@pytest.mark.parametrize(
    ("questions", "told"),
    [
        ([QUESTION, QUESTION], "the id of number 2 stands there twice"),
        ([QUESTION | {"options": []}], "number 1: a choice has options"),
        ([QUESTION | {"type": "text"}], "number 1: a choice has options, a text has none"),
        ([QUESTION | {"options": ["a", "a"]}], "number 1 has an option twice"),
        ([QUESTION] * 101, "list of at most 100"),
    ],
)
def test_questions_that_do_not_go_together(questions: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_questions(questions)


def test_what_is_left_out_is_filled_in() -> None:
    asked = {"id": "goal", "prompt": "What is your goal?", "type": "text"}
    usual: dict[str, Any] = {"options": [], "required": False, "max_length": 500}
    assert check_questions([asked]) == check_questions([asked | dict.fromkeys(usual)]) == [asked | usual]
    assert check_templates([TEMPLATE, TEMPLATE | {"metadata": {"a": 1}}]) == [
        TEMPLATE,
        TEMPLATE | {"metadata": {"a": 1}},
    ]
    with pytest.raises(ValueError, match="number 1 needs name"):
        check_templates([{}])
