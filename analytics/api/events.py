"""Events over HTTP. A caller's own can be added; none can be changed."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from analytics import queries as event_queries
from analytics.queries import Filters
from analytics.rules import event_types
from authspine.api.fields import IdField, InstantField, LineField, ObjectField
from authspine.api.filters import FilterSet, IdFilter, InstantFilter, TextFilter
from authspine.api.serializers import ExternalId, ResourceOut
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import analytics


class CustomTypeField(LineField):
    """A type that a caller may write; the journey judges it."""

    def described(self) -> dict[str, Any]:
        own = "|".join(sorted(event_types.RESERVED_FAMILIES))
        pattern = rf"^(?!({own})\.){event_types.PATTERN}$"
        return {"type": "string", "maxLength": self.max_length, "pattern": pattern}


class EventIn(ExternalId):
    type = CustomTypeField(max_length=event_types.MAX_LENGTH)
    timestamp = InstantField(required=False)
    user = IdField(required=False, allow_null=True)
    session_id = LineField(required=False, allow_blank=True)
    data = ObjectField(required=False)  # type: ignore[assignment]


class EventOut(ResourceOut):
    type = LineField(max_length=100)
    timestamp = InstantField()
    user = IdField(allow_null=True)
    session_id = LineField(allow_blank=True)
    data = ObjectField()  # type: ignore[assignment]


class EventFilters(FilterSet):
    start = InstantFilter(field_name="timestamp", lookup_expr="gte")
    end = InstantFilter(field_name="timestamp", lookup_expr="lt")
    event_type = TextFilter(field_name="type")
    user = IdFilter(field_name="user")
    session_id = TextFilter(field_name="session_id")


class EventViewSet(ScopedViewSet):
    """What happened. The platform's own events are written with the change that they tell of."""

    resource = "events"
    shown_as = EventOut
    takes = {"create": EventIn}
    filterset_class = EventFilters
    page_order = ("-timestamp", "-id")

    def list(self, request: Request) -> Response:
        """Events, newest first; `start` is included, `end` is not."""
        return self.page(event_queries.matching(Filters()))

    def create(self, request: Request) -> Response:
        """Track an event of your own. Types whose first word is the platform's are `reserved_type`."""
        return self.created(analytics.track(**self.sent()), "event")

    def retrieve(self, request: Request, id: UUID) -> Response:
        """One event."""
        return self.show(event_queries.get(id))
