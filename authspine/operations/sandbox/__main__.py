"""The program that SandboxServer starts: the sandbox on a socket that it is given, its file where it is told."""

import argparse
import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from aiohttp import web

from authspine.operations.sandbox import control, webhooks
from authspine.operations.sandbox.server import Server
from authspine.operations.sandbox.store import Store

LOOK_SECONDS = 1.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox")
    parser.add_argument("--fd", type=int, required=True, help="a listening socket")
    parser.add_argument("--state", type=Path, help="the file to keep the payments in; without it they are forgotten")
    parser.add_argument("--api-key", help="the account that the webhook is for")
    parser.add_argument("--webhook-url", help="where its events go")
    parser.add_argument("--webhook-secret", default="", help="what they are signed with")
    parser.add_argument("--settle-after", type=float, help="seconds until a bank answers by itself in that account")
    arguments = parser.parse_args()
    store = Store(arguments.state)
    if arguments.api_key and arguments.webhook_url:
        with store.transaction():
            announce(store, arguments.api_key, arguments.webhook_url, arguments.webhook_secret)
    app = Server(store).app()
    if arguments.api_key and arguments.settle_after:
        app.cleanup_ctx.append(banks(store, arguments.api_key, arguments.settle_after))
    web.run_app(app, sock=socket.socket(fileno=arguments.fd), access_log=None, print=None, shutdown_timeout=0.1)


def announce(store: Store, key: str, url: str, secret: str) -> None:
    account = store.account_of(key)
    account.set("webhook", (account.setting("webhook") or webhooks.USUAL) | {"url": url, "secret": secret})


def banks(store: Store, key: str, seconds: float) -> Callable[[web.Application], AsyncIterator[None]]:
    """In the demo nobody is there to answer for a bank."""

    async def answer() -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            with store.transaction():
                control.settle_what_waits(store.account_of(key), seconds)

    async def at_work(app: web.Application) -> AsyncIterator[None]:
        task = asyncio.create_task(answer())
        yield
        task.cancel()

    return at_work


if __name__ == "__main__":
    main()
