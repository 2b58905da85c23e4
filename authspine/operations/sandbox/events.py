"""An event for every change, kept for `GET /v1/events` and put on the way to the account's webhook."""

import json
from typing import Any

from authspine.operations.sandbox.calls import Call, shown
from authspine.operations.sandbox.store import Thing
from authspine.operations.sandbox.webhooks import schedule


def tell(call: Call, type: str, thing: Thing, **before: Any) -> None:
    """`before` are the values that the change has replaced, for an event of the kind `updated`."""
    account = call.account
    told: Thing = {"object": json.loads(json.dumps(shown(thing)))}
    if before:
        told["previous_attributes"] = before
    fields = {
        "api_version": call.version,
        "data": told,
        "pending_webhooks": 1 if account.setting("webhook") else 0,
        "request": {"id": call.request, "idempotency_key": call.key},
        "type": type,
    }
    event = account.add("evt", "event", fields)
    schedule(account, event)
