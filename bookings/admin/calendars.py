"""Sessions, and who is bound by them: to be looked at."""

from django.contrib import admin
from unfold.paginator import InfinitePaginator

from authspine.api.admin import columns
from authspine.api.admin.filters import SearchedFilter, WhenFilter
from authspine.api.admin.tenant import ReadOnlyAdmin
from bookings.models import Occupancy, Session


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    resource = "calendar"
    list_display = ("starts", "ends", "service_link", "professional_link", "seats", "bookings")
    list_filter = (WhenFilter, ("professional", SearchedFilter), ("service", SearchedFilter))
    list_select_related = ("service", "professional")
    search_fields = ("service__name", "professional__name")
    search_help_text = "The name of the service or of the professional"
    ordering = ("-starts_at", "-id")
    # Counting every session of years costs more than the page that is looked at.
    paginator = InfinitePaginator

    starts = columns.moment("starts_at", "starts", sortable=True)
    ends = columns.moment("ends_at", "ends")
    service_link = columns.link("service", "service")
    professional_link = columns.link("professional", "professional")
    seats = columns.plain(lambda row: f"{row.seats_taken} of {row.capacity}", "seats taken")
    bookings = columns.rows("bookings_booking", "session", "bookings")
    occupancies = columns.rows("bookings_occupancy", "session", "occupied time")
    made = columns.moment("created_at", "made")

    fields = (
        "service_link", "professional_link", "starts", "ends", "seats", "bookings", "occupancies",
        "made", "id", "external_id",
    )  # fmt: skip
    readonly_fields = fields


@admin.register(Occupancy)
class OccupancyAdmin(ReadOnlyAdmin):
    resource = "calendar"
    list_display = ("starts", "ends", "session_link", "who", "bound")
    reached_by = ("session",)
    list_filter = ("active", WhenFilter)
    list_select_related = ("session__professional",)
    ordering = ("-id",)
    paginator = InfinitePaginator

    starts = columns.moment("starts_at", "from", sortable=True)
    ends = columns.moment("ends_at", "to")
    session_link = columns.link("session", "session", text=lambda session: columns.spoken(session.starts_at))
    who = columns.link("session.professional", "professional")
    bound = columns.state(lambda row: "bound" if row.active else "free", "state", {"bound": "info"}, order="active")
    made = columns.moment("created_at", "made")

    fields = ("session_link", "who", "starts", "ends", "bound", "made", "id", "external_id")
    readonly_fields = fields
