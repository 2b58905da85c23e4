"""Which answers are looks at people: all that show something of them to somebody, whatever the method of the request.

Who is shown is gathered while an answer is made (`reading.looking`) and told to the audit by one statement.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cache
from typing import Any, Final
from uuid import UUID

from django.db.models import Model

from authspine.audit import reading
from authspine.kernel import tenancy
from authspine.privacy import tagging

# A login is nobody's client; and what entries of the audit tell of people is never opened.
ABOUT_NOBODY: Final = frozenset({tagging.LOGIN, "audit.AuditEntry"})
# Shown to whoever may book, but for what is sealed: that alone makes a look.
PROFESSIONALS: Final = "professionals.Professional"
# What answers to writes list: the bookings of a day that was cancelled.
LISTED: Final = ("bookings",)
# As answers write ids.
ID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SAFE: Final = frozenset({"GET", "HEAD"})


def tell(rows: Sequence[Any], *, one: bool = False) -> None:
    """Say that these rows, a list or `one` object, are shown by the answer that is being made."""
    look = reading.open_look()
    if look is None or not rows:
        return
    model: Any = type(rows[0])
    label = _label(rows[0])
    way = _way(model)
    if not look.resource and (way or label == PROFESSIONALS):
        look.resource, look.row = label, rows[0].id if one else None
    if "__" in way:
        found = model._base_manager.filter(pk__in=[row.pk for row in rows])
        look.found.append(found.order_by().values(way))
    elif way:
        look.people |= {person: label for row in rows if (person := getattr(row, way))}


def record(look: reading.Look, method: str | None, scope: Callable[[], AbstractContextManager[Any]]) -> None:
    """Tell the audit whom an answer shows: in the scope that is open, where none is in one of its own."""
    if look.is_empty:
        return
    if tenancy.open_scope() is not None:
        look.record(alone=method in SAFE)
        return
    with scope():
        look.record(alone=True)


def again(content: bytes) -> None:
    """Tell the audit whom an answer shows that was kept and is given once more. Runs in a scope."""
    whole = json.loads(content) if content else {}
    ids = [id for one in _objects(whole) if (id := _id(one))]
    if ids:
        reading.shown_again(ids, row=_id(whole))


def _objects(whole: Any) -> Iterator[Any]:
    """The object that an answer is, and those that it lists. What stands deeper may be what a caller has written."""
    yield whole
    for name in LISTED:
        yield from whole.get(name, ())


def _id(one: dict[str, Any]) -> UUID | None:
    id = one.get("id")
    return UUID(id) if isinstance(id, str) and ID.fullmatch(id) else None


def _label(row: Any) -> str:
    return str(row._meta.label) if isinstance(row, Model) else str(getattr(row, "resource", ""))


@cache
def _way(kind: type[Any]) -> str:
    """How a row leads to the client whom it is about: an attribute, or a look-up over other tables; empty if to nobody.

    What is no row of a table has a `client_id`, and says by `resource` what it is.
    """
    if not issubclass(kind, Model):
        return "client_id" if hasattr(kind, "resource") else ""
    way = "" if kind._meta.label in ABOUT_NOBODY else tagging.of_client(kind)
    field: Any = kind._meta.get_field(way) if way and "__" not in way else None
    return field.attname if field else way
