"""What is asked before a booking is moved."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminSelect2Widget, UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from authspine.api.admin.dialogs import ReasonForm
from authspine.api.admin.seat import visible
from authspine.kernel import clock
from authspine.kernel.validation import a_near_time
from bookings import queries as booking_queries
from bookings.models import Booking
from professionals import queries as professional_queries
from professionals.models import Professional
from services import queries as service_queries


class CancelForm(ReasonForm):
    """Why, and whether it is the business that cancels."""

    waive_fee = forms.BooleanField(
        label="Waive the fee that the policy asks for", required=False, widget=UnfoldBooleanSwitchWidget
    )


class ConfirmForm(BaseDialogForm):
    """Whether it may be confirmed although answers are missing, where they are."""

    override = forms.BooleanField(
        label="Also without the answers that are still missing", required=False, widget=UnfoldBooleanSwitchWidget
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not booking_queries.lacks_answers(_booking(self)):
            del self.fields["override"]

    def bound_to(self, journey: Callable[..., object]) -> Callable[[UUID], object]:
        """The journey with what was said here."""
        return partial(journey, override=self.cleaned_data.get("override", False))


class RescheduleForm(BaseDialogForm):
    """Another start, on the organization's clock, with the same professional or with another who offers it."""

    starts_at = forms.DateTimeField(
        label="New start",
        validators=[a_near_time],
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    professional: Any = forms.ModelChoiceField(
        queryset=None,  # found in the scope of the request
        required=False,
        empty_label="whoever has it now",
        label="With",
        widget=UnfoldAdminSelect2Widget,
    )
    override = forms.BooleanField(
        label="Any time that is free will do, also one that is not on offer",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].help_text = f"In the zone {timezone.get_current_timezone_name()}"
        self.fields["professional"].queryset = visible(self.request, _who_offers(_booking(self)))


def _who_offers(booking: Booking) -> QuerySet[Professional]:
    """Whoever offers what is booked."""
    offers = service_queries.offers_of([booking.session.service_id])
    return professional_queries.present().filter(id__in=offers.order_by().values("professional"))


def _booking(form: BaseDialogForm) -> Booking:
    """The booking that is asked about, which was found before anything is asked."""
    return booking_queries.get(UUID(str(form.object_id)), now=clock.now())
