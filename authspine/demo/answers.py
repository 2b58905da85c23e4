"""How a visitor is answered: what was done, with a link to it, or what is wrong, beside the field it is about."""

from collections.abc import Callable, Mapping

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.utils.html import format_html

from authspine.demo.visit import DemoRequest, Visit
from authspine.kernel.errors import Missing, PlatformError

# Where the record calls a field otherwise than the form.
ALIASES = {"price_cents": "price", "deposit_cents": "deposit"}


def attempt[T](
    visit: Visit, form: forms.BaseForm, journey: Callable[[], T], *, aliases: Mapping[str, str] = ALIASES
) -> T | None:
    """Run a journey in a scope of its own; a refusal is told on the form, and then nothing has been changed."""

    def in_scope() -> T:
        with visit.scope():
            return journey()

    return attempt_outside(form, in_scope, aliases=aliases)


def accepted(
    visit: Visit, form: forms.BaseForm, journey: Callable[[], object], *, aliases: Mapping[str, str] = ALIASES
) -> bool:
    """Whether the form is valid and its journey, which gives nothing that is needed, was not refused."""
    return form.is_valid() and attempt(visit, form, lambda: bool(journey()) or True, aliases=aliases) is not None


def attempt_outside[T](
    form: forms.BaseForm, journey: Callable[[], T], *, aliases: Mapping[str, str] = ALIASES
) -> T | None:
    """As `attempt`, for a journey that opens scopes of its own."""
    try:
        return journey()
    except PlatformError as refusal:
        tell(form, refusal, aliases)
        return None


def tell(form: forms.BaseForm, refusal: PlatformError, aliases: Mapping[str, str] = ALIASES) -> None:
    """Put each fault beside its field; what has no field here stands at the top."""
    if not refusal.faults:
        form.add_error(None, refusal.detail)
    for fault in refusal.faults:
        name = aliases.get(fault.field, fault.field)
        form.add_error(name if name in form.fields else None, fault.detail)


def done(request: DemoRequest, message: str, *, at: str, named: str = "", then: str = "") -> HttpResponse:
    """Say what happened, link to it, and go on from there, so that a reload repeats nothing."""
    link = format_html(' <a href="{}">{}</a>', at, named) if named else ""
    messages.success(request, format_html("{}{}", message, link))
    return HttpResponseRedirect(then or at)


def move(request: DemoRequest, journey: Callable[[], object], *, did: str, back: str) -> HttpResponse:
    """A button without a form: run the journey in a scope, and tell on the page it came from how it went."""

    def in_scope() -> object:
        with request.visit.scope():
            return journey()

    return move_outside(request, in_scope, did=did, back=back)


def move_outside(request: DemoRequest, journey: Callable[[], object], *, did: str, back: str) -> HttpResponse:
    """As `move`, for a journey that opens scopes of its own."""
    try:
        journey()
    except Missing:
        raise
    except PlatformError as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, did)
    return HttpResponseRedirect(back)
