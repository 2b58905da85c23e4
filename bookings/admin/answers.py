"""What clients were asked, and answered: to be looked at, beside the booking and as a list of their own."""

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.utils.html import format_html, format_html_join
from unfold.paginator import InfinitePaginator

from authspine.api.admin import columns
from authspine.api.admin.tenant import ReadOnlyAdmin
from bookings import queries as booking_queries
from bookings.models import Booking, IntakeAnswers
from bookings.rules.intake import Answered

# Somebody wrote these: questions and answers are text, whatever stands in them.
LINE = '<div class="mb-2"><dt class="text-font-subtle-light dark:text-font-subtle-dark">{}{}</dt><dd>{}</dd></div>'


def show_answers(answered: Iterable[Answered]) -> Any:
    """Each question with its answer; None where nothing was asked."""
    lines = [(one["prompt"], " *" if one["required"] else "", one["answer"] or "–") for one in answered]
    return format_html('<dl class="whitespace-pre-line">{}</dl>', format_html_join("", LINE, lines)) if lines else None


def asked_of(booking: Booking) -> Any:
    """What a booking was asked, or would be asked now."""
    return show_answers(booking_queries.intake_of(booking).answers)


@admin.register(IntakeAnswers)
class IntakeAnswersAdmin(ReadOnlyAdmin):
    resource = "answers"
    list_display = ("answered", "booking_link", "client_link")
    list_select_related = ("booking__session__service", "client")
    ordering = ("-id",)
    paginator = InfinitePaginator

    answered = columns.moment("updated_at", "answered")
    first = columns.moment("created_at", "first answered")
    booking_link = columns.link("booking", "booking", text=lambda booking: str(booking.session.service))
    client_link = columns.link("client", "client")
    answers = columns.plain(lambda row: show_answers(row.content), "answers")

    fields = ("booking_link", "client_link", "answers", "answered", "first", "id", "external_id")
    readonly_fields = fields
