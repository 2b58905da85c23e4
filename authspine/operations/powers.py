"""What lets a role of the database do more than the policies and its grants say, by itself or through another role.

A membership counts whether it is inherited, may be taken by SET ROLE, or may only be handed on: each is one statement
away from the others.
"""

from typing import Any, Final, LiteralString

import psycopg

# Asked of whoever is named: which of the roles that it belongs to, itself among them, are powerful. What the server
# itself brings (its ids are below 16384) reads, writes or runs past all grants. Any other role than its own that was
# given something in this database, be it TRUNCATE, which no policy is asked for, is more than it was meant to have.
_POWERFUL: Final[LiteralString] = """
    SELECT r.rolname FROM pg_roles r
    WHERE pg_has_role(%(who)s::name, r.oid, 'MEMBER')
      AND (r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.oid < 16384
           OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relpersistence <> 't')
           OR r.rolname <> ALL (%(own)s) AND EXISTS (
               SELECT FROM pg_shdepend d JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()
               WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid))
    ORDER BY r.rolname <> %(who)s, r.rolsuper DESC, r.rolname
"""


def of(connection: psycopg.Connection[Any], who: str, *, role: str) -> str:
    """The first powerful role that `who` is or belongs to, itself before others; empty for none.

    `role` is the one that it may have.
    """
    found = connection.execute(_POWERFUL, {"who": who, "own": [who, role]}).fetchone()
    return found[0] if found else ""
