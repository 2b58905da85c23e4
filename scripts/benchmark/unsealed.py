"""The product that starts with open policies or without triggers, to be compared with: gunicorn's configuration, for
the price of either.

The processes that serve are made of this one, so they do not look either.
"""

from typing import Any

from authspine.operations import seals, triggers


def nothing(*found: Any) -> list[str]:
    """In the place of what finds the tables that are not sealed, and the triggers that do not stand."""
    return []


seals.unanswered = nothing
triggers.lacking = nothing

from authspine.operations.web_config import *  # noqa: E402, F403 (it looks as soon as it is read)
