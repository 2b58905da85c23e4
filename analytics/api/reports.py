"""The report on events, and conversion, over HTTP."""

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from analytics import queries as event_queries
from analytics.api.filters import EventQuery, Period, filters
from analytics.rules.buckets import Bucket
from authspine.api.fields import IdField, InstantField, LineField, TypedNumber, WholeNumberField, WordField, ZoneField
from authspine.api.pagination import DEFAULT_LIMIT, MAX_LIMIT
from authspine.api.views import ScopedViewSet
from authspine.orchestrator import analytics

BUCKETS = [bucket.value for bucket in Bucket]


class ReportQuery(EventQuery):
    bucket = WordField(choices=BUCKETS, required=False)
    by_user = WordField(choices=["true", "false"], required=False)
    limit = TypedNumber(least=1, most=MAX_LIMIT, required=False)
    cursor = IdField(required=False)


class PointOut(serializers.Serializer[Any]):
    bucket_start = InstantField()
    type = LineField(max_length=100)
    count = WholeNumberField()


class UserCountOut(serializers.Serializer[Any]):
    user = IdField()
    count = WholeNumberField()


class UserCountsOut(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = UserCountOut(many=True)


class ReportOut(serializers.Serializer[Any]):
    start = InstantField(allow_null=True)
    end = InstantField(allow_null=True)
    timezone = ZoneField()
    bucket = WordField(choices=BUCKETS)
    total_events = WholeNumberField()
    active_users = WholeNumberField()
    by_type = serializers.DictField(child=WholeNumberField())
    series = PointOut(many=True)
    by_user = UserCountsOut(required=False)


class ReportViewSet(ScopedViewSet):
    """What happened, counted."""

    resource = "reports"
    shown_as = ReportOut
    asks = {"retrieve": ReportQuery}
    limited_as = {"retrieve": "search"}
    snapshots = frozenset({"retrieve"})

    def retrieve(self, request: Request) -> Response:
        """Totals, counts by type, and a series by hour, day (the default), week or month of the organization's clock.

        `start` is included, `end` is not; without them it tells of all time. With `by_user=true` also a page of the
        counts by user, in the order of their ids.
        """
        asked = self.asked()
        wanted = filters(asked)
        report = analytics.report(wanted, bucket=asked.get("bucket", Bucket.DAY))
        if asked.get("by_user") == "true":
            report["by_user"] = self._users(event_queries.by_user(event_queries.matching(wanted)), asked)
        return self.show(report)

    def _users(self, rows: Any, asked: dict[str, Any]) -> dict[str, Any]:
        limit = asked.get("limit", DEFAULT_LIMIT)
        if "cursor" in asked:
            rows = rows.filter(user__gt=asked["cursor"])
        found = list(rows[: limit + 1])
        more = len(found) > limit
        url = self.request.build_absolute_uri()
        return {
            "next": replace_query_param(url, "cursor", found[limit - 1]["user"]) if more else None,
            "results": found[:limit],
        }


class ConversionQuery(Period):
    from_type = LineField(max_length=100)
    to_type = LineField(max_length=100)


class ConversionOut(serializers.Serializer[Any]):
    entered = WholeNumberField()
    converted = WholeNumberField()
    rate = serializers.FloatField(min_value=0, max_value=1)


class ConversionViewSet(ScopedViewSet):
    """From one thing to another, by distinct user."""

    resource = "reports"
    shown_as = ConversionOut
    asks = {"retrieve": ConversionQuery}
    limited_as = {"retrieve": "search"}

    def retrieve(self, request: Request) -> Response:
        """Of the users who did `from_type`, how many did `to_type` at or after their own first `from_type`."""
        asked = self.asked()
        return self.show(analytics.conversion(asked["from_type"], asked["to_type"], filters(asked)))
