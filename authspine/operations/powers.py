"""What lets a role of the database do more than the policies and its grants say, by itself or through another role.

A membership counts whether it is inherited, may be taken by SET ROLE, or may only be handed on: each is one statement
away from the others.
"""

from typing import Any, Final, LiteralString

import psycopg

# Asked of whoever is named: which of the roles that it belongs to, itself among them, are powerful. What the server
# itself brings (its ids are below 16384) reads, writes or runs past all grants. Only the role that it is meant to have
# was given tables, or those that are yet to be made, by the set-up: any other, the login itself too, was given them
# beside it. TRUNCATE asks no policy and a trigger runs in other people's statements, so nobody may have these, not even
# as PUBLIC has them; nor a place to make something that is found before what it is named after. USAGE, CONNECT and the
# like are no power.
_POWERFUL: Final[LiteralString] = """
    SELECT r.rolname FROM pg_roles r
    WHERE pg_has_role(%(who)s::name, r.oid, 'MEMBER')
      AND (r.rolsuper OR r.rolbypassrls OR r.rolreplication OR r.oid < 16384
           OR EXISTS (SELECT FROM pg_namespace n WHERE n.nspowner = r.oid)
           OR EXISTS (SELECT FROM pg_proc p WHERE p.proowner = r.oid)
           OR EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relpersistence <> 't')
           OR EXISTS (
               SELECT FROM (
                   SELECT datacl FROM pg_database WHERE datname = current_database()
                   UNION ALL SELECT nspacl FROM pg_namespace
                   UNION ALL SELECT relacl FROM pg_class WHERE relpersistence <> 't'
               ) AS known (acl), aclexplode(acl) AS given
               WHERE given.grantee IN (0, r.oid) AND given.privilege_type IN ('CREATE', 'TRUNCATE', 'TRIGGER'))
           OR r.rolname <> %(role)s AND EXISTS (
               SELECT FROM pg_shdepend d JOIN pg_database b ON b.oid = d.dbid AND b.datname = current_database()
               WHERE d.refclassid = 'pg_authid'::regclass AND d.refobjid = r.oid AND d.deptype = 'a'
                 AND d.classid IN ('pg_class'::regclass, 'pg_proc'::regclass, 'pg_default_acl'::regclass)))
    ORDER BY r.rolname <> %(who)s, r.rolsuper DESC, r.rolname
"""

# What a powerful role is, told of one that is so by itself.
ROLE_IS: Final = "owns tables, passes row-level security or was given more than rows"
LOGIN_IS: Final = "is an owner or a superuser, or was given more than its role"


def of(connection: psycopg.Connection[Any], who: str, *, role: str) -> str:
    """The first powerful role that `who` is or belongs to, itself before others; empty for none.

    `role` is the one that it is meant to have.
    """
    found = connection.execute(_POWERFUL, {"who": who, "role": role}).fetchone()
    return found[0] if found else ""
