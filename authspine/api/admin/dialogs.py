"""Small forms over a page: a question before a move, with what it needs to know. Only their POST changes anything."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django_htmx.http import HttpResponseClientRedirect
from unfold.forms import BaseDialogForm
from unfold.widgets import UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from authspine.api.admin.refusals import REFUSALS, told


class ReasonForm(BaseDialogForm):
    """Why, in free words."""

    reason = forms.CharField(required=False, max_length=500, widget=UnfoldAdminTextareaWidget({"rows": 3}))


def text_field(label: str, *, required: bool = True, help_text: str = "", **attrs: Any) -> forms.CharField:
    """A line of text in the look of the admin."""
    return forms.CharField(
        label=label, required=required, help_text=help_text, widget=UnfoldAdminTextInputWidget(attrs=attrs)
    )


def move(request: HttpRequest, journey: Callable[[], object], *, did: str, back: str) -> HttpResponse:
    """Run a journey, tell how it went, and show the page it came from anew."""
    try:
        with transaction.atomic():
            journey()
    except REFUSALS as error:
        messages.error(request, told(error).detail)
    else:
        messages.success(request, did)
    return go(request, back)


def go(request: HttpRequest, page: str) -> HttpResponse:
    """To another page, also out of a dialog, whose answer htmx would swap into the dialog otherwise."""
    return HttpResponseClientRedirect(page) if getattr(request, "htmx", False) else HttpResponseRedirect(page)
