"""Cursor pages: as quick at the end of a million rows as at the start, and steady while rows come and go.

A cursor is the place of a row in the list's order, sealed, so that it can be handed back but neither made up nor read:
the number of an entry in a log that all organizations share tells how much the others write. A page is one comparison
of that place with the index that keeps the order: no OFFSET, no COUNT.
"""

import hmac
import json
import re
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import F, Model, QuerySet
from django.db.models.fields.tuple_lookups import TupleGreaterThan, TupleLessThan
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from authspine.kernel.crypto import Key, SealBroken
from authspine.kernel.errors import FieldFault, Invalid

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
NEWEST_FIRST = ("-created_at", "-id")


class Place(NamedTuple):
    """A row's place in the order, and whether the page lies before it or after it."""

    before: bool
    at: datetime
    id: UUID | int


class CursorPages(BasePagination):
    """Pages of a list in its view's `page_order`: a time and the id, both falling, as in `("-created_at", "-id")`."""

    parameter_names = ("limit", "cursor")

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        order = getattr(view, "page_order", NEWEST_FIRST)
        self.time_field = order[0].removeprefix("-")
        self.request = request
        self.sealed_for = f"cursor {view.__class__.__name__} {' '.join(order)}".encode()
        limit = _limit(request.query_params.get("limit"))
        self.key = queryset.model._meta.pk
        self.place = self._place(request.query_params.get("cursor"))
        rows = self._rows(queryset, order)[: limit + 1]
        found = list(rows)
        self.more = len(found) > limit
        found = found[:limit]
        self.page = found[::-1] if self._backwards else found
        return self.page

    @property
    def _backwards(self) -> bool:
        return self.place is not None and self.place.before

    def _rows(self, queryset: QuerySet[Any], order: tuple[str, ...]) -> QuerySet[Any]:
        if self.place is None:
            return queryset.order_by(*order)
        columns, values = (F(self.time_field), F("id")), (self.place.at, self.place.id)
        if self.place.before:
            return queryset.filter(TupleGreaterThan(columns, values)).order_by(self.time_field, "id")
        return queryset.filter(TupleLessThan(columns, values)).order_by(*order)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"next": self._next(), "previous": self._previous(), "results": data})

    def _next(self) -> str | None:
        follows = bool(self.page) if self._backwards else self.more
        return self._link(self.page[-1], before=False) if follows else None

    def _previous(self) -> str | None:
        precedes = self.more if self._backwards else bool(self.page and self.place)
        return self._link(self.page[0], before=True) if precedes else None

    def _link(self, row: Model, *, before: bool) -> str:
        at: datetime = getattr(row, self.time_field)
        place = json.dumps([before, at.isoformat(), str(row.pk)]).encode()
        cursor = urlsafe_base64_encode(_key(settings.SECRET_KEY).seal(place, place=self.sealed_for))
        url = remove_query_param(self.request.build_absolute_uri(), "cursor")
        return replace_query_param(url, "cursor", cursor)

    def _place(self, cursor: str | None) -> Place | None:
        if cursor is None:
            return None
        try:
            sealed = urlsafe_base64_decode(cursor)
            # Decoding passes over what no cursor of ours has in it.
            if urlsafe_base64_encode(sealed) != cursor:
                raise SealBroken
            before, at, row = json.loads(_key(settings.SECRET_KEY).open(sealed, place=self.sealed_for))
        except (SealBroken, ValueError) as error:
            raise _bad(
                "cursor", "This cursor does not belong to this list. Use the URLs of `next` and `previous`."
            ) from error
        return Place(before, datetime.fromisoformat(at), self.key.to_python(row))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": ["string", "null"], "format": "uri"}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [
            {"name": "limit", "in": "query", "schema": limit, "description": "How many results a page has at most."},
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string", "pattern": r"^[A-Za-z0-9_-]+$"},
                "description": "A place in the list, as the URLs in `next` and `previous` have it.",
            },
        ]


@cache
def _key(secret: str) -> Key:
    return Key(hmac.digest(secret.encode(), b"authspine.api.pagination", "sha256"))


def _limit(typed: str | None) -> int:
    if typed is None:
        return DEFAULT_LIMIT
    if re.fullmatch("[0-9]{1,3}", typed) and 1 <= int(typed) <= MAX_LIMIT:
        return int(typed)
    raise _bad("limit", f"Must be a whole number between 1 and {MAX_LIMIT}.")


def _bad(parameter: str, detail: str) -> Invalid:
    return Invalid(f"{parameter}: {detail}", faults=(FieldFault(parameter, "invalid", detail),))
