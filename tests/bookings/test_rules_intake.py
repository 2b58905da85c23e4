"""What is asked before a booking, and which answers will do."""

from typing import Any

import pytest

from bookings.rules.intake import check_kept, faults, given, kept, must_be_answered
from professionals.rules.starting_points import asked, check_questions

WORDS = {"id": "words", "prompt": "Anything else?", "type": "text", "max_length": 5}
INSURED = {"id": "insured", "prompt": "Are you insured?", "type": "choice", "options": ["yes", "no "], "required": True}
QUESTIONS = check_questions([WORDS, INSURED])


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"insured": "yes"}, []),
        ({"insured": " no ", "words": "12345"}, []),
        ({"insured": "yes", "words": ""}, []),
        ({}, [("answers.insured", "required")]),
        ({"insured": " "}, [("answers.insured", "required")]),
        ({"insured": "Yes"}, [("answers.insured", "invalid_choice")]),
        ({"insured": "yes", "words": "123456"}, [("answers.words", "max_length")]),
        ({"insured": "yes", "more": ""}, [("answers.more", "unknown_question")]),
        ({"x" * 100: "a"}, [(f"answers.{'x' * 60}", "unknown_question"), ("answers.insured", "required")]),
    ],
)
def test_each_wrong_answer_is_named(answers: dict[str, str], wrong: list[tuple[str, str]]) -> None:
    assert [(fault.field, fault.code) for fault in faults(QUESTIONS, answers)] == wrong


def test_no_fault_repeats_an_answer() -> None:
    assert "canary" not in str(faults(QUESTIONS, {"insured": "canary", "words": "canary canary", "more": "canary"}))


def test_what_is_kept_is_the_question_as_it_was_asked() -> None:
    found = kept(QUESTIONS, {"insured": " yes "})
    assert found == [QUESTIONS[0] | {"answer": None}, QUESTIONS[1] | {"answer": "yes"}]
    assert given(found) == {"words": "", "insured": "yes"}
    assert check_kept(found) == found


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({}, "a list"),
        ([{}] * 201, "at most 200"),
        (["x"], "no object"),
        ([QUESTIONS[0] | {"answer": 7}], "the answer of number 1"),
        ([QUESTIONS[0] | {"answer": "x" * 2001}], "the answer of number 1"),
        ([{"answer": "x"}], "needs id"),
    ],
)
def test_what_can_be_no_answers(value: Any, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        check_kept(value)


def test_whether_anything_must_be_answered() -> None:
    assert must_be_answered(QUESTIONS)
    assert not must_be_answered(QUESTIONS[:1])
    assert not must_be_answered([])


def test_a_question_of_the_service_takes_the_place_of_the_verticals() -> None:
    own = check_questions([INSURED | {"prompt": "Who insures you?"}, WORDS | {"id": "own"}])
    assert asked(QUESTIONS, own) == [QUESTIONS[0], *own]
    assert asked(QUESTIONS, []) == QUESTIONS
    assert asked([], own) == own
