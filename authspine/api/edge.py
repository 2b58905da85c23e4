"""What every answer carries, whoever made it: what browsers may do with it, and that nobody keeps it.

Also a refusal, an error page and a redirect. Only files that are the same for everybody say themselves how long they
keep.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.csp import ContentSecurityPolicyMiddleware
from django.middleware.security import SecurityMiddleware
from django.utils.cache import patch_vary_headers

from authspine.api.policies import OFFICE

HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Edge(ContentSecurityPolicyMiddleware):
    """Django's policy of contents, the admin's own one on its pages, and our other headers."""

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        match = request.resolver_match
        if match and "admin" in match.app_names and not hasattr(response, "_csp_config"):
            response._csp_config = OFFICE
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "Cache-Control" not in response:
            response["Cache-Control"] = "no-store"
        if "no-store" in response["Cache-Control"]:
            patch_vary_headers(response, ["Authorization", "Cookie"])
        return super().process_response(request, response)


def guarded(request: HttpRequest, answer: Callable[[HttpRequest], HttpResponse]) -> HttpResponseBase:
    """An answer that is given before any middleware was asked, with the headers that they would have set."""
    edge, response = Edge(answer), answer(request)
    edge.process_request(request)
    for inner in (XFrameOptionsMiddleware(answer), SecurityMiddleware(answer)):
        response = inner.process_response(request, response)
    finished: HttpResponseBase = edge.process_response(request, response)
    return finished
