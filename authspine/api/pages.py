"""What the whole site answers when no view did: problem+json under /api/, a plain page elsewhere.

A database that is away is a 503 here too, also for the demo and the admin, by looking at the exception.
"""

import json
import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from authspine.api.errors import PROBLEM_JSON, as_platform_error, problem, status_of
from authspine.kernel.errors import Conflict, Unavailable

_PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/static/api/page.css"></head>
<body>
<h1>{title}</h1><p>{detail}</p><p><a href="/">Back to the start</a></p></body></html>"""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 400, "The request is not well formed.")


def in_pieces(request: HttpRequest) -> HttpResponse:
    return _answer(request, 400, "Send the body in one piece, with its Content-Length.")


def too_large(request: HttpRequest) -> HttpResponse:
    return _answer(request, 413, "The body is too large.")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 403, "You do not have permission to do this.")


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, 404, "There is nothing at this address.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Called while the exception is being handled."""
    error = sys.exception()
    told = as_platform_error(error) if error else None
    if isinstance(told, Unavailable):
        return unavailable(request, told)
    if isinstance(told, Conflict):
        # What a constraint refused at the commit, when the page was made already.
        return _answer(request, status_of(told), told.detail)
    return _answer(request, 500, "Something went wrong on our side. It has been noted.")


def unavailable(request: HttpRequest, told: Unavailable) -> HttpResponse:
    response = _answer(request, status_of(told), told.detail)
    response["Retry-After"] = str(told.retry_after_seconds)
    return response


def _answer(request: HttpRequest, status: int, detail: str) -> HttpResponse:
    body: dict[str, Any] = problem(status, detail=detail)
    if request.path_info.startswith("/api/"):
        return HttpResponse(json.dumps(body), status=status, content_type=PROBLEM_JSON)
    return HttpResponse(format_html(_PAGE, title=body["title"], detail=detail), status=status)
