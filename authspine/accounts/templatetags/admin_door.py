"""Whether a page of signing in shows the way to the admin."""

from typing import Any

from django import template

from authspine.api.admin import seat

register = template.Library()


@register.simple_tag(takes_context=True)
def may_enter(context: Any) -> bool:
    return seat.may_enter(context["request"])
