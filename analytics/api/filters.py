"""Which events are meant, as query parameters of a report or an export. They combine with AND."""

from typing import Any

from rest_framework.serializers import ListField

from analytics.queries import Filters
from authspine.api.fields import IdField, InstantField, LineField
from authspine.api.serializers import StrictSerializer


class Period(StrictSerializer):
    """`start` is included, `end` is not."""

    start = InstantField(required=False)
    end = InstantField(required=False)


class EventQuery(Period):
    event_type = ListField(child=LineField(max_length=100), max_length=100, required=False)
    user = IdField(required=False)
    session_id = LineField(required=False)


def filters(asked: dict[str, Any]) -> Filters:
    return Filters(
        start=asked.get("start"),
        end=asked.get("end"),
        types=asked.get("event_type", ()),
        user=asked.get("user"),
        session_id=asked.get("session_id"),
    )
