"""The product that records no looks at people, to be compared with: a web server's door, for the price of the audit."""

from typing import Any

# First, since it makes the models ready that the other one reads.
from authspine.wsgi import application  # isort: skip
from authspine.api import reads

__all__ = ["application"]


def nothing(*look: Any, **told: Any) -> None:
    """In the place of what records a look."""


reads.record = nothing
