"""Who did what, over HTTP, for owners and administrators; and of one client."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import IdField, InstantField, LineField, ObjectField, WholeNumberField, WordField
from authspine.api.filters import FilterSet, IdFilter, InstantFilter, TextFilter, WordFilter
from authspine.api.views import ScopedViewSet
from authspine.audit import reading
from authspine.audit.models import AuditEntry
from authspine.privacy import entries
from clients import queries as client_queries


class ChangesField(ObjectField):
    """Nothing that is sealed is opened."""

    def get_attribute(self, instance: AuditEntry) -> dict[str, Any]:
        return entries.told(instance)


class HashField(LineField):
    def to_representation(self, value: Any) -> str:
        return bytes(value).hex()


class ChangedField(serializers.ListField):
    def get_attribute(self, instance: AuditEntry) -> list[str]:
        return entries.fields(instance)


class AuditEntryOut(serializers.Serializer[Any]):
    """Who wrote or looked. `changes` has values by column, or [before, after] where a row was changed."""

    at = InstantField()
    actor = LineField()
    address = LineField(allow_blank=True)
    request_id = LineField(allow_blank=True)
    verb = WordField(choices=AuditEntry.Verb.values)
    resource = LineField()
    row = IdField(allow_null=True)
    person = IdField(allow_null=True)
    people = serializers.ListField(child=IdField(), allow_null=True)
    changes = ChangesField()
    number = WholeNumberField(allow_null=True)
    hash = HashField(allow_null=True)


class AccessLogOut(serializers.Serializer[Any]):
    """Who saw or changed what of a client. `changed` has the names of what was changed."""

    at = InstantField()
    actor = LineField()
    verb = WordField(choices=AuditEntry.Verb.values)
    resource = LineField()
    row = IdField(allow_null=True)
    request_id = LineField(allow_blank=True)
    changed = ChangedField(child=LineField())


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
    shown_as = AuditEntryOut
    filterset_class = EntryFilters
    page_order = ("-at", "-id")

    def list(self, request: Request) -> Response:
        """Entries, newest first; `after` is included, `before` is not. `person` finds looks at them, too."""
        return self.page(reading.entries())


class AccessLogViewSet(ScopedViewSet):
    """Who saw or changed what is known of a client."""

    resource = "access_log"
    shown_as = AccessLogOut
    page_order = ("-at", "-id")

    def list(self, request: Request, id: UUID) -> Response:
        """Every look and every change, newest first; of an erased client, too."""
        return self.page(reading.about(client_queries.whole(id).id))
