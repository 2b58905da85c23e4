"""Webhooks on their way: signed, in the mode that a test asks for, and again after a pause until they are taken.

Modes: `deliver`; `hold` (until a test lets them go); `drop`; `duplicate` (`copies` of each); `delay` (by `seconds`);
`reorder` (each by a time of its own below `seconds`, from `seed`). `types` limits a mode to events that begin so.
"""

import hashlib
import hmac
import json
import random
import time
from typing import Any

from authspine.operations.sandbox.store import Account, Thing

USUAL = {"url": "", "secret": "", "mode": "deliver", "types": [], "copies": 2, "seconds": 0.3, "seed": 0}
PAUSES = (0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
MODES = ("deliver", "hold", "drop", "duplicate", "delay", "reorder")


def schedule(account: Account, event: Thing) -> None:
    """In the transaction of the change, so that neither is ever without the other."""
    hook = account.setting("webhook")
    if not hook:
        return
    types = hook.get("types") or [""]
    mode = hook["mode"] if any(event["type"].startswith(start) for start in types) else "deliver"
    if mode == "drop":
        add(account, event["id"], state="dropped")
        return
    later = {"delay": hook["seconds"], "reorder": _apart(event["id"], hook)}.get(mode, 0.0)
    for _ in range(hook["copies"] if mode == "duplicate" else 1):
        add(account, event["id"], state="held" if mode == "hold" or not hook["url"] else "due", due=time.time() + later)


def _apart(event: str, hook: dict[str, Any]) -> float:
    return random.Random(f"{hook['seed']}{event}").random() * float(hook["seconds"])  # noqa: S311 (no secret)


def add(account: Account, event: str, *, state: str = "due", due: float = 0.0) -> None:
    account.store.execute(
        "INSERT INTO deliveries (account, event, due, attempts, state, answer) VALUES (?, ?, ?, 0, ?, '')",
        (account.id, event, due or time.time(), state),
    )


def signed(event: Thing, secret: str, at: int | None = None) -> tuple[bytes, str]:
    """The body and the header that proves it, as https://docs.stripe.com/webhooks says."""
    body = json.dumps(event).encode()
    stamp = int(time.time()) if at is None else at
    digest = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return body, f"t={stamp},v1={digest}"


def listed(account: Account) -> list[dict[str, Any]]:
    rows = account.store.execute(
        "SELECT d.seq, d.event, d.attempts, d.state, d.answer, json_extract(o.body, '$.type') AS type"
        " FROM deliveries d JOIN objects o ON o.account = d.account AND o.id = d.event"
        " WHERE d.account = ? ORDER BY d.seq",
        (account.id,),
    )
    return [dict(row) for row in rows]


def release(account: Account, events: list[str] | None) -> None:
    """Those that are held go out now, in this order, or in the order of their making."""
    rows = account.store.execute(
        "SELECT seq, event FROM deliveries WHERE account = ? AND state = 'held' ORDER BY seq", (account.id,)
    ).fetchall()
    held = {row["event"]: row["seq"] for row in rows}
    started = time.time()
    for place, event in enumerate(held if events is None else events):
        if event in held:
            account.store.execute(
                "UPDATE deliveries SET state = 'due', due = ? WHERE seq = ?", (started + place / 1e6, held[event])
            )


def settle(account: Account, seq: int, attempts: int, *, taken: bool, answer: str) -> None:
    pause = PAUSES[min(attempts, len(PAUSES) - 1)]
    account.store.execute(
        "UPDATE deliveries SET state = ?, attempts = ?, due = ?, answer = ? WHERE seq = ?",
        ("done" if taken else "due", attempts + 1, time.time() + pause, answer, seq),
    )
