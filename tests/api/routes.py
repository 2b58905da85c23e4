"""Every route of the API and its methods, read off the URL table itself."""

import re
from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

PREFIX = "api/platform"


def patterns(found: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Each route of the whole site, as it is written, with its view."""
    for pattern in (found or get_resolver()).url_patterns:
        route = prefix + written(str(pattern.pattern))
        if isinstance(pattern, URLPattern):
            yield route, pattern.callback
        else:
            yield from patterns(pattern, route)


def below(route: str) -> str:
    """A route of the API without its beginning; empty for the API itself."""
    return route.removeprefix(PREFIX).removeprefix("/")


def written(pattern: str) -> str:
    """`clients/<uuid:id>` and `^verticals/(?P<slug>...)$` as `clients/<id>` and `verticals/<slug>`."""
    named = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", pattern.removeprefix("^").removesuffix("$"))
    return re.sub(r"<\w+:(\w+)>", r"<\1>", named)


def methods(view: Any) -> list[str]:
    actions = getattr(view, "actions", None)
    names = actions or [name for name in view.view_class.http_method_names if hasattr(view.view_class, name)]
    return sorted(name.upper() for name in names if name not in ("head", "options"))


def operations() -> list[str]:
    """Everything that can be done over HTTP below /api/: `GET clients`, `POST bookings/<id>/confirm` ..."""
    return [
        f"{method} {below(route)}" for route, view in patterns() if route.startswith("api/") for method in methods(view)
    ]
