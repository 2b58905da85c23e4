"""How large a body may be: asked of its Content-Length, before anything reads it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

from authspine.api import pages


class Bounded:
    """Refuses a body that is announced to be larger than MAX_BODY_BYTES, and one that comes in chunks, unread.

    Django bounds what is kept in memory alone, not the files in a form, and the CSRF check reads them all from anybody.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.headers.get("Transfer-Encoding"):
            # WSGI reads as many bytes as are announced: a chunked body would look like none.
            return pages.in_pieces(request)
        if announced(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return pages.too_large(request)
        return self.get_response(request)


def announced(request: HttpRequest) -> int:
    """So many bytes of the body are read at most; none where no number is announced."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
