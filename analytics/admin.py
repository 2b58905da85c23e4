"""Events are facts: to be looked at, never to be changed."""

from typing import Any

from django.contrib import admin
from django.db.models import BinaryField, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.utils.text import Truncator
from unfold.paginator import InfinitePaginator

from analytics.models import AnalyticsEvent
from authspine.api.admin import columns
from authspine.api.admin.filters import WhenFilter
from authspine.api.admin.people import email_of, spoken
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.privacy.fields import Sealed
from clients.models import Client
from professionals.models import Professional


def summary(data: dict[str, Any]) -> str:
    """What an event tells, without the ids: they are for programs."""
    told = {name: value for name, value in data.items() if not name.endswith("Id")}
    spoken = (
        f"{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}" for name, value in told.items()
    )
    return Truncator(", ".join(spoken)).chars(80)


class TimeFilter(WhenFilter):
    title = "time"
    moment = "timestamp"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("today", "Today"), ("yesterday", "Yesterday"), ("last_week", "The last 7 days")]


@admin.register(AnalyticsEvent)
class AnalyticsEventAdmin(ReadOnlyAdmin):
    resource = "events"
    list_display = ("happened", "type", "about", "by", "told")
    list_filter = (TimeFilter,)
    search_fields = ("type",)
    search_help_text = "Type, such as booking.confirmed"
    ordering = ("-timestamp", "-id")
    # Counting all events would cost more than the page that is looked at.
    paginator = InfinitePaginator

    happened = columns.moment("timestamp", "happened", sortable=True)
    recorded = columns.moment("created_at", "recorded")
    about = columns.plain(lambda row: _about(row), "about")
    by = columns.plain(lambda row: spoken(row.actor, row.actor_email) or row.actor.partition(":")[0], "by")
    told = columns.plain(lambda row: summary(row.data) or None, "data")

    fields = ("happened", "type", "about", "user", "by", "actor", "session_id", "data", "recorded", "id", "external_id")
    readonly_fields = fields

    def every(self, request: HttpRequest) -> QuerySet[AnalyticsEvent]:
        """With whom it is about and who did it; an event outlives them, so no foreign key leads there."""
        clients = Client.objects.filter(id=OuterRef("user"))
        return (
            super()
            .every(request)
            .annotate(
                client_name=Subquery(clients.values("name"), output_field=BinaryField()),
                client_key=Subquery(clients.values("data_key")),
                professional_name=Subquery(Professional.objects.filter(id=OuterRef("user")).values("name")),
                actor_email=email_of("actor"),
            )
        )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[AnalyticsEvent], search_term: str) -> Any:
        return queryset.filter(type__startswith=search_term.strip().lower()) if search_term.strip() else queryset, False


def _about(event: Any) -> str:
    """The name of whom it is about, the client's as a read of the client would have opened it."""
    if event.client_key:
        client = Client(id=event.user, organization_id=event.organization_id, data_key=bytes(event.client_key))
        client.name = Sealed(event.client_name)
        return str(client.name)
    return str(event.professional_name or event.user)
