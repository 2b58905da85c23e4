"""What comes in: forms with nested names, held against what the address takes. All else is refused, as Stripe does.

A field is a function of its full name and the raw value. The empty string takes a value away: None.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from authspine.operations.sandbox.errors import Refusal, missing_parameter, unknown_parameter

type Field = Callable[[str, Any], Any]
type Fields = dict[str, Field]

MOST_METADATA = 50


def parse(text: str) -> dict[str, Any]:
    """`a[b][]=1&a[b][]=2` and `a[b][0]=1&a[b][1]=2` are both {"a": {"b": ["1", "2"]}}."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        first, *rest = re.findall(r"[^\[\]]+|(?<=\[)(?=\])", name) or [name]
        place, steps = tree, [first, *rest]
        for step in steps[:-1]:
            inner = place.setdefault(step or str(len(place)), {})
            if not isinstance(inner, dict):
                raise Refusal(f"Invalid parameter: {name}", param=first, validation=True)
            place = inner
        place[steps[-1] or str(len(place))] = value
    return {name: _listed(value) for name, value in tree.items()}


def _listed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _listed(each) for name, each in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return list(inner.values())
    return inner


def check(params: Mapping[str, Any], fields: Fields, *required: str, of: str = "") -> dict[str, Any]:
    """The typed values of what was given."""
    for name in params:
        if name not in fields:
            raise unknown_parameter(f"{of}[{name}]" if of else name)
    for name in required:
        if params.get(name) in (None, ""):
            raise missing_parameter(name)
    return {name: fields[name](f"{of}[{name}]" if of else name, value) for name, value in params.items()}


def text(name: str, value: Any) -> str | None:
    if not isinstance(value, str):
        raise Refusal(f"Invalid string: {value}", param=name, validation=True)
    if len(value) > 5000:
        raise Refusal(f"Invalid string: {name} is longer than 5000 characters", param=name, validation=True)
    return value or None


def integer(name: str, value: Any) -> int | None:
    if value == "":
        return None
    if not isinstance(value, str) or not re.fullmatch(r"-?[0-9]{1,15}", value):
        code = "parameter_invalid_integer"
        raise Refusal(f"Invalid integer: {value}", code=code, param=name, validation=True)
    return int(value)


def flag(name: str, value: Any) -> bool:
    if value not in ("true", "false"):
        raise Refusal(f"Invalid boolean: {value}", param=name, validation=True)
    return bool(value == "true")


def one_of(*words: str) -> Field:
    def chosen(name: str, value: Any) -> str | None:
        if value != "" and value not in words:
            told = ", ".join(words)
            raise Refusal(f"Invalid {name}: must be one of {told}", param=name, validation=True)
        return value or None

    return chosen


def many(field: Field) -> Field:
    def listed(name: str, value: Any) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, list):
            raise Refusal("Invalid array", param=name, validation=True)
        return [field(f"{name}[{place}]", each) for place, each in enumerate(value)]

    return listed


def group(fields: Fields, *required: str) -> Field:
    def inner(name: str, value: Any) -> dict[str, Any] | None:
        if value == "":
            return None
        if not isinstance(value, dict):
            raise Refusal("Invalid object", param=name, validation=True)
        return check(value, fields, *(f"{each}" for each in required), of=name)

    return inner


def either(first: Field, second: Field) -> Field:
    """A plain value or a group of values."""

    def chosen(name: str, value: Any) -> Any:
        return first(name, value) if isinstance(value, str) else second(name, value)

    return chosen


def anything(name: str, value: Any) -> Any:
    """What the sandbox keeps without looking at it."""
    return value or None


def metadata(name: str, value: Any) -> dict[str, str]:
    """Up to fifty words of the caller's own; the empty string takes one away, or all of them."""
    if value == "":
        return {"": ""}
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise Refusal("Invalid metadata: values must be strings", param=name, validation=True)
    if len(value) > MOST_METADATA or any(len(key) > 40 or len(each) > 500 for key, each in value.items()):
        raise Refusal("Metadata can have up to 50 keys of 40 characters", param=name, validation=True)
    return value


def merged(before: Mapping[str, str], change: Mapping[str, str] | None) -> dict[str, str]:
    """Metadata after a change."""
    if change is None:
        return dict(before)
    if change == {"": ""}:
        return {}
    return {name: value for name, value in {**before, **change}.items() if value != ""}


EXPAND: Fields = {"expand": many(text)}
TIMES: Fields = dict.fromkeys(("gt", "gte", "lt", "lte"), integer)
LISTING: Fields = EXPAND | {
    "limit": integer,
    "starting_after": text,
    "ending_before": text,
    "created": either(integer, group(TIMES)),
}
