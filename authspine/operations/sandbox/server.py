"""The sandbox over HTTP: the API, the control API for this machine alone, and the page in the place of a bank."""

import asyncio
import ipaddress
import json
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web

from authspine.operations.sandbox import api, control, faults, pages
from authspine.operations.sandbox.api import Asked
from authspine.operations.sandbox.delivery import Postman
from authspine.operations.sandbox.errors import Refusal, key_in_use
from authspine.operations.sandbox.faults import Fault
from authspine.operations.sandbox.idempotency import Answer
from authspine.operations.sandbox.store import Account, Store

LOOK_SECONDS = 0.05
MOST_BYTES = 1024**2
GARBAGE = b"<html><body>Bad gateway</body></html>"
RESET_AT_ONCE = struct.pack("ii", 1, 0)


class Server:
    def __init__(self, store: Store) -> None:
        self.store = store
        self.postman = Postman(store)
        self.busy: set[tuple[str, str]] = set()

    def app(self) -> web.Application:
        app = web.Application(client_max_size=MOST_BYTES)
        app.router.add_get("/approve/{account}/{intent}/{token}", self.ask)
        app.router.add_post("/approve/{account}/{intent}/{token}", self.decide)
        app.router.add_route("*", "/_sandbox/{path:.*}", self.control)
        app.router.add_route("*", "/{path:.*}", self.answer)
        app.cleanup_ctx.append(self._posting)
        return app

    async def _posting(self, app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(self.postman.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    async def answer(self, request: web.Request) -> web.Response:
        text = await request.text() if request.method == "POST" else request.query_string
        try:
            account = api.account_of(self.store, request.headers.get("Authorization", ""))
            asked = api.asked(request.method, request.path, text, request.headers, _base(request))
        except Refusal as refusal:
            return _response(api.refused(refusal))
        with self.store.transaction():
            fault = faults.take(account, asked.method, asked.path, asked.key, asked.params)
            noted = note(account, asked, fault)
        spoils_before = fault and fault.when == "before" and fault.action in ("timeout", "reset", "garbage")
        if fault and spoils_before:
            return await self.spoilt(request, fault, Answer(200, b""))
        made = await self.made(account, asked, fault)
        self.store.execute("UPDATE requests SET status = ? WHERE seq = ?", (made.status, noted))
        self.postman.wake()
        if fault and fault.when == "after":
            return await self.spoilt(request, fault, made)
        return _response(made, asked)

    async def made(self, account: Account, asked: Asked, fault: Fault | None) -> Answer:
        """One request at a time for each idempotency key."""
        claim = (account.id, asked.key)
        if asked.key and claim in self.busy:
            return api.refused(key_in_use(asked.key), asked)
        if fault and fault.when == "before" and fault.action == "error":
            return api.broken(account, asked, fault)
        if fault and fault.when == "before" and fault.action == "slow":
            self.busy.add(claim)
            try:
                await asyncio.sleep(fault.seconds)
            finally:
                self.busy.discard(claim)
        return api.answer(account, asked, fault)

    async def spoilt(self, request: web.Request, fault: Fault, made: Answer) -> web.Response:
        if fault.action == "garbage":
            return web.Response(body=GARBAGE, content_type="text/html")
        if fault.action == "slow":
            await asyncio.sleep(fault.seconds)
        if fault.action == "timeout":
            await _wait_until_gone(request, fault.seconds)
        if fault.action in ("timeout", "reset"):
            cut(request)
        return _response(made)

    async def control(self, request: web.Request) -> web.Response:
        if not from_here(request):
            return web.json_response({"error": {"message": "For this machine only."}}, status=403)
        try:
            account = api.account_of(self.store, request.headers.get("Authorization", ""))
            words = json.loads(await request.text() or "{}")
            with self.store.transaction():
                told = control.answer(account, request.method, request.path, words, _base(request))
        except Refusal as refusal:
            return _response(api.refused(refusal))
        except (ValueError, KeyError, TypeError) as error:
            return web.json_response({"error": {"message": f"Not understood: {error!r}"}}, status=400)
        self.postman.wake()
        return web.json_response(told)

    async def ask(self, request: web.Request) -> web.Response:
        try:
            _, intent = pages.found(self.store, *_named(request))
        except Refusal as refusal:
            return _response(api.refused(refusal))
        asks = intent["status"] == "requires_action"
        page = pages.question(intent) if asks else pages.result(intent["status"])
        return web.Response(text=page, content_type="text/html")

    async def decide(self, request: web.Request) -> web.Response:
        form = await request.post()
        try:
            with self.store.transaction():
                account, intent = pages.found(self.store, *_named(request))
                status, back = pages.answered(
                    account, intent, str(form.get("answer")), base=_base(request), version=api.API_VERSION
                )
        except Refusal as refusal:
            return _response(api.refused(refusal))
        self.postman.wake()
        if back:
            return web.Response(status=303, headers={"Location": back})
        return web.Response(text=pages.result(status), content_type="text/html")


def note(account: Account, asked: Asked, fault: Fault | None) -> int:
    """In the log of requests that a test may read."""
    made = account.store.execute(
        "INSERT INTO requests (account, at, method, path, key, params, fault, status) VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        (account.id, time.time(), asked.method, asked.path, asked.key, json.dumps(asked.params),
         f"{fault.action} {fault.when}" if fault else ""),
    )  # fmt: skip
    return int(made.lastrowid or 0)


def from_here(request: web.Request) -> bool:
    """By the address it comes from and by the name it asks for, so that no page reaches it through a browser."""
    host = request.host.rpartition(":")[0] or request.host
    try:
        near = [ipaddress.ip_address(each.strip("[]")) for each in (request.remote or "", host)]
    except ValueError:
        return host == "localhost" and request.remote in ("127.0.0.1", "::1")
    return all(each.is_loopback for each in near)


def cut(request: web.Request) -> None:
    """The connection ends at once, as by a reset."""
    if request.transport is None:
        return
    if channel := request.transport.get_extra_info("socket"):
        channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_AT_ONCE)
    request.transport.abort()


async def _wait_until_gone(request: web.Request, seconds: float) -> None:
    """No answer at all, for as long as somebody waits for one."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and request.transport is not None and not request.transport.is_closing():
        await asyncio.sleep(LOOK_SECONDS)


def _named(request: web.Request) -> tuple[str, str, str]:
    return request.match_info["account"], request.match_info["intent"], request.match_info["token"]


def _base(request: web.Request) -> str:
    return f"http://{request.host}"


def _response(made: Answer, asked: Asked | None = None) -> web.Response:
    headers = {"Content-Type": "application/json"}
    if asked:
        headers |= {"Request-Id": asked.id, "Stripe-Version": asked.version}
        headers |= {"Idempotency-Key": asked.key} if asked.key else {}
    if made.replayed:
        headers["Idempotent-Replayed"] = "true"
    return web.Response(body=made.body, status=made.status, headers=headers)
