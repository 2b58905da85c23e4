"""Filters of lists beyond those of single columns."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import DropdownFilter


class PresentFilter(DropdownFilter):
    """Who was deleted but has a history is out of sight unless asked for."""

    title = "presence"
    parameter_name = "deleted"
    all_option = None

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("no", "Present"), ("yes", "Deleted"), ("all", "All")]

    def value(self) -> str:
        return super().value() or "no"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(deleted_at__isnull=self.value() != "yes")


class WhenFilter(DropdownFilter):
    """By the local date of `moment`, in the organization's zone."""

    title = "when"
    parameter_name = "when"
    moment = "starts_at"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("today", "Today"),
            ("tomorrow", "Tomorrow"),
            ("week", "The next 7 days"),
            ("upcoming", "From now on"),
            ("past", "Past"),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        since, until = self._span()
        if since:
            queryset = queryset.filter(**{f"{self.moment}__gte": since})
        if until:
            queryset = queryset.filter(**{f"{self.moment}__lt": until})
        return queryset

    def _span(self) -> tuple[datetime | None, datetime | None]:
        now = timezone.localtime()
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        spans: dict[str | None, tuple[datetime | None, datetime | None]] = {
            "today": (today, today + timedelta(days=1)),
            "tomorrow": (today + timedelta(days=1), today + timedelta(days=2)),
            "week": (today, today + timedelta(days=7)),
            "upcoming": (now, None),
            "past": (None, now),
            "yesterday": (today - timedelta(days=1), today),
            "last_week": (today - timedelta(days=6), None),
        }
        return spans.get(self.value(), (None, None))
