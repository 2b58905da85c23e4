"""One slash at the end of an API path is tolerated, for every method; the routes themselves have none."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase


class TolerateOneSlash:
    """Takes the slash away before the route is looked up: a redirect would lose the body of a POST."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path_info.startswith("/api/") and request.path_info.endswith("/"):
            request.path_info = request.path_info.removesuffix("/")
            request.path = request.path.removesuffix("/")
        return self.get_response(request)
