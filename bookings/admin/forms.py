"""What is asked before a booking is moved."""

from typing import Any

from django import forms
from django.utils import timezone
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from authspine.api.admin.dialogs import ReasonForm
from authspine.kernel.validation import a_near_time


class CancelForm(ReasonForm):
    """Why, and whether it is the business that cancels."""

    waive_fee = forms.BooleanField(
        label="Waive the fee that the policy asks for", required=False, widget=UnfoldBooleanSwitchWidget
    )


class RescheduleForm(BaseDialogForm):
    """Another start, on the organization's clock."""

    starts_at = forms.DateTimeField(
        label="New start",
        validators=[a_near_time],
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=UnfoldAdminTextInputWidget(attrs={"type": "datetime-local"}),
    )
    override = forms.BooleanField(
        label="Any time that is free will do, also one that is not on offer",
        required=False,
        widget=UnfoldBooleanSwitchWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["starts_at"].help_text = f"In the zone {timezone.get_current_timezone_name()}"
