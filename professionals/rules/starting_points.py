"""What a vertical may offer to start from: services to copy and questions to ask. A service has questions of its own.

The one definition for the API, the admin and the import: whatever came in by one of them can be changed by the others.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from authspine.kernel.money import is_price

MOST = 100  # templates, questions, options of a question
MAX_LINE = 200
MAX_PROMPT = 500
MAX_MINUTES = 24 * 60
MAX_ANSWER = 2000
USUAL_ANSWER = 500
QUESTION_ID = "[a-z0-9_-]{1,50}"  # the name of its answer in what is sent, and of its field in a form
LOCATIONS = ("in_person", "virtual", "mobile")
QUESTION_TYPES = ("text", "choice")
RETENTION_DAYS = (1, 36_500)

type Check = Callable[[Any], bool]


def _line(most: int) -> Check:
    return lambda value: isinstance(value, str) and bool(value.strip()) and len(value) <= most


def _whole(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def _price(value: Any) -> bool:
    return type(value) is int and is_price(value)


def _one_of(words: tuple[str, ...]) -> Check:
    return lambda value: value in words


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _is_question_id(value: Any) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(QUESTION_ID, value))


def _lines(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST and all(map(_line(MAX_LINE), value))


TEMPLATE: Mapping[str, Check] = {
    "name": _line(MAX_LINE),
    "duration_minutes": _whole(1, MAX_MINUTES),
    "price_cents": _price,
    "location_type": _one_of(LOCATIONS),
}
# What a template of the original may have besides; ours do without.
TEMPLATE_EXTRA: Mapping[str, Check] = {"metadata": _object}
QUESTION: Mapping[str, Check] = {
    "id": _is_question_id,
    "prompt": _line(MAX_PROMPT),
    "type": _one_of(QUESTION_TYPES),
    "options": _lines,
    "required": _flag,
    "max_length": _whole(1, MAX_ANSWER),
}
# What holds where a question does not say it.
UNSAID: Final[Mapping[str, Any]] = {"options": [], "required": False, "max_length": USUAL_ANSWER}

type Question = dict[str, Any]


def check_templates(value: Any) -> list[dict[str, Any]]:
    """The list of services to start from, as it is kept. ValueError, in words, for anything else."""
    return _checked(value, TEMPLATE, TEMPLATE_EXTRA)


def check_questions(value: Any) -> list[Question]:
    """The list of questions to ask before a booking, as it is kept: with what is left out, or null, filled in.

    A choice has options, a text has none; `max_length` is of the answer in words. ValueError, in words, for anything
    else.
    """
    if isinstance(value, list):
        value = [_whole_question(one) if isinstance(one, dict) else one for one in value]
    questions = _checked(value, QUESTION, {})
    seen: set[str] = set()
    for number, one in enumerate(questions, 1):
        if one["id"] in seen:
            raise ValueError(f"the id of number {number} stands there twice")
        seen.add(one["id"])
        if (one["type"] == "choice") != bool(one["options"]):
            raise ValueError(f"number {number}: a choice has options, a text has none")
        if len(set(one["options"])) < len(one["options"]):
            raise ValueError(f"number {number} has an option twice")
    return questions


def _whole_question(told: Mapping[str, Any]) -> Question:
    return {**told, **{name: usual for name, usual in UNSAID.items() if told.get(name) is None}}


def asked(vertical: Sequence[Question], service: Sequence[Question]) -> list[Question]:
    """What a booking is asked: the vertical's questions, then the service's; one with the same id takes its place."""
    own = {one["id"]: one for one in service}
    return [own.pop(one["id"], one) for one in vertical] + list(own.values())


def _checked(value: Any, needed: Mapping[str, Check], extra: Mapping[str, Check]) -> list[dict[str, Any]]:
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError(f"this is a list of at most {MOST}")
    for number, one in enumerate(value, 1):
        if not isinstance(one, dict):
            raise ValueError(f"number {number} is no object")
        for name in one.keys() - needed.keys() - extra.keys():
            raise ValueError(f"number {number} has no {str(name)[:60]}")
        if lacking := ", ".join(name for name in needed if name not in one):
            raise ValueError(f"number {number} needs {lacking}")
        for name, fits in {**needed, **extra}.items():
            if name in one and not fits(one[name]):
                raise ValueError(f"{name} of number {number} does not fit")
    return value
