"""Events are facts: to be looked at, never to be changed."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, CharField, OuterRef, QuerySet, Subquery, UUIDField, When
from django.db.models.functions import Cast, Coalesce, Substr
from django.http import HttpRequest
from django.utils.text import Truncator
from unfold.paginator import InfinitePaginator

from analytics.models import AnalyticsEvent
from authspine.api.admin import columns
from authspine.api.admin.filters import WhenFilter
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.identity.models import User
from clients.models import Client
from professionals.models import Professional

_USER = "user:"
# An import takes events of other systems, whose actors are no logins here. Only what has the form of a UUID is cast to
# one, by which the login is found in the index of its key.
_LOGIN = f"^{_USER}[0-9a-f]{{8}}(-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}$"


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
    list_display = ("happened", "type", "about", "by", "told")
    list_filter = (TimeFilter,)
    search_fields = ("type",)
    search_help_text = "Type, such as booking.confirmed"
    ordering = ("-timestamp", "-id")
    # Counting all events would cost more than the page that is looked at.
    paginator = InfinitePaginator

    happened = columns.moment("timestamp", "happened", sortable=True)
    recorded = columns.moment("created_at", "recorded")
    about = columns.plain(lambda row: row.about_name or row.user, "about")
    by = columns.plain(lambda row: row.actor_email or row.actor.partition(":")[0], "by")
    told = columns.plain(lambda row: summary(row.data) or None, "data")

    fields = ("happened", "type", "about", "user", "by", "actor", "session_id", "data", "recorded", "id", "external_id")
    readonly_fields = fields

    def get_queryset(self, request: HttpRequest) -> QuerySet[AnalyticsEvent]:
        """With the names of whom it is about and who did it; an event outlives them, so no foreign key leads there."""
        clients = Client.objects.filter(id=OuterRef("user")).values("name")
        professionals = Professional.objects.filter(id=OuterRef("user")).values("name")
        actor_id = Cast(Substr(OuterRef("actor"), len(_USER) + 1), UUIDField())
        actors = User.objects.filter(id=actor_id).values("email")
        return (
            super()
            .get_queryset(request)
            .annotate(
                about_name=Coalesce(Subquery(clients), Subquery(professionals)),
                actor_email=Case(
                    When(actor__regex=_LOGIN, then=Subquery(actors)), default=None, output_field=CharField()
                ),
            )
        )

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[AnalyticsEvent], search_term: str) -> Any:
        return queryset.filter(type__startswith=search_term.strip().lower()) if search_term.strip() else queryset, False
