"""Who did what, over HTTP, for owners and administrators; and of one client."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import IdField, InstantField, LineField, WholeNumberField, WordField
from authspine.api.filters import FilterSet, IdFilter, InstantFilter, TextFilter, WordFilter
from authspine.api.views import ScopedViewSet
from authspine.audit import reading
from authspine.audit.models import AuditEntry
from authspine.privacy import entries
from clients import queries as client_queries


class EntryOut(serializers.Serializer[Any]):
    """Who wrote or looked, and what; a column's value, or [before, after]. Nothing that is sealed is opened."""

    at = InstantField()
    actor = LineField(max_length=None)
    address = LineField(max_length=None, allow_blank=True)
    request_id = LineField(max_length=None, allow_blank=True)
    verb = WordField(choices=AuditEntry.Verb.values)
    resource = LineField()
    row = IdField(allow_null=True)
    person = IdField(allow_null=True)
    people = serializers.ListField(child=IdField(), allow_null=True)
    changes = serializers.SerializerMethodField()
    number = WholeNumberField(allow_null=True)
    hash = serializers.SerializerMethodField(help_text="SHA-256 over the hash of the entry before, and this one.")

    def get_changes(self, entry: AuditEntry) -> dict[str, Any]:
        return entries.told(entry)

    def get_hash(self, entry: AuditEntry) -> str | None:
        return bytes(entry.hash).hex() if entry.hash else None


class AccessOut(serializers.Serializer[Any]):
    """Who saw or changed what of a client."""

    at = InstantField()
    actor = LineField(max_length=None)
    verb = WordField(choices=AuditEntry.Verb.values)
    resource = LineField()
    row = IdField(allow_null=True)
    request_id = LineField(max_length=None, allow_blank=True)
    fields_changed = serializers.SerializerMethodField(help_text="Their names.")

    def get_fields_changed(self, entry: AuditEntry) -> list[str]:
        return entries.fields(entry)


class EntryFilters(FilterSet):
    resource = TextFilter()
    row = IdFilter()
    person = IdFilter(method="of_person")
    actor = TextFilter()
    verb = WordFilter(words=AuditEntry.Verb.values)
    request_id = TextFilter()
    after = InstantFilter(field_name="at", lookup_expr="gte")
    before = InstantFilter(field_name="at", lookup_expr="lt")

    def of_person(self, rows: QuerySet[Any], name: str, person: UUID) -> QuerySet[Any]:
        return reading.about(person, rows)


class AuditViewSet(ScopedViewSet):
    """The audit: every row that was written, and every look at people."""

    resource = "audit"
    shown_as = EntryOut
    filterset_class = EntryFilters
    page_order = ("-at", "-id")

    def list(self, request: Request) -> Response:
        """Entries, newest first; `after` is included, `before` is not. `person` finds looks at them, too."""
        return self.page(reading.entries())


class AccessLogViewSet(ScopedViewSet):
    """Who saw or changed what is known of a client."""

    resource = "access_log"
    shown_as = AccessOut
    page_order = ("-at", "-id")

    def list(self, request: Request, id: UUID) -> Response:
        """Every look and every change, newest first; of an erased client, too."""
        return self.page(reading.about(client_queries.whole(id).id))
