"""Export and import of everything over HTTP, for keys and members with the scope `admin`."""

from collections.abc import Iterable
from typing import Any, Final

from django.conf import settings
from django.http import StreamingHttpResponse
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.documents import DocumentSchema, document
from authspine.api.fields import LineField, WholeNumberField, WordField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.kernel.crypto import Key
from authspine.kernel.errors import Invalid
from authspine.orchestrator import exporting, importing
from authspine.orchestrator.exporting import FORMAT, VERSION
from authspine.orchestrator.exporting.sealing import HEADER, read_key
from authspine.orchestrator.importing import original
from authspine.orchestrator.importing.document import KINDS

SEALED: Final = {
    "type": "object",
    "description": "In a sealed export: its own id, and that of the key which opens it.",
    "properties": {"document": {"type": "string", "format": "uuid"}, "key": {"type": "string"}},
    "required": ["document", "key"],
    "additionalProperties": False,
}


class KeyOrClear(Invalid):
    """Neither a key nor a word that personal data may stand in clear, or both."""

    code = "export_key_required"
    detail = f"Send a key in the header {HEADER}, or ask for personal data in clear: with_personal_data=true."

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail, field=HEADER)


def _key_sent(request: Request) -> Key | None:
    """Raises BadExportKey."""
    sent = request.headers.get(HEADER)
    return None if sent is None else read_key(sent)


class ExportAsked(StrictSerializer):
    with_personal_data = WordField(choices=["true", "false"], required=False)


class ExportViewSet(ScopedViewSet):
    """Everything of the organization as a file."""

    resource = "export"
    schema = DocumentSchema()
    media_types = ("application/json",)
    asks = {"export": ExportAsked}
    takes_export_key = frozenset({"export"})
    own_scopes = frozenset({"export"})
    limited_as = {"export": "export"}

    def export(self, request: Request) -> StreamingHttpResponse:
        """Everything, each kind in order of creation: what `/import` takes.

        What is known of people is sealed under the key that the request has; in clear it stands there only with
        `with_personal_data=true`.
        """
        caller = self.caller
        pieces = exporting.export(caller.organization, caller.actor, key=self._key())
        return document(pieces, media_type="application/json", filename=f"{caller.organization.slug}.json")

    def _key(self) -> Key | None:
        """Raises KeyOrClear, BadExportKey."""
        in_clear, key = self.asked().get("with_personal_data") == "true", _key_sent(self.request)
        if in_clear and key:
            raise KeyOrClear(f"With with_personal_data=true nothing is sealed: leave {HEADER} out.")
        if not in_clear and not key:
            raise KeyOrClear
        return key


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
        own["properties"] |= {"sealed": SEALED}
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

    resource = "import"
    shown_as = ImportReportOut
    takes = {"bring_in": DocumentIn}
    own_scopes = frozenset({"bring_in"})
    limited_as = {"bring_in": "export"}
    takes_export_key = frozenset({"bring_in"})
    max_body_bytes = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    max_json_depth = settings.MAX_IMPORT_JSON_DEPTH

    def bring_in(self, request: Request) -> Response:
        """Wrong records are refused one by one, the rest comes in, and a second import adds nothing.

        A sealed export needs the key that it is sealed under.
        """
        key = _key_sent(request)
        return self.carry_out(importing.import_document, self.show, **self.sent(), key=key)
