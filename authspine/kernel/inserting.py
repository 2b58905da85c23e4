"""Inserts whose SQL is made once in a process, several rows in one statement: the write side of `prepared`.

What `save` and `bulk_create` would write, without what they spend on finding out how.
"""

from functools import cache
from itertools import groupby
from typing import Any

from django.db import connection, models

type Shape = tuple[tuple[type[models.Model], int], ...]  # of which model how many rows, in order


def insert(*rows: models.Model) -> None:
    """Write new rows, those of one model beside each other, in one statement: all or none.

    A row may refer to one that comes with it: foreign keys are checked when the statement is over. IntegrityError as
    from `save`, after which the transaction can only be rolled back.
    """
    grouped = [(model, list(found)) for model, found in groupby(rows, key=type)]
    sql = _statement(tuple((model, len(found)) for model, found in grouped))
    values = [value for model, found in grouped for row in found for value in _values(model, row)]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
    for row in rows:
        row._state.adding, row._state.db = False, connection.alias


def _values(model: type[models.Model], row: models.Model) -> list[Any]:
    return [field.get_db_prep_save(field.pre_save(row, True), connection) for field in _fields(model)]


@cache
def _fields(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.local_concrete_fields if not field.generated]


@cache
def _statement(shape: Shape) -> str:
    *before, last = [_insertion(model, number) for model, number in shape]
    steps = [f"step{number} AS ({step})" for number, step in enumerate(before)]
    return f"WITH {', '.join(steps)} {last}" if steps else last


def _insertion(model: type[models.Model], number: int) -> str:
    name, fields = connection.ops.quote_name, _fields(model)
    columns = ", ".join(name(field.column) for field in fields)
    row = f"({', '.join(['%s'] * len(fields))})"
    return f"INSERT INTO {name(model._meta.db_table)} ({columns}) VALUES {', '.join([row] * number)}"  # noqa: S608
