"""Filters of lists: those beyond single columns, and what each asks by."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.contrib.admin.utils import get_fields_from_path
from django.db.models import DateField, Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from unfold.contrib.filters.admin import AutocompleteSelectFilter, DropdownFilter, RelatedDropdownFilter

from authspine.api.admin.seat import visible

# What filters of lists ask of a column. A look-up that none of them asks may take no single value, and break the page.
LOOKUPS = ("exact", "isnull", "isempty")
DATE_LOOKUPS = (*LOOKUPS, "gte", "lt", "year", "month", "day")


def takes(model: type[Model], declared: Any, parameter: str) -> bool:
    """Whether a filter that is declared like this, as the lists of an admin are, asks by this parameter."""
    name = declared[0] if isinstance(declared, tuple) else declared
    if not isinstance(name, str):
        return bool(parameter == name.parameter_name)
    field: Any = get_fields_from_path(model, name)[-1]
    if field.is_relation:
        return parameter in (f"{name}__{field.target_field.name}__exact", f"{name}__isnull")
    lookups = DATE_LOOKUPS if isinstance(field, DateField) else LOOKUPS
    return parameter in (name, *(f"{name}__{lookup}" for lookup in lookups))


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


class VisibleFilter(RelatedDropdownFilter):
    """By one of the rows that it refers to, among those that the user may see."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        seen = visible(request, field.remote_field.model._default_manager.all())
        ordering = self.field_admin_ordering(field, request, model_admin)
        return field.get_choices(include_blank=False, ordering=ordering, limit_choices_to={"pk__in": seen.values("pk")})


class SearchedFilter(AutocompleteSelectFilter):
    """By a row that is searched for; the one that is asked for is named to whoever may see it."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice in super().choices(changelist):
            asked = choice["form"].fields[self.lookup_kwarg]
            asked.queryset = visible(self.request, asked.queryset)
            yield choice


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
