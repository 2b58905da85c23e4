"""Export and import of everything over HTTP, for keys and members with the scope `admin`."""

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.http import StreamingHttpResponse
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.documents import DocumentSchema, document
from authspine.api.fields import LineField, WholeNumberField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import exporting, importing
from authspine.orchestrator.exporting import FORMAT, VERSION
from authspine.orchestrator.importing import original
from authspine.orchestrator.importing.document import KINDS


class ExportViewSet(ScopedViewSet):
    """Everything of the organization as a file."""

    schema = DocumentSchema()
    media_types = ("application/json",)
    scopes = {"export": "admin"}
    own_scopes = frozenset({"export"})

    def export(self, request: Request) -> StreamingHttpResponse:
        """Everything, each kind in order of creation: what `/import` takes."""
        caller = self.caller
        pieces = exporting.export(caller.organization, caller.actor)
        return document(pieces, media_type="application/json", filename=f"{caller.organization.slug}.json")


class DocumentIn(StrictSerializer):
    """An export, of this platform or of the original one; what is in it is judged record by record."""

    def to_internal_value(self, sent: Any) -> Any:
        return {"document": sent}


def _described(sections: Iterable[str], **head: Any) -> dict[str, Any]:
    lists = {section: {"type": "array", "items": {}} for section in sections}
    return {"type": "object", "properties": head | lists, "required": list(head), "additionalProperties": False}


class DocumentDescription(OpenApiSerializerExtension):
    """The two formats in the schema."""

    target_class = DocumentIn

    def map_serializer(self, auto_schema: Any, direction: Any) -> dict[str, Any]:
        own = _described(KINDS, format={"const": FORMAT}, version={"const": VERSION})
        theirs = _described(original.SECTIONS.values()) | {"minProperties": 1}
        return {"anyOf": [own, theirs]}


class RefusedOut(serializers.Serializer[Any]):
    kind = LineField()
    id = LineField(allow_null=True)
    code = LineField()
    detail = LineField()


class ImportReportOut(serializers.Serializer[Any]):
    imported = serializers.DictField(child=WholeNumberField())
    unchanged = serializers.DictField(child=WholeNumberField())
    refused = RefusedOut(many=True)


class ImportViewSet(ScopedViewSet):
    """Bring in an export."""

    shown_as = ImportReportOut
    takes = {"bring_in": DocumentIn}
    scopes = {"bring_in": "admin"}
    own_scopes = frozenset({"bring_in"})
    max_body_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    max_json_depth = settings.MAX_IMPORT_JSON_DEPTH

    def bring_in(self, request: Request) -> Response:
        """Wrong records are refused one by one, the rest comes in, and a second import adds nothing."""
        return self.carry_out(importing.import_document, self.show, **self.sent())
