"""JSON out, whatever the Accept header says: a client that cannot read it gains nothing from a 406."""

from collections.abc import Iterable
from typing import Any

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class AlwaysFirst(DefaultContentNegotiation):
    """The view's first renderer. The body's media type is still looked at: only JSON is read."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type
