"""Answers one call: the account by its key, the parameters, the idempotency key, the effect, in one transaction.

What the key gives from then on is kept with the effect, so that no kill comes between them.
"""

import json
import re
import secrets
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authspine.operations.sandbox import forms, idempotency, routes
from authspine.operations.sandbox.calls import Call, expanded
from authspine.operations.sandbox.errors import Refusal, failed, unauthorized
from authspine.operations.sandbox.faults import Fault
from authspine.operations.sandbox.idempotency import Answer
from authspine.operations.sandbox.store import Account, Store

API_VERSION = "2026-10-28.endive"
TEST_KEY = re.compile(r"[sr]k_test_\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it came in."""

    method: str
    path: str
    params: dict[str, Any]
    key: str
    version: str
    base: str
    id: str


def account_of(store: Store, authorization: str) -> Account:
    """Of a bearer's key, or of a user name without a password."""
    kind, _, told = authorization.partition(" ")
    if kind.lower() == "basic":
        try:
            told = b64decode(told).decode().partition(":")[0]
        except (NotBase64, UnicodeDecodeError):
            told = ""
    if not TEST_KEY.fullmatch(told):
        raise unauthorized(told)
    return store.account_of(told)


def asked(method: str, path: str, text: str, headers: Mapping[str, str], base: str) -> Asked:
    params = forms.parse(text)
    return Asked(
        method,
        path,
        params,
        headers.get("Idempotency-Key", "") if method == "POST" else "",
        headers.get("Stripe-Version", API_VERSION),
        base,
        "req_" + secrets.token_hex(7),
    )


def answer(account: Account, request: Asked, fault: Fault | None = None) -> Answer:
    """The effect and what the idempotency key gives from now on are kept together or not at all."""
    try:
        with account.store.transaction():
            return _once(account, request, fault)
    except Refusal as refusal:
        return refused(refusal, request)


def _once(account: Account, request: Asked, fault: Fault | None) -> Answer:
    fails = fault if fault and fault.action == "error" and fault.when == "after" else None
    if request.key:
        idempotency.check_key(request.key)
        if known := idempotency.known(account, request.key, _route(request), request.params):
            return refused(failed(fails.status), request) if fails else known
    validation = False
    try:
        with account.store.step():
            made = Answer(200, _body(_answered(account, request, fault)))
    except Refusal as refusal:
        made, validation = refused(refusal, request), refusal.validation
    kept = made
    if fails:
        made = refused(failed(fails.status), request)
        kept = made if fails.is_kept else kept
    if request.key and not validation:
        idempotency.keep(account, request.key, _route(request), request.params, kept)
    return made


def _route(request: Asked) -> str:
    return f"{request.method} {request.path}"


def _answered(account: Account, request: Asked, fault: Fault | None) -> dict[str, Any]:
    route, ids = routes.find(request.method, request.path)
    script: dict[str, Any] = {}
    if fault and fault.action == "decline":
        script = {"code": fault.code, "decline_code": fault.decline_code}
    if fault and fault.action == "refund":
        script = {"outcome": fault.outcome}
    params = forms.check(request.params, route.fields, *route.required)
    call = Call(account, params, request.base, request.id, request.key or None, request.version, script)
    return expanded(account, route.answer(call, *ids), params.get("expand") or [])


def _body(told: Mapping[str, Any]) -> bytes:
    return json.dumps(told).encode()


def refused(refusal: Refusal, request: Asked | None = None) -> Answer:
    told = dict(refusal.told)
    if request:
        told["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request.id}"
    return Answer(refusal.status, _body({"error": told}))


def broken(account: Account, request: Asked, fault: Fault) -> Answer:
    """An error of Stripe's own by script, without any effect; kept for the key only where the script says so."""
    made = refused(failed(fault.status), request)
    if request.key and fault.stored:
        with account.store.transaction():
            idempotency.keep(account, request.key, _route(request), request.params, made)
    return made
