"""One call of the API: whose it is, what it asks for, and how its answer is shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from authspine.operations.sandbox.errors import Refusal
from authspine.operations.sandbox.store import Account, Thing

DEEPEST = 4


@dataclass
class Call:
    """What a resource works with. `script` is what a fault wants of the outcome: a decline, a refund that waits."""

    account: Account
    params: dict[str, Any] = field(default_factory=dict)
    base: str = ""
    request: str | None = None
    key: str | None = None
    version: str = ""
    script: Mapping[str, Any] = field(default_factory=dict)


def shown(thing: Thing) -> Thing:
    """Without what the sandbox notes for itself."""
    return {name: value for name, value in thing.items() if not name.startswith("_")}


def expanded(account: Account, thing: Thing, paths: list[str]) -> Thing:
    """With the objects in the place of their ids, as asked for."""
    told = shown(thing)
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST:
            raise Refusal("You cannot expand more than 4 levels of a property.", param="expand", validation=True)
        _expand(account, told, steps, path)
    return told


def _expand(account: Account, told: Thing, steps: list[str], path: str) -> None:
    name, rest = steps[0], steps[1:]
    if name == "refunds" and told.get("object") == "charge":
        told.setdefault("refunds", listed(account.every("refund", charge=told["id"])[::-1][:10], "/v1/refunds"))
    if name not in told:
        raise Refusal(f"This property cannot be expanded ({path}).", param="expand[0]", validation=True)
    value = told[name]
    if isinstance(value, str):
        found = account.look(value)
        if found is None:
            raise Refusal(f"This property cannot be expanded ({path}).", param="expand[0]", validation=True)
        value = told[name] = shown(found)
    for each in value if isinstance(value, list) else [value]:
        if rest and isinstance(each, dict):
            _expand(account, each, rest, path)


def listed(things: list[Thing], url: str, *, more: bool = False) -> Thing:
    return {"object": "list", "data": [shown(thing) for thing in things], "has_more": more, "url": url}
