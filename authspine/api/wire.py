"""Where the web server hands over: what Django refuses while it reads the head of a request has an answer here too."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from authspine.api import pages
from authspine.kernel.errors import Unavailable


class ReadRequest(WSGIRequest):
    """A request whose head is not well formed is kept with its `flaw`, so that there is something to answer."""

    def __init__(self, environ: dict[str, Any]) -> None:
        self.flaw: BadRequest | None = None
        try:
            super().__init__(environ)
        except BadRequest as flaw:
            # Django has no handler around this, so any client's `Content-Type: x; y*=z''%41` would be a 500.
            super().__init__(environ | {"CONTENT_TYPE": ""})
            self.flaw = flaw


class Handler(WSGIHandler):
    """Django's, with a 400 for a request that has a flaw, and a 503 as long as `lets_in` is not true."""

    request_class = ReadRequest

    def __init__(self, *, lets_in: Callable[[], bool]) -> None:
        super().__init__()
        self.lets_in = lets_in

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        if not self.lets_in():
            return pages.unavailable(request, Unavailable())
        if isinstance(request, ReadRequest) and request.flaw:
            return pages.bad_request(request, request.flaw)
        return super().get_response(request)
