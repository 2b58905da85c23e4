"""What the app may not do with rows that are told once and for all: the audit's and the ledger's.

The migrations that make these tables take it away, and the database alone knows of it. Whoever restores a dump into a
prepared database has given it back: every table is granted more as it is made, and a dump only says what to grant. So
it is taken away again whenever the database is prepared or migrated, and looked at whenever something starts.
"""

from collections.abc import Callable, Iterable
from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from authspine.operations.errors import SetUpFailed

_ADDED_TO: Final[tuple[LiteralString, ...]] = ("UPDATE", "DELETE")
_READ: Final[tuple[LiteralString, ...]] = ("INSERT", *_ADDED_TO)
# table: what the app may not do, as the constraints of its model say (`AppendOnly`, `ChainedOnce`, `OnlyGrows`); told
# here, since it is looked at before there are models. TRUNCATE is nobody's: see `powers`.
TAKEN: Final[dict[str, tuple[LiteralString, ...]]] = {
    "audit_entry": _READ,
    "audit_head": _READ,
    "payments_ledgertransaction": _ADDED_TO,
    "payments_ledgerentry": _ADDED_TO,
}

# Also of a single column, of which a table does not tell; nobody may DELETE by columns.
_HELD: Final[LiteralString] = """
    SELECT wanted."table", wanted."right"
    FROM unnest(%(tables)s::text[], %(rights)s::text[]) AS wanted ("table", "right")
    JOIN pg_class c ON c.relname = wanted."table" AND c.relnamespace = 'public'::regnamespace
    WHERE CASE wanted."right" WHEN 'DELETE' THEN has_table_privilege(%(role)s::name, c.oid, wanted."right")
          ELSE has_any_column_privilege(%(role)s::name, c.oid, wanted."right") END
    ORDER BY wanted."table", wanted."right"
"""


def held(execute: Callable[[LiteralString, dict[str, Any]], Iterable[Any]], role: str) -> list[tuple[str, str]]:
    """Tables and what the role may do there all the same. A table that is not there yet is none."""
    tables, rights = zip(*((table, right) for table, taken in TAKEN.items() for right in taken), strict=True)
    return [*execute(_HELD, {"tables": list(tables), "rights": list(rights), "role": role})]


def told(found: Iterable[tuple[str, str]]) -> str:
    """In words."""
    return ", ".join(f"{right} on {table}" for table, right in found)


def take_away(connection: psycopg.Connection[Any], role: str) -> None:
    """Called as the tables' owner; safe to run again. Raises SetUpFailed for what somebody else has granted."""
    for table in dict.fromkeys(table for table, _ in held(connection.execute, role)):
        statement = sql.SQL("REVOKE {} ON {} FROM {}, PUBLIC")
        taken = sql.SQL(", ".join(TAKEN[table]))
        connection.execute(statement.format(taken, sql.Identifier("public", table), sql.Identifier(role)))
    if left := held(connection.execute, role):
        raise SetUpFailed(f"The role {role} has {told(left)} by somebody else's grant; take that from it.")
