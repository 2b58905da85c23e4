"""Answers to the questions of a booking: which of them will do, and what is kept of them.

Nothing that was answered stands in a fault: faults are told, and may be written down where answers must not be.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from authspine.kernel.errors import FieldFault
from professionals.rules.starting_points import MAX_ANSWER, MOST, Question, check_questions

# A question as it was asked, with its `answer`; None where there is none.
type Answered = dict[str, Any]

MOST_ANSWERS = 2 * MOST  # the vertical's and the service's


def faults(questions: Sequence[Question], answers: Mapping[str, str]) -> list[FieldFault]:
    """What is wrong with these answers, question by question, each by the name `answers.<id>`."""
    known = {one["id"] for one in questions}
    unknown = [_fault(id[:60], "unknown_question", "There is no such question.") for id in answers if id not in known]
    return unknown + [fault for one in questions if (fault := _wrong(one, _given(one, answers)))]


def kept(questions: Sequence[Question], answers: Mapping[str, str]) -> list[Answered]:
    """Each question as it is asked now, with its answer: changed later, it must not change what was answered."""
    return [one | {"answer": _given(one, answers) or None} for one in questions]


def given(answered: Iterable[Answered]) -> dict[str, str]:
    """The answers alone, by the id of their question; what was not answered is an empty text."""
    return {one["id"]: one["answer"] or "" for one in answered}


def must_be_answered(questions: Iterable[Question]) -> bool:
    """Whether there is a question without whose answer nothing is confirmed."""
    return any(one["required"] for one in questions)


def check_kept(value: Any) -> list[Answered]:
    """Answers as another platform has kept them. ValueError, in words, for what can be none."""
    if not isinstance(value, list) or len(value) > MOST_ANSWERS:
        raise ValueError(f"this is a list of at most {MOST_ANSWERS}")
    found = []
    for number, one in enumerate(value, 1):
        answer = one.get("answer") if isinstance(one, dict) else None
        if answer is not None and not (isinstance(answer, str) and len(answer) <= MAX_ANSWER):
            raise ValueError(f"the answer of number {number} is a text of at most {MAX_ANSWER} characters")
        asked = {name: told for name, told in one.items() if name != "answer"} if isinstance(one, dict) else one
        found += [question | {"answer": answer} for question in check_questions([asked])]
    return found


def _given(question: Question, answers: Mapping[str, str]) -> str:
    return answers.get(question["id"], "").strip()


def _wrong(question: Question, answer: str) -> FieldFault | None:
    id = question["id"]
    if not answer:
        return _fault(id, "required", "This question must be answered.") if question["required"] else None
    if question["type"] == "choice" and answer not in {option.strip() for option in question["options"]}:
        return _fault(id, "invalid_choice", "Must be one of the question's options.")
    if question["type"] == "text" and len(answer) > question["max_length"]:
        return _fault(id, "max_length", f"Must have at most {question['max_length']} characters.")
    return None


def _fault(id: str, code: str, detail: str) -> FieldFault:
    return FieldFault(f"answers.{id}", code, detail)
