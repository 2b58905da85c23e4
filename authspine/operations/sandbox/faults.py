"""Faults by script: which requests they are for, and what happens to those.

A rule: `method` and `path` (with * as a wildcard), `key` (likewise, the idempotency key), `params` (values that must be
there), `skip` so many that match, then `times` of them. `action`: timeout, error, reset, garbage, slow, decline,
refund. `when` is before or after the effect.
"""

import json
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from authspine.operations.sandbox.errors import Refusal
from authspine.operations.sandbox.store import Account

ACTIONS = ("timeout", "error", "reset", "garbage", "slow", "decline", "refund")
WORDS = {"method", "path", "key", "params", "skip", "times", "action", "when", "status", "stored", "seconds", "code",
         "decline_code", "outcome"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    action: str
    when: str = "before"
    status: int = 500
    stored: bool | None = None
    seconds: float = 60.0
    code: str = "card_declined"
    decline_code: str = ""
    outcome: str = "pending"

    @property
    def is_kept(self) -> bool:
        """Whether a failure is what the idempotency key gives from then on: by itself where something had begun."""
        return self.when == "after" if self.stored is None else self.stored


def add(account: Account, rule: dict[str, Any]) -> int:
    """Refused where the rule makes no sense: a fault that never happens would make a test pass."""
    if unknown := rule.keys() - WORDS:
        raise Refusal(f"Unknown words in a fault: {', '.join(sorted(unknown))}", validation=True)
    if rule.get("action") not in ACTIONS:
        raise Refusal(f"The action must be one of {', '.join(ACTIONS)}", validation=True)
    if rule.get("when", "before") not in ("before", "after"):
        raise Refusal("when must be before or after", validation=True)
    made = account.store.execute(
        "INSERT INTO faults (account, rule, skip, times) VALUES (?, ?, ?, ?)",
        (account.id, json.dumps(rule), int(rule.get("skip", 0)), int(rule.get("times", 1))),
    )
    return int(made.lastrowid or 0)


def take(account: Account, method: str, path: str, key: str, params: dict[str, Any]) -> Fault | None:
    """The first rule that is for this request; counts it."""
    for row in account.store.execute("SELECT * FROM faults WHERE account = ? ORDER BY seq", (account.id,)).fetchall():
        rule = json.loads(row["rule"])
        if not _matches(rule, method, path, key, params):
            continue
        if row["skip"]:
            account.store.execute("UPDATE faults SET skip = skip - 1 WHERE seq = ?", (row["seq"],))
            continue
        if row["times"] > 1:
            account.store.execute("UPDATE faults SET times = times - 1 WHERE seq = ?", (row["seq"],))
        else:
            account.store.execute("DELETE FROM faults WHERE seq = ?", (row["seq"],))
        return Fault(**{name: rule[name] for name in Fault.__slots__ if name in rule})
    return None


def _matches(rule: dict[str, Any], method: str, path: str, key: str, params: dict[str, Any]) -> bool:
    return (
        fnmatchcase(method, rule.get("method", "*"))
        and fnmatchcase(path, rule.get("path", "*"))
        and fnmatchcase(key, rule.get("key", "*"))
        and _within(rule.get("params", {}), params)
    )


def _within(wanted: dict[str, Any], params: dict[str, Any]) -> bool:
    return all(
        _within(value, params[name]) if isinstance(value, dict) and isinstance(params.get(name), dict)
        else params.get(name) == value
        for name, value in wanted.items()
    )  # fmt: skip


def listed(account: Account) -> list[dict[str, Any]]:
    rows = account.store.execute("SELECT * FROM faults WHERE account = ? ORDER BY seq", (account.id,))
    return [json.loads(row["rule"]) | {"id": row["seq"], "skip": row["skip"], "times": row["times"]} for row in rows]
