"""Bookings: looked at, and moved by the journeys of the orchestrator, one by one or many at once."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from unfold.contrib.filters.admin import DropdownFilter
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.paginator import InfinitePaginator

from authspine.api import narrowing
from authspine.api.admin import columns
from authspine.api.admin.dialogs import ReasonForm, move
from authspine.api.admin.filters import SearchedFilter, WhenFilter
from authspine.api.admin.refusals import each
from authspine.api.admin.seat import caller
from authspine.api.admin.tenant import ReadOnlyAdmin
from authspine.kernel import clock
from authspine.orchestrator import bookings
from bookings import queries as booking_queries
from bookings.admin.answers import asked_of
from bookings.admin.forms import CancelForm, ConfirmForm, RescheduleForm
from bookings.models import Booking
from bookings.rules import status as status_rules
from clients import queries as client_queries
from clients.models import Client

TONES: Mapping[str, str] = {
    "requested": "warning",
    "held": "warning",
    "confirmed": "info",
    "completed": "success",
    "cancelled": "danger",
    "no show": "danger",
    "declined": "danger",
}

# The move that each action makes; those that the table of moves does not allow now are not offered.
MOVES = {"complete": "completed", "no_show": "no_show", "cancel": "cancelled", "decline": "declined"}
# Both make it confirmed, each from a status of its own.
ONLY_FROM = {"confirm": "held", "approve": "requested"}


def reads_as(row: Any) -> str:
    """The public word for its state, at the moment at which the list was read."""
    return Booking.Status(row.reads_as).label.replace("_", " ")


class StatusFilter(DropdownFilter):
    """By what a booking reads as: a hold past its deadline is found under expired."""

    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(status.label, status.label.replace("_", " ").capitalize()) for status in Booking.Status]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Booking]) -> QuerySet[Booking]:
        if self.value() not in [status.label for status in Booking.Status]:
            return queryset
        return booking_queries.with_status(queryset, str(self.value()))


class StartFilter(WhenFilter):
    title = "start"
    moment = "session__starts_at"


def selected(journey: Callable[[UUID], object], description: str, did: str) -> Any:
    """An action on selected bookings: the same journey for each, in the order of the calendars that it locks."""

    @admin.action(description=description, permissions=["move"])
    def run(self: Any, request: HttpRequest, queryset: QuerySet[Booking]) -> None:
        rows = sorted(queryset[: self.list_per_page], key=lambda row: (str(row.session.professional_id), str(row.id)))
        each(request, [_Named(row) for row in rows], lambda row: journey(row.booking.id), did=did)

    return run


class _Named:
    """A booking as a message names it."""

    def __init__(self, booking: Booking) -> None:
        self.booking = booking

    def __str__(self) -> str:
        return (
            f"{self.booking.client} ({self.booking.session.service}, {columns.spoken(self.booking.session.starts_at)})"
        )


@admin.register(Booking)
class BookingAdmin(ReadOnlyAdmin):
    resource = "bookings"
    list_display = ("starts", "client_link", "status_word", "service_link", "professional_link", "total", "booked")
    reached_by = ("session",)
    list_filter = (
        StatusFilter,
        StartFilter,
        ("client", SearchedFilter),
        ("session__professional", SearchedFilter),
        ("session__service", SearchedFilter),
    )
    search_fields = ("client__tokens",)
    search_help_text = "The client's name, e-mail or end of the phone number"
    ordering = ("-created_at", "-id")
    paginator = InfinitePaginator
    actions = (
        "confirm_selected",
        "approve_selected",
        "decline_selected",
        "complete_selected",
        "no_show_selected",
        "cancel_selected",
    )
    actions_detail = ("confirm", "approve", "decline", "complete", "no_show", "reschedule", "cancel")

    starts = columns.moment("session.starts_at", "starts", sortable=True)
    ends = columns.moment("session.ends_at", "ends")
    client_link = columns.link("client", "client")
    session_link = columns.link("session", "session", text=lambda session: columns.spoken(session.starts_at))
    service_link = columns.link("session.service", "service")
    professional_link = columns.link("session.professional", "professional")
    vertical_link = columns.link("vertical", "vertical")
    status_word = columns.state(reads_as, "status", TONES)
    total = columns.money("total_cents", "total", sortable=True)
    deposit = columns.money("deposit_cents", "deposit")
    payments = columns.rows("payments_paymentintent", "booking", "payments")
    ledger = columns.rows("payments_ledgertransaction", "booking", "ledger")
    fee = columns.money("fee_cents", "fee")
    answers = columns.plain(asked_of, "answers")
    booked = columns.moment("created_at", "booked", sortable=True)
    deadline = columns.moment("hold_expires_at", "waits until")
    confirmed = columns.moment("confirmed_at", "confirmed")
    closed = columns.moment("closed_at", "over since")

    fieldsets = (
        (
            None,
            {
                "fields": (
                    "status_word",
                    "client_link",
                    "service_link",
                    "professional_link",
                    "starts",
                    "ends",
                    "timezone",
                )
            },
        ),
        ("Agreed", {"fields": ("total", "deposit", "fee", "payments", "ledger", "policy", "vertical_link", "notes")}),
        (
            "What happened",
            {"fields": ("booked", "deadline", "confirmed", "closed", "cancelled_by", "cancellation_reason")},
        ),
        ("Asked", {"fields": ("answers",)}),
        ("Record", {"fields": ("id", "external_id", "session_link", "version")}),
    )
    readonly_fields = tuple(name for _, part in fieldsets for name in part["fields"])

    def every(self, request: HttpRequest) -> QuerySet[Booking]:
        return booking_queries.listed(clock.now())

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Booking], search_term: str) -> Any:
        if not search_term.strip():
            return queryset, False
        found = client_queries.search(Client.objects.all(), search_term)
        return queryset.filter(client__in=found), False

    def has_move_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.may(request, "confirm")

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> Any:
        status = self.row(request, object_id).status_at(clock.now())
        offered = super().get_actions_detail(request, object_id)
        return [one for one in offered if self._is_open(one.action_name.removeprefix("bookings_booking_"), status)]

    @staticmethod
    def _is_open(name: str, status: str) -> bool:
        if name == "reschedule":
            return status in status_rules.RESCHEDULABLE
        if name in ONLY_FROM:
            return status == ONLY_FROM[name]
        return status_rules.can_move(status, MOVES[name])

    def _move(
        self, request: HttpRequest, object_id: str, journey: Callable[[UUID], object], did: str, form: Any = None
    ) -> HttpResponse:
        row = self.row(request, object_id)
        page = reverse("admin:bookings_booking_change", args=[row.id])

        def allowed() -> None:
            narrowing.check(caller(request), self.resource, form.cleaned_data if form else {})
            journey(row.id)

        return move(request, allowed, did=did, back=page)

    confirm_selected = selected(bookings.confirm, "Confirm", "confirmed")
    approve_selected = selected(bookings.approve, "Approve", "approved")
    decline_selected = selected(bookings.decline, "Decline", "declined")
    complete_selected = selected(bookings.complete, "Complete", "completed")
    no_show_selected = selected(bookings.mark_no_show, "Mark as no-show", "marked as no-show")
    cancel_selected = selected(bookings.cancel, "Cancel", "cancelled")

    @action(
        description="Confirm",
        permissions=["move"],
        icon="check",
        variant=ActionVariant.PRIMARY,
        dialog={"title": "Confirm this booking?", "form_class": ConfirmForm, "form_submit_text": "Confirm"},
    )
    def confirm(self, request: HttpRequest, form: ConfirmForm, object_id: str) -> HttpResponse:
        return self._move(request, object_id, form.bound_to(bookings.confirm), "The booking is confirmed.", form)

    @action(
        description="Approve",
        permissions=["move"],
        icon="check",
        variant=ActionVariant.PRIMARY,
        dialog={"title": "Say yes to this request?", "form_class": ConfirmForm, "form_submit_text": "Approve"},
    )
    def approve(self, request: HttpRequest, form: ConfirmForm, object_id: str) -> HttpResponse:
        return self._move(request, object_id, form.bound_to(bookings.approve), "The request is approved.", form)

    @action(
        description="Decline",
        permissions=["move"],
        icon="block",
        variant=ActionVariant.DANGER,
        dialog={"title": "Say no to this request?", "form_class": ReasonForm, "form_submit_text": "Decline"},
    )
    def decline(self, request: HttpRequest, form: ReasonForm, object_id: str) -> HttpResponse:
        reason = form.cleaned_data["reason"]
        return self._move(
            request, object_id, lambda found: bookings.decline(found, reason=reason), "The request is declined."
        )

    @action(
        description="Complete",
        permissions=["move"],
        icon="task_alt",
        variant=ActionVariant.PRIMARY,
        dialog={"title": "Has it taken place?", "form_submit_text": "Complete"},
    )
    def complete(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._move(request, object_id, bookings.complete, "The booking is completed.")

    @action(
        description="No-show",
        permissions=["move"],
        icon="person_off",
        dialog={"title": "Did the client not come?", "form_submit_text": "Mark as no-show"},
    )
    def no_show(self, request: HttpRequest, form: Any, object_id: str) -> HttpResponse:
        return self._move(request, object_id, bookings.mark_no_show, "The booking is marked as a no-show.")

    @action(
        description="Cancel",
        permissions=["move"],
        icon="cancel",
        variant=ActionVariant.DANGER,
        dialog={"title": "Cancel this booking?", "form_class": CancelForm, "form_submit_text": "Cancel the booking"},
    )
    def cancel(self, request: HttpRequest, form: CancelForm, object_id: str) -> HttpResponse:
        asked = form.cleaned_data
        return self._move(
            request,
            object_id,
            lambda found: bookings.cancel(found, reason=asked["reason"], waive_fee=asked["waive_fee"]),
            "The booking is cancelled.",
            form,
        )

    @action(
        description="Reschedule",
        permissions=["move"],
        icon="update",
        dialog={"title": "Give it another time", "form_class": RescheduleForm, "form_submit_text": "Reschedule"},
    )
    def reschedule(self, request: HttpRequest, form: RescheduleForm, object_id: str) -> HttpResponse:
        to = form.cleaned_data["starts_at"]
        override = form.cleaned_data["override"]
        who = form.cleaned_data["professional"]
        return self._move(
            request,
            object_id,
            lambda found: bookings.reschedule(
                found, starts_at=to, professional=who.id if who else None, override=override
            ),
            f"The booking is now on {columns.spoken(to)}.",
            form,
        )
