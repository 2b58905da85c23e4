"""The page that says who saw or changed what is known of a person, as `GET /clients/{id}/access-log` does."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.http import urlencode

from authspine.api.admin import columns
from authspine.api.admin.seat import may
from authspine.audit import reading
from authspine.audit.models import AuditEntry
from authspine.privacy import entries

TONES = {"create": "success", "change": "warning", "delete": "danger", "read": "info"}
SIZE = 50


def shown(request: HttpRequest, person: Any, *, back: str, context: dict[str, Any]) -> HttpResponse:
    """A page of entries about a person; anything that is no number of a page is the first."""
    asked = request.GET.get("page", "")
    number = max(int(asked), 1) if asked.isascii() and asked.isdigit() and len(asked) < 5 else 1
    # One more than is shown: counting all entries would cost more than the page that is looked at.
    rows = list(reading.about(person.id).order_by("-at", "-id")[(number - 1) * SIZE : number * SIZE + 1])
    about = urlencode({"q": person.id})
    whole = f"{reverse('admin:audit_auditentry_changelist')}?{about}" if may(request, "audit", "read") else ""
    table = {"headers": ["when", "what", "of", "columns", "by"], "rows": [_cells(entry) for entry in rows[:SIZE]]}
    pages = {"newer": number - 1, "older": number + 1 if len(rows) > SIZE else None}
    more = {"title": "Who saw and changed it", "back": back, "whole": whole, "table": table}
    return TemplateResponse(request, "admin/access_log.html", {**context, **more, **pages})


def _cells(entry: AuditEntry) -> list[Any]:
    what, when = columns.show_state(entry.verb, TONES), columns.show_moment(entry.at)
    return [when, what, entry.resource, ", ".join(entries.fields(entry)), entry.actor]
