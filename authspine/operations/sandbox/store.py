"""What the sandbox remembers: one SQLite file, or nothing but memory. Each request is one transaction.

Every API key has an account of its own, and accounts never see each other, so that tests at the same time do not
either. The file is written ahead (WAL): a kill at any moment leaves what was committed and nothing else.
"""

import hashlib
import json
import secrets
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from authspine.operations.sandbox.errors import Refusal, no_such

type Thing = dict[str, Any]

MOST_LISTED = 100

# What is looked for often, apart from the body.
COLUMNS = {"customer", "payment_intent"}

# A list of what belongs to something that does not exist is refused, not empty.
REFERENCES = {"charge", "customer", "payment_intent"}

# Forced to the disk now and then only: a kill of the process loses nothing, and a commit takes half a millisecond.
PRAGMAS = "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 8000;"

TABLES = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, id TEXT NOT NULL, kind TEXT NOT NULL,
    payment_intent TEXT, customer TEXT, body TEXT NOT NULL, UNIQUE (account, id)
);
CREATE INDEX IF NOT EXISTS objects_kind ON objects (account, kind, seq);
CREATE INDEX IF NOT EXISTS objects_intent ON objects (account, payment_intent) WHERE payment_intent IS NOT NULL;
CREATE INDEX IF NOT EXISTS objects_customer ON objects (account, customer) WHERE customer IS NOT NULL;
CREATE TABLE IF NOT EXISTS entries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, movement TEXT NOT NULL, ledger TEXT NOT NULL,
    currency TEXT NOT NULL, amount INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS keys (
    account TEXT NOT NULL, key TEXT NOT NULL, route TEXT NOT NULL, digest TEXT NOT NULL, made INTEGER NOT NULL,
    status INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY (account, key)
);
CREATE TABLE IF NOT EXISTS requests (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, at REAL NOT NULL, method TEXT NOT NULL,
    path TEXT NOT NULL, key TEXT NOT NULL, params TEXT NOT NULL, fault TEXT NOT NULL, status INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS faults (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, rule TEXT NOT NULL, skip INTEGER NOT NULL,
    times INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS deliveries (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, account TEXT NOT NULL, event TEXT NOT NULL, due REAL NOT NULL,
    attempts INTEGER NOT NULL, state TEXT NOT NULL, answer TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (state, due, seq);
CREATE TABLE IF NOT EXISTS settings (
    account TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (account, name)
);
"""
OF_AN_ACCOUNT = ("objects", "entries", "keys", "requests", "faults", "deliveries", "settings")


class Store:
    """The connection; the server is one thread, so it needs one."""

    def __init__(self, file: Path | None) -> None:
        self.connection = sqlite3.connect(file or ":memory:", isolation_level=None)
        self.connection.row_factory = sqlite3.Row
        self.connection.executescript(PRAGMAS + TABLES)
        self.execute = self.connection.execute

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK")
            raise
        self.execute("COMMIT")

    @contextmanager
    def step(self) -> Iterator[None]:
        """A part of a transaction, which a refusal undoes unless what was written is to be kept."""
        self.execute("SAVEPOINT step")
        try:
            yield
        except BaseException as error:
            if not (isinstance(error, Refusal) and error.kept):
                self.execute("ROLLBACK TO step")
            self.execute("RELEASE step")
            raise
        self.execute("RELEASE step")

    def account_of(self, key: str) -> "Account":
        return Account(self, "acct_" + hashlib.sha256(key.encode()).hexdigest()[:16])


class Account:
    """The objects of one account. Made anew for each request, so its settings are read once."""

    def __init__(self, store: Store, id: str) -> None:
        self.store = store
        self.id = id
        self._settings: dict[str, Any] | None = None

    def now(self) -> int:
        """The account's clock, which a test may put forward."""
        return int(time.time()) + int(self.setting("clock", 0))

    def setting(self, name: str, default: Any = None) -> Any:
        if self._settings is None:
            rows = self.store.execute("SELECT name, value FROM settings WHERE account = ?", (self.id,))
            self._settings = {row["name"]: json.loads(row["value"]) for row in rows}
        return self._settings.get(name, default)

    def set(self, name: str, value: Any) -> None:
        self.store.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", (self.id, name, json.dumps(value)))
        self._settings = None

    def add(self, prefix: str, kind: str, fields: Thing) -> Thing:
        """A new object of this kind; its id begins with the prefix."""
        id = f"{prefix}_{secrets.token_hex(12)}"
        thing = {"id": id, "object": kind, "created": self.now(), "livemode": False} | fields
        self.store.execute(
            "INSERT INTO objects (account, id, kind, payment_intent, customer, body) VALUES (?, ?, ?, ?, ?, ?)",
            (self.id, id, kind, thing.get("payment_intent"), thing.get("customer"), json.dumps(thing)),
        )
        return thing

    def save(self, thing: Thing) -> None:
        self.store.execute(
            "UPDATE objects SET customer = ?, body = ? WHERE account = ? AND id = ?",
            (thing.get("customer"), json.dumps(thing), self.id, thing["id"]),
        )

    def look(self, id: str, kind: str | None = None) -> Thing | None:
        row = self.store.execute(
            "SELECT kind, body FROM objects WHERE account = ? AND id = ?", (self.id, id)
        ).fetchone()
        if row is None or kind not in (None, row["kind"]):
            return None
        found: Thing = json.loads(row["body"])
        return found

    def find(self, id: str, kind: str, param: str = "id") -> Thing:
        """Refused as Stripe does where there is none."""
        found = self.look(id, kind)
        if found is None:
            raise no_such(kind.replace("_", " ") if kind.endswith("_intent") else _spoken(kind), id, param)
        return found

    def every(self, kind: str, **where: Any) -> list[Thing]:
        """All of a kind, oldest first."""
        sql, values = self._where(kind, where)
        rows = self.store.execute(f"SELECT body FROM objects WHERE {sql} ORDER BY seq", values)  # noqa: S608
        return [json.loads(row["body"]) for row in rows]

    def page(self, kind: str, asked: Mapping[str, Any], **where: Any) -> tuple[list[Thing], bool]:
        """One page, newest first, and whether there is more of it."""
        limit = asked.get("limit")
        limit = 10 if limit is None else limit
        if not 1 <= limit <= MOST_LISTED:
            code = "parameter_invalid_integer"
            raise Refusal("Invalid limit: must be between 1 and 100", code=code, param="limit", validation=True)
        for name in where.keys() & REFERENCES:
            if where[name]:
                self.find(where[name], name, name)
        sql, values = self._where(kind, where)
        for name, sign in (("starting_after", "<"), ("ending_before", ">")):
            if asked.get(name):
                sql += f" AND seq {sign} ?"
                values.append(self._place(asked[name], kind, name))
        times = asked.get("created") or {}
        for name, value in (times if isinstance(times, dict) else {"eq": times}).items():
            sql += f" AND json_extract(body, '$.created') {SIGNS[name]} ?"
            values.append(value)
        backwards = bool(asked.get("ending_before"))
        order = "ASC" if backwards else "DESC"
        rows = self.store.execute(
            f"SELECT body FROM objects WHERE {sql} ORDER BY seq {order} LIMIT ?",  # noqa: S608 (words of ours)
            [*values, limit + 1],
        ).fetchall()
        found = [json.loads(row["body"]) for row in rows[:limit]]
        return (found[::-1] if backwards else found), len(rows) > limit

    def forget(self) -> None:
        for table in OF_AN_ACCOUNT:
            self.store.execute(f"DELETE FROM {table} WHERE account = ?", (self.id,))  # noqa: S608

    def _where(self, kind: str, where: Mapping[str, Any]) -> tuple[str, list[Any]]:
        sql, values = "account = ? AND kind = ?", [self.id, kind]
        for name, value in where.items():
            place = name if name in COLUMNS else f"json_extract(body, '$.{name}')"
            if isinstance(value, tuple):
                sql += f" AND {place} IN ({', '.join('?' * len(value))})"
                values += value
            elif value is not None:
                sql += f" AND {place} = ?"
                values.append(value)
        return sql, values

    def _place(self, id: str, kind: str, param: str) -> int:
        self.find(id, kind, param)
        row = self.store.execute("SELECT seq FROM objects WHERE account = ? AND id = ?", (self.id, id)).fetchone()
        return int(row["seq"])


SIGNS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<=", "eq": "="}


def _spoken(kind: str) -> str:
    return {"payment_method": "PaymentMethod"}.get(kind, kind)
