"""The program that stripe_server starts: localstripe on a socket that it is given, with its state where it is told.

localstripe by itself listens on every network address and keeps its state in one fixed file in /tmp.
"""

import argparse
import os
import pickle
import socket
from pathlib import Path

from aiohttp import web
from localstripe.resources import Store, store
from localstripe.server import app


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--fd", type=int, required=True, help="a listening socket")
    parser.add_argument("--state", type=Path, help="the file to keep the payments in; without it they are forgotten")
    arguments = parser.parse_args()
    keep_in(arguments.state)
    web.run_app(app, sock=socket.socket(fileno=arguments.fd), access_log=None, print=None)


def keep_in(state: Path | None) -> None:
    """Instead of localstripe's fixed file. A new state takes the old one's place whole, so a kill harms neither."""

    def dump(self: Store) -> None:
        if state is None:
            return
        written = state.with_suffix(".new")
        written.write_bytes(pickle.dumps(self, protocol=pickle.HIGHEST_PROTOCOL))
        os.replace(written, state)

    Store.dump_to_disk = dump
    if state is not None and state.exists():
        store.update(pickle.loads(state.read_bytes()))  # noqa: S301 (written by this program, in a folder of its own)


if __name__ == "__main__":
    main()
