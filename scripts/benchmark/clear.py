"""The same in clear: a twin of the clients' table for a search by pg_trgm, and the product without its seals."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from django.db import connections, models
from django.db.models import QuerySet

from authspine.kernel.text import digits, email_key, search_text, words
from authspine.privacy import fields, people
from clients.models import Client

_TABLE = """
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    DROP TABLE IF EXISTS benchmark_clear;
    CREATE TABLE benchmark_clear (
        id uuid PRIMARY KEY, organization_id uuid NOT NULL, name text NOT NULL, email text NOT NULL,
        phone text NOT NULL, email_key text NOT NULL, search_text text NOT NULL, created_at timestamptz NOT NULL
    );
    GRANT SELECT, INSERT ON benchmark_clear TO authspine_app;
"""
_INDEXES = """
    CREATE INDEX ON benchmark_clear USING gin (search_text gin_trgm_ops);
    CREATE UNIQUE INDEX ON benchmark_clear (organization_id, email_key);
    CREATE INDEX ON benchmark_clear (organization_id, created_at DESC, id DESC);
"""
READY = "ANALYZE benchmark_clear; ANALYZE clients_client"


class Clear(models.Model):
    """A client in clear, without a policy: the server may ask any index."""

    id = models.UUIDField(primary_key=True)
    organization_id = models.UUIDField()
    name = models.TextField()
    email = models.TextField()
    phone = models.TextField()
    email_key = models.TextField()
    search_text = models.TextField()
    created_at = models.DateTimeField()

    class Meta:
        app_label = "benchmark"
        managed = False
        db_table = "benchmark_clear"


def make() -> None:
    _as_superuser(_TABLE)


def away() -> None:
    """The product starts beside no table that lacks a policy; a run that was broken off leaves this one there."""
    _as_superuser("DROP TABLE IF EXISTS benchmark_clear")


def index() -> None:
    _as_superuser(_INDEXES)
    _as_superuser(READY)


def twin(client: Client) -> Clear:
    return Clear(
        id=client.id,
        organization_id=client.organization_id,
        name=client.name,
        email=client.email,
        phone=client.phone,
        email_key=email_key(client.email),
        search_text=search_text(client.name, client.email, phone=client.phone),
        created_at=client.created_at,
    )


def search(organization: Any, typed: str) -> "QuerySet[Clear]":
    """What the product's search means, by LIKE."""
    found = Clear.objects.filter(organization_id=organization.id).order_by("-created_at", "-id")
    for word in words(typed):
        meant = models.Q(search_text__contains=f" {word}")
        if digits(word) and not any(char.isalpha() for char in word):
            meant |= models.Q(search_text__contains=f"{digits(word)}|")
        found = found.filter(meant)
    return found


@contextmanager
def unsealed() -> Iterator[None]:
    """The product as it would be without encryption: the same columns hold the bytes of the text."""
    kind = fields._EncryptedField

    def sealed(field: Any, row: Any, value: Any) -> Any:
        return None if value is None else field.encoded(value)

    def opened(field: Any, row: Any, value: Any) -> Any:
        return field.decoded(bytes(value))

    def prepare(person: Any) -> None:
        person.data_key = b"-"

    with (
        mock.patch.object(kind, "sealed", sealed),
        mock.patch.object(kind, "opened", opened),
        mock.patch.object(people, "prepare", prepare),
        mock.patch.object(people, "preload"),
    ):
        yield


def _as_superuser(statements: str) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(statements)
        cursor.execute("SET ROLE authspine_owner")
