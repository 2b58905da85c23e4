"""What must not stand anywhere in clear: told to the product, and looked for in all that it has written down."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.conninfo import make_conninfo

NAME: Final = "Canaria Quetzal"
EMAIL: Final = "canaria.quetzal@canary.example"
PHONE: Final = "+49 1577 5550987"
NOTES: Final = "notes of a canary 7Q4X"
ANSWER: Final = "answer of a canary 8R5Y"
REASON: Final = "reason of a canary 9S6Z"
LICENSE: Final = "LICENSE-CANARY-3K"

# The number's digits, all that a spelling of it has in common: fewer stand by chance in so many ciphertexts.
ALL: Final = (NAME, "Quetzal", EMAIL, "@canary.example", PHONE, "15775550987", NOTES, ANSWER, REASON, LICENSE)
# What the factories call everybody whom a test does not name: thousands of rows of a whole run of the suite.
OF_FACTORIES: Final = ("Ana García", "@example.com")


def written(connection: psycopg.Connection[Any]) -> Iterator[tuple[str, bytes]]:
    """The data of each table as a dump has it, by the table's name; the connection must be the owner's."""
    tables = connection.execute(
        "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'm') AND relnamespace = 'public'::regnamespace"
    ).fetchall()
    for (table,) in tables:
        copy = sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))
        with connection.cursor() as cursor, cursor.copy(copy) as copied:
            for block in copied:
                yield table, bytes(block)


@contextmanager
def owner(name: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the owner, whom no policy binds, to the database with this name."""
    with psycopg.connect(make_conninfo(settings.DATABASE_OWNER_URL, dbname=name), autocommit=True) as connection:
        connection.execute("SET ROLE authspine_owner")
        yield connection


def found(connection: psycopg.Connection[Any], canaries: Iterable[str]) -> set[tuple[str, str]]:
    """Which canary stands in which table, in clear or as its bytes."""
    sought = [(canary, form) for canary in canaries for form in _forms(canary)]
    return {(table, canary) for table, block in written(connection) for canary, form in sought if form in block}


def _forms(canary: str) -> set[bytes]:
    """As text, as JSON has it, and as COPY writes bytes."""
    escaped = canary.encode("unicode_escape").replace(b"\\x", b"\\\\u00")
    return {canary.encode(), escaped, canary.encode().hex().encode()}
