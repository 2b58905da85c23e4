"""Columns of lists and lines of detail pages: times with their zone, money, states in words, links between rows.

Each function makes a column for an admin class; `path` leads from the row to the value, over dots.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import reduce
from typing import Any

from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode

from authspine.kernel.money import Money, format_money

type Column = Callable[[Any, Any], Any]

# Unfold's tones: success, warning, danger, info.
Tones = Mapping[str, str]

LINK = "text-primary-600 hover:underline dark:text-primary-400"


def value_at(row: Any, path: str) -> Any:
    """The value at the path's end; None where something on the way is missing."""
    return reduce(lambda found, name: None if found is None else getattr(found, name), path.split("."), row)


def _column(show: Callable[[Any], Any], title: str, order: str | None = None) -> Column:
    def column(admin: Any, row: Any) -> Any:
        return show(row)

    column.short_description = title  # type: ignore[attr-defined]
    column.empty_value_display = "–"  # type: ignore[attr-defined]
    if order:
        column.admin_order_field = order  # type: ignore[attr-defined]
    return column


def moment(path: str, title: str, *, sortable: bool = False) -> Column:
    """A time on the organization's clock, with the zone's short name; its exact form is the title."""
    order = path.replace(".", "__") if sortable else None
    return _column(lambda row: show_moment(value_at(row, path)), title, order)


def show_moment(at: datetime | None) -> Any:
    if at is None:
        return None
    exact = f"{timezone.localtime(at).isoformat(timespec='seconds')} {timezone.get_current_timezone_name()}"
    return format_html(
        '<time class="whitespace-nowrap" datetime="{}" title="{}">{}</time>', at.isoformat(), exact, spoken(at)
    )


def spoken(at: datetime) -> str:
    """`Wed 2 Dec 2026, 10:00 CET`."""
    local = timezone.localtime(at)
    return f"{local:%a} {local.day} {local:%b %Y, %H:%M} {local:%Z}"


def money(cents: str, title: str, *, currency: str = "currency", sortable: bool = False) -> Column:
    """An amount in its currency's form."""

    def show(row: Any) -> str:
        return format_money(Money(value_at(row, cents), value_at(row, currency)))

    return _column(show, title, cents.replace(".", "__") if sortable else None)


def link(path: str, title: str, *, text: Callable[[Any], str] = str) -> Column:
    """The row at the path's end, as a link to its page; `text` says how that row is called."""
    return _column(lambda row: show_link(value_at(row, path), text), title)


def show_link(row: Model | None, text: Callable[[Any], str] = str) -> Any:
    if row is None:
        return None
    page = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])
    return format_html('<a class="{}" href="{}">{}</a>', LINK, page, text(row))


def rows(model: str, field: str, title: str) -> Column:
    """A link to the list of a model's rows (`bookings_booking`) whose `field` is this row."""

    def show(row: Any) -> Any:
        query = urlencode({f"{field}__id__exact": row.pk})
        return format_html('<a class="{}" href="{}?{}">Show</a>', LINK, reverse(f"admin:{model}_changelist"), query)

    return _column(show, title)


def state(word: Callable[[Any], str], title: str, tones: Tones, *, order: str | None = None) -> Column:
    """A state as a word, with a colour beside it."""
    return _column(lambda row: show_state(word(row), tones), title, order)


def show_state(word: str, tones: Tones) -> Any:
    return render_to_string("unfold/helpers/label.html", {"text": word.replace("_", " "), "type": tones.get(word, "")})


def plain(show: Callable[[Any], Any], title: str, *, order: str | None = None) -> Column:
    """Whatever the function makes of the row."""
    return _column(show, title, order)
