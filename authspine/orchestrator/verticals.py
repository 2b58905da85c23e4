"""Journeys of a vertical, and of a new organization, which starts with copies of the six defaults."""

from typing import Any

from analytics import actions as event_actions
from authspine.kernel import clock
from authspine.orchestrator.default_verticals import DEFAULT_VERTICALS
from professionals import actions as professional_actions
from professionals import queries as professional_queries
from professionals.errors import SlugExists
from professionals.models import Vertical


def configure(slug: str, **fields: Any) -> tuple[Vertical, bool]:
    """Configure a vertical: 1. make or change it; 2. `vertical.configured`.

    Says whether it was made. Raises Invalid.
    """
    now = clock.now()
    vertical, made = professional_actions.configure_vertical(slug, now=now, **fields)
    event_actions.record("vertical.configured", data={"vertical": slug}, now=now)
    return vertical, made


def create(slug: str, **fields: Any) -> Vertical:
    """Make a vertical that does not exist yet: 1. look; 2. configure. Raises Invalid, SlugExists."""
    if professional_queries.verticals().filter(slug=slug).exists():
        raise SlugExists
    return configure(slug, **fields)[0]


def initialize() -> None:
    """Start the organization of the scope: 1. the six verticals; 2. `platform.initialized`."""
    now = clock.now()
    for vertical in DEFAULT_VERTICALS:
        professional_actions.configure_vertical(now=now, **vertical)
    slugs = [vertical["slug"] for vertical in DEFAULT_VERTICALS]
    event_actions.record("platform.initialized", data={"verticals": slugs}, now=now)
