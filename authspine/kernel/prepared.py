"""Reads whose SQL is made once in a process: for what every request asks, the ORM spends longer on making a statement
than the server on its answer.

The rows come out as the query set would give them. What is made once is the text: the organization of the scope and the
named values are filled in with each call.
"""

import itertools
from collections.abc import Callable, Sequence
from copy import copy
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Lookup, QuerySet, UUIDField

from authspine.kernel import tenancy

ORGANIZATION: Final = "organization"

_numbers = itertools.count(1)
# Values that stand for others while a statement is made, and that no statement has of its own.
_STAND_INS: Final[dict[type, Callable[[], Any]]] = {
    UUID: uuid4,
    datetime: lambda: datetime(1901, 1, 1, tzinfo=UTC) + timedelta(microseconds=next(_numbers)),
    date: lambda: date(1900, 1, 1) + timedelta(days=next(_numbers)),
    list: lambda: [uuid4()],
}


@UUIDField.register_lookup
class Among(Lookup):
    """`id__among=[...]`: one parameter however many ids, where `__in` has one for each."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, parameters = self.process_lhs(compiler, connection)
        return f"{left} = ANY(%s)", [*parameters, self.rhs]


class Prepared[Row]:
    """A read of tenant rows, called inside a scope with a value for each of its names.

    `build` makes the query set from these values; it must use each as it is given, for a value that it derives from
    them would be made once, too. A list is of ids, for `__among`.
    """

    def __init__(self, build: Callable[..., QuerySet[Any, Row]], **names: type) -> None:
        self._build, self._names = build, names
        self._known_converters: Any = None

    def __call__(self, **values: Any) -> list[Row]:
        rows, compiler, (sql, slots) = self._made
        known = {**values, ORGANIZATION: tenancy.organization_id()}
        filled = copy(compiler)
        filled.connection = connections[DEFAULT_DB_ALIAS]  # each thread has its own
        filled.as_sql = lambda *args, **kwargs: (sql, tuple(slot(known) for slot in slots))
        filled.get_converters = self._converters
        return list(rows._iterable_class(_Filled(rows, filled)))

    def _converters(self, expressions: Any) -> Any:
        # The same for every call: they depend on the columns and the kind of database.
        if self._known_converters is None:
            compiler = self._made[1]
            self._known_converters = type(compiler).get_converters(compiler, expressions)
        return self._known_converters

    @cached_property
    def _made(self) -> tuple[Any, Any, tuple[str, Sequence[Callable[[dict[str, Any]], Any]]]]:
        stand_ins = {name: _STAND_INS[kind]() for name, kind in self._names.items()}
        rows = self._build(**stand_ins)
        compiler = rows.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        named = [*stand_ins.items(), (ORGANIZATION, tenancy.organization_id())]
        return rows, compiler, (sql, [_slot(parameter, named) for parameter in parameters])


def _slot(parameter: Any, named: Sequence[tuple[str, Any]]) -> Callable[[dict[str, Any]], Any]:
    """Where a parameter comes from: one of the names, or always the same."""
    for name, stand_in in named:
        if type(parameter) is type(stand_in) and parameter == stand_in:
            return lambda known: known[name]
    return lambda known: parameter


class _Filled:
    """As much of a query set as its iterables ask for, with a compiler that has its statement already."""

    def __init__(self, rows: Any, compiler: Any) -> None:
        self._rows, self.query = rows, _FilledQuery(rows.query, compiler)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._rows, name)


class _FilledQuery:
    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)
