"""One effect per idempotency key and account: https://docs.stripe.com/api/idempotent_requests.

Kept for 24 hours, whatever the answer was, unless nothing began: refused parameters, 401, 409, 429.
"""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from authspine.operations.sandbox.errors import Refusal, key_of_another
from authspine.operations.sandbox.store import Account

LIFE_SECONDS = 24 * 3600
LONGEST = 255


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    replayed: bool = False


def digest(params: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def check_key(key: str) -> None:
    if len(key) > LONGEST:
        raise Refusal("Idempotency keys may be at most 255 characters.", type="idempotency_error", validation=True)


def known(account: Account, key: str, route: str, params: dict[str, Any]) -> Answer | None:
    """The answer of before. Refused where the key was used for something else."""
    row = account.store.execute("SELECT * FROM keys WHERE account = ? AND key = ?", (account.id, key)).fetchone()
    if row is None or row["made"] <= account.now() - LIFE_SECONDS:
        return None
    if (row["route"], row["digest"]) != (route, digest(params)):
        raise key_of_another(key, same_route=row["route"] == route)
    return Answer(row["status"], row["body"], replayed=True)


def keep(account: Account, key: str, route: str, params: dict[str, Any], answer: Answer) -> None:
    account.store.execute(
        "INSERT OR REPLACE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)",
        (account.id, key, route, digest(params), account.now(), answer.status, answer.body),
    )
