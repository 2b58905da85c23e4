"""Somebody who uses the demo: opens pages, presses buttons, and reads what the pages say."""

import html
import re
from typing import Any, cast
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.test import Client
from django.urls import reverse

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from bookings.models import Booking


class Visitor:
    def __init__(self, organization: Organization, client: Client) -> None:
        self.organization = organization
        self.client = client

    def open(self, route: str, /, *ids: object, expect: int = 200, htmx: bool = False, **query: Any) -> str:
        """The text of a page."""
        headers = {"HX-Request": "true"} if htmx else {}
        response = self.client.get(reverse(f"demo:{route}", args=ids), query, headers=headers)
        assert response.status_code == expect, text(response)
        return text(response)

    def press(self, route: str, /, *ids: object, query: str = "", **fields: Any) -> str:
        """Send a form; the text of the page that it ends on, whether it went well or not."""
        response = self.client.post(reverse(f"demo:{route}", args=ids) + query, fields, follow=True)
        assert response.status_code == 200, text(response)
        return text(response)

    def booking(self, id: UUID) -> Booking:
        with organization_scope(self.organization, SYSTEM):
            return Booking.objects.select_related("session").get(id=id)


def text(response: HttpResponseBase) -> str:
    return html.unescape(b"".join(iter(cast(HttpResponse, response))).decode())


def said(page: str) -> str:
    """What the page says happened, or what is wrong, at its top."""
    found = re.search(r'<div class="note (?:success|error)".*?</div>\s*(?:</div>)?', page, re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def fault(page: str, field: str) -> str:
    """What stands beside a field."""
    found = re.search(rf'id="id_{field}_error">(.*?)</p>', page, re.DOTALL)
    return found[1].strip() if found else ""


def value(page: str, field: str) -> str:
    """What stands in an input."""
    found = re.search(rf'<input[^>]*name="{field}"[^>]*>', page)
    inside = re.search(r'value="([^"]*)"', found[0]) if found else None
    return inside[1] if inside else ""
