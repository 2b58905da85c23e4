"""What a test does behind Stripe's back: `/_sandbox/...`, JSON in and out, for the account of the key that it sends.

Faults, webhooks, the answers of banks, disputes, the owner's yes or no, the clock, the ledger and the log of requests.
"""

import json
from collections.abc import Callable
from typing import Any

from authspine.operations.sandbox import faults, ledger, pages, webhooks
from authspine.operations.sandbox.api import API_VERSION
from authspine.operations.sandbox.calls import Call, shown
from authspine.operations.sandbox.errors import Refusal, unknown_address
from authspine.operations.sandbox.resources import captures, disputes, paying, refunds
from authspine.operations.sandbox.store import Account

type Words = dict[str, Any]


def answer(account: Account, method: str, path: str, words: Words, base: str) -> Any:
    """Unknown words are refused: a fault that is misspelt would never happen."""
    name, _, id = path.removeprefix("/_sandbox/").partition("/")
    for verb, known, takes, function in COMMANDS:
        if (verb, known) == (method, f"{name}/*" if id else name):
            unknown = words.keys() - set(takes.split())
            if unknown and takes != "*":
                raise Refusal(f"Unknown words: {', '.join(sorted(unknown))}", validation=True)
            call = Call(account, base=base, version=API_VERSION)
            return function(call, words | {"id": id} if id else words)
    raise unknown_address(method, path)


def _add_fault(call: Call, words: Words) -> Any:
    return {"id": faults.add(call.account, words)}


def _clear_faults(call: Call, words: Words) -> Any:
    call.account.store.execute("DELETE FROM faults WHERE account = ?", (call.account.id,))
    return {}


def _set_webhook(call: Call, words: Words) -> Any:
    """Only what is given is changed; without an address nothing is sent, and everything is held."""
    hook = webhooks.USUAL | (call.account.setting("webhook") or {}) | words
    if hook["mode"] not in webhooks.MODES:
        raise Refusal(f"The mode must be one of {', '.join(webhooks.MODES)}", validation=True)
    call.account.set("webhook", hook)
    return hook


def _webhooks(call: Call, words: Words) -> Any:
    return {"webhook": call.account.setting("webhook"), "deliveries": webhooks.listed(call.account)}


def _release(call: Call, words: Words) -> Any:
    webhooks.release(call.account, words.get("events"))
    return {}


def _resend(call: Call, words: Words) -> Any:
    for event in words["events"]:
        for _ in range(int(words.get("copies", 1))):
            webhooks.add(call.account, call.account.find(event, "event", "events")["id"])
    return {}


def _sign(call: Call, words: Words) -> Any:
    """What would be sent, for a test that brings it itself."""
    event = call.account.find(words["event"], "event", "event")
    secret = words.get("secret") or (call.account.setting("webhook") or {}).get("secret", "")
    body, signature = webhooks.signed(event, secret, words.get("at"))
    return {"body": body.decode(), "signature": signature}


def _settle_debits(call: Call, words: Words) -> Any:
    """The bank's answer: `outcome` succeeds or fails (with `code`), else as the test account says."""
    account, done = call.account, []
    for intent in account.every("payment_intent", status="processing"):
        if words.get("payment_intent") in (None, intent["id"]):
            paying.settle(call, intent, outcome=words.get("outcome", ""), code=words.get("code", ""))
            done.append(intent["id"])
    return {"settled": done}


def _settle_refunds(call: Call, words: Words) -> Any:
    done = []
    for refund in call.account.every("refund"):
        waits = refund["status"] == "pending" and words.get("refund") is None
        if waits or words.get("refund") == refund["id"]:
            if refund["status"] not in ("pending", "succeeded"):
                raise Refusal(f"The refund is {refund['status']}.")
            done.append(refunds.settle(call, refund, outcome=words.get("outcome", "succeeds"))["id"])
    return {"settled": done}


def settle_what_waits(account: Account, seconds: float) -> None:
    """Debits and refunds that have waited for so long are answered as the test account says."""
    call = Call(account, version=API_VERSION)
    for intent in account.every("payment_intent", status="processing"):
        if intent["_asked_at"] <= account.now() - seconds:
            paying.settle(call, intent)
    for refund in account.every("refund", status="pending"):
        if refund["created"] <= account.now() - seconds:
            refunds.settle(call, refund, outcome="succeeds")


def _open_dispute(call: Call, words: Words) -> Any:
    intent = call.account.find(words["payment_intent"], "payment_intent", "payment_intent")
    charge = call.account.find(intent["latest_charge"] or "", "charge", "payment_intent")
    return shown(disputes.open_for(call, charge, words.get("reason", "fraudulent"), words.get("amount")))


def _close_dispute(call: Call, words: Words) -> Any:
    if words.get("outcome") not in disputes.ENDS:
        raise Refusal("The outcome must be won or lost.", validation=True)
    return shown(disputes.close_as(call, call.account.find(words["id"], "dispute"), words["outcome"]))


def _approve(call: Call, words: Words) -> Any:
    """What the page does, without a browser."""
    intent = call.account.look(words["intent"])
    if intent is None or intent["object"] not in ("payment_intent", "setup_intent"):
        raise Refusal("There is no such intent.", param="intent", status=404)
    status, back = pages.answered(
        call.account, intent, words.get("answer", "complete"), base=call.base, version=call.version
    )
    return {"redirect_status": status, "return_url": back}


def _ledger(call: Call, words: Words) -> Any:
    """`{"metadata": {"intent": "..."}}` or nothing: how many charges were made, and where the money is."""
    return ledger.told(call.account, words.get("metadata") or {})


def _requests(call: Call, words: Words) -> Any:
    rows = call.account.store.execute(
        "SELECT seq, at, method, path, key, params, fault, status FROM requests WHERE account = ? ORDER BY seq",
        (call.account.id,),
    )
    return {"requests": [dict(row) | {"params": json.loads(row["params"])} for row in rows]}


def _advance(call: Call, words: Words) -> Any:
    call.account.set("clock", int(call.account.setting("clock", 0)) + int(words["seconds"]))
    captures.let_go(call.account)
    return {"now": call.account.now()}


def _reset(call: Call, words: Words) -> Any:
    call.account.forget()
    return {}


def _faults(call: Call, words: Words) -> Any:
    return {"faults": faults.listed(call.account)}


COMMANDS: list[tuple[str, str, str, Callable[[Call, Words], Any]]] = [
    ("GET", "faults", "", _faults),
    ("POST", "faults", "*", _add_fault),
    ("DELETE", "faults", "", _clear_faults),
    ("GET", "webhooks", "", _webhooks),
    ("POST", "webhooks", "url secret mode types copies seconds seed", _set_webhook),
    ("POST", "release", "events", _release),
    ("POST", "resend", "events copies", _resend),
    ("POST", "sign", "event secret at", _sign),
    ("POST", "debits", "payment_intent outcome code", _settle_debits),
    ("POST", "refunds", "refund outcome", _settle_refunds),
    ("POST", "disputes", "payment_intent reason amount", _open_dispute),
    ("POST", "disputes/*", "outcome", _close_dispute),
    ("POST", "approve", "intent answer", _approve),
    ("POST", "ledger", "metadata", _ledger),
    ("GET", "ledger", "", _ledger),
    ("GET", "requests", "", _requests),
    ("POST", "clock", "seconds", _advance),
    ("POST", "reset", "", _reset),
]
