"""The export of events over HTTP."""

from django.http import StreamingHttpResponse
from rest_framework.request import Request

from analytics.api.filters import EventQuery, filters
from analytics.rules.documents import FORMATS
from authspine.api.documents import DocumentSchema, document
from authspine.api.fields import WordField
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import analytics

MEDIA_TYPES = {"csv": "text/csv", "json": "application/json"}


class ExportQuery(EventQuery):
    format = WordField(choices=sorted(FORMATS))


class EventExportViewSet(ScopedViewSet):
    """All events as a file."""

    resource = "events"
    schema = DocumentSchema()
    media_types = tuple(MEDIA_TYPES.values())
    asks = {"export": ExportQuery}
    own_scopes = frozenset({"export"})
    limited_as = {"export": "export"}

    def export(self, request: Request) -> StreamingHttpResponse:
        """Every event that passes the filters, oldest first, as CSV that no spreadsheet runs as formulas, or JSON."""
        asked = self.asked()
        pieces = analytics.export(
            self.caller.organization, self.caller.actor, format=asked["format"], filters=filters(asked)
        )
        return document(pieces, media_type=MEDIA_TYPES[asked["format"]], filename=f"events.{asked['format']}")
