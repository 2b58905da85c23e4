"""What a vertical may offer to start from: services to copy and questions to ask. Typed by hand, so told in words."""

from collections.abc import Callable, Mapping
from typing import Any

from authspine.kernel.money import is_price

MOST = 100

type Check = Callable[[Any], bool]


def _line(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value.strip()) <= 500


def _whole(least: int, most: int) -> Check:
    return lambda value: type(value) is int and least <= value <= most


def _price(value: Any) -> bool:
    return type(value) is int and is_price(value)


def _one_of(*words: str) -> Check:
    return lambda value: value in words


def _lines(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST and all(map(_line, value))


TEMPLATE: Mapping[str, Check] = {
    "name": _line,
    "duration_minutes": _whole(1, 24 * 60),
    "price_cents": _price,
    "location_type": _one_of("in_person", "virtual", "mobile"),
}
QUESTION: Mapping[str, Check] = {
    "id": _line,
    "prompt": _line,
    "type": _one_of("text", "choice"),
    "options": _lines,
}


def check_templates(value: Any) -> None:
    """ValueError, in words, unless this is a list of services to start from."""
    _check_all(value, TEMPLATE)


def check_questions(value: Any) -> None:
    """ValueError, in words, unless this is a list of questions to ask before a first booking."""
    _check_all(value, QUESTION)


def _check_all(value: Any, shape: Mapping[str, Check]) -> None:
    if not isinstance(value, list) or len(value) > MOST:
        raise ValueError(f"this is a list of at most {MOST}")
    for number, one in enumerate(value, 1):
        if not isinstance(one, dict) or set(one) != set(shape):
            raise ValueError(f"number {number} needs exactly {', '.join(shape)}")
        for name, fits in shape.items():
            if not fits(one[name]):
                raise ValueError(f"{name} of number {number} does not fit")
