"""Where the web server hands over: what Django refuses while it reads the head of a request has an answer here too.

Every request gets an id here, which its lines in the log and its answer carry, and one line about itself.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import parse_header_parameters

from authspine.api import pages
from authspine.api.address import address_in
from authspine.api.edge import guarded
from authspine.kernel import trace
from authspine.kernel.errors import Unavailable

REQUEST_ID: Final = "X-Request-ID"
# Any word may be sent as a method.
METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})

logger = logging.getLogger("authspine.requests")


class ReadRequest(WSGIRequest):
    """A request whose head is not well formed is kept with its `flaw`, so that there is something to answer.

    Its text is UTF-8: another charset is a flaw, whatever it names. Django would read text by any codec of Python's,
    and those that are none for text, and those that cannot write what they have read, end in a 500 somewhere.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        self.flaw: BadRequest | SuspiciousOperation | None = None
        try:
            _refuse_charset(environ.get("CONTENT_TYPE", ""))
            super().__init__(environ)
        except (BadRequest, SuspiciousOperation) as flaw:
            # Django has no handler around this, so any client's `Content-Type: x; y*=z''%41` would be a 500, and so
            # would a query of too many parameters, which is read here only where the type has a charset.
            super().__init__(environ | {"CONTENT_TYPE": ""})
            self.flaw = flaw


def _refuse_charset(content_type: str) -> None:
    """Raises BadRequest."""
    if "*" in content_type:
        # An extended parameter (RFC 8187) names a codec, and Python keeps every name that it has ever looked up.
        raise BadRequest("The Content-Type has a parameter of its own encoding.")
    try:
        named = parse_header_parameters(content_type)[1].get("charset", "utf-8")
    except ValueError as error:
        raise BadRequest("The Content-Type is not well formed.") from error
    if named.lower() not in ("utf-8", "utf8"):
        raise BadRequest("The charset is not UTF-8.")


class Handler(WSGIHandler):
    """Django's, with a 400 for a request that has a flaw, and a 503 as long as `lets_in` is not true."""

    request_class = ReadRequest

    def __init__(self, *, lets_in: Callable[[], bool]) -> None:
        super().__init__()
        self.lets_in = lets_in

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        # Before anything is read, and until the next request in this thread: an answer may be streamed, and the web
        # server has its own words.
        trace.begin(trace.accepted(environ.get("HTTP_X_REQUEST_ID")), address=address_in(environ))
        return super().__call__(environ, start_response)

    def get_response(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self._answer(request)
        work = trace.current()
        assert work is not None
        response[REQUEST_ID] = work.id
        tell(request, response, time.perf_counter() - began)
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        if not self.lets_in():
            return guarded(request, lambda request: pages.unavailable(request, Unavailable()))
        if isinstance(request, ReadRequest) and (flaw := request.flaw):
            return guarded(request, lambda request: pages.bad_request(request, flaw))
        return super().get_response(request)


def tell(request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
    """The line of a request. It names the route as a pattern: a path has ids, and whatever somebody typed."""
    method = request.method if request.method in METHODS else "other"
    route = request.resolver_match.route if request.resolver_match else None
    status = response.status_code
    level = logging.ERROR if status >= 500 else logging.WARNING if status >= 400 else logging.INFO
    line = {"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1)}
    logger.log(level, "A request was answered.", extra={"request_line": line})
