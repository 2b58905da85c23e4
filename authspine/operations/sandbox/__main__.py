"""The program that SandboxServer starts: the sandbox on a socket that it is given, its file where it is told."""

import argparse
import socket
from pathlib import Path

from aiohttp import web

from authspine.operations.sandbox.server import Server
from authspine.operations.sandbox.store import Store


def main() -> None:
    parser = argparse.ArgumentParser(prog="sandbox")
    parser.add_argument("--fd", type=int, required=True, help="a listening socket")
    parser.add_argument("--state", type=Path, help="the file to keep the payments in; without it they are forgotten")
    parser.add_argument("--api-key", help="the account that the webhook is for")
    parser.add_argument("--webhook-url", help="where its events go")
    parser.add_argument("--webhook-secret", default="", help="what they are signed with")
    arguments = parser.parse_args()
    store = Store(arguments.state)
    if arguments.api_key and arguments.webhook_url:
        with store.transaction():
            announce(store, arguments.api_key, arguments.webhook_url, arguments.webhook_secret)
    app = Server(store).app()
    web.run_app(app, sock=socket.socket(fileno=arguments.fd), access_log=None, print=None, shutdown_timeout=0.1)


def announce(store: Store, key: str, url: str, secret: str) -> None:
    hook = {"url": url, "secret": secret, "mode": "deliver", "types": [], "copies": 2, "seconds": 0.3, "seed": 0}
    account = store.account_of(key)
    account.set("webhook", (account.setting("webhook") or hook) | {"url": url, "secret": secret})


if __name__ == "__main__":
    main()
