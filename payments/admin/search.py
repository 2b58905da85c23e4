"""How money is found: by whose it is, and by the id of the booking that it is for."""

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from clients import queries as client_queries
from clients.models import Client

HELP = "The client's name, e-mail or end of the phone number, or the id of the booking"


def of_client(path: str, typed: str) -> Q:
    """Rows at whose `path` stands a client that is found by these words."""
    return Q(**{f"{path}__in": client_queries.search(Client.objects.all(), typed)})


def of_booking(rows: QuerySet[Any], path: str, typed: str, *, also: Q | None = None) -> QuerySet[Any]:
    """Rows of the booking at `path` with this id, or of a client's bookings, or those that `also` finds."""
    typed = typed.strip()
    if not typed:
        return rows
    found = of_client(f"{path}__client", typed) | (also or Q())
    with suppress(ValueError):  # words are no id
        found |= Q(**{path: UUID(typed)})
    return rows.filter(found)
