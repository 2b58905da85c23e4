"""What reports may read, as a role of their own: rows of the organization that the session names, and nothing to sign
in or to decrypt with. They write nothing.

Closed until opened: a table without a policy shows every organization's rows, so none of those is readable, and a new
one is opened when the migration that made it has run.
"""

from typing import Any, Final, LiteralString

import psycopg
from psycopg import sql

from authspine.operations.seals import SEALED

ROLE: Final = "authspine_readonly"

# Sealed like all others, and still nothing for a report.
SECRET: Final[dict[str, str]] = {
    "privacy_organizationkey": "the keys under which people are kept",
    "idempotency_keyedrequest": "answers as they went out, kept to be given again",
}

_GRANTS: Final[LiteralString] = f"""
    SELECT c.relname,
           {SEALED} AND c.relname <> ALL (%s) AS open,
           has_table_privilege('authspine_readonly', c.oid, 'SELECT') AS opened
    FROM pg_class c
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      AND c.relowner = 'authspine_owner'::regrole
"""  # noqa: S608 (of constants alone)


def exists(connection: psycopg.Connection[Any]) -> bool:
    return bool(connection.execute("SELECT FROM pg_roles WHERE rolname = %s", [ROLE]).rowcount)


def open_tables(connection: psycopg.Connection[Any]) -> None:
    """Let reports read what they may, and nothing else. Called as the tables' owner; safe to run again."""
    for table, is_open, is_opened in connection.execute(_GRANTS, [list(SECRET)]).fetchall():
        if is_open != is_opened:
            change = "GRANT SELECT ON {} TO {}" if is_open else "REVOKE ALL ON {} FROM {}"
            connection.execute(sql.SQL(change).format(sql.Identifier(table), sql.Identifier(ROLE)))
