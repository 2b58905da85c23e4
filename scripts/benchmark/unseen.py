"""The product that records no looks at people, to be compared with: a web server's door, for the price of the audit."""

from importlib import import_module
from typing import Any

from authspine.wsgi import application

__all__ = ["application"]


def nothing(*look: Any, **told: Any) -> None:
    """In the place of what records a look."""


# The application has set Django up, and only then there are models to be read of.
import_module("authspine.api.reads").record = nothing  # type: ignore[attr-defined]
