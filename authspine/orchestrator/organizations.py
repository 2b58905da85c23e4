"""The journey of a new tenant."""

from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM, Actor
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import verticals
from authspine.privacy import keys


def create(
    *,
    name: str,
    slug: str | None = None,
    timezone: str = "UTC",
    currency: str = "USD",
    is_demo: bool = False,
    actor: Actor = SYSTEM,
) -> Organization:
    """Make an organization that can be used: in its own scope 1. it; 2. its keys; 3. verticals, first event.

    Called outside of any scope. Raises Invalid, SlugTakenError.
    """
    organization = identity_actions.new_organization(
        name=name, slug=slug, timezone=timezone, currency=currency, is_demo=is_demo
    )
    with organization_scope(organization, actor):
        identity_actions.add_organization(organization)
        keys.of_organization()
        verticals.initialize()
    return organization
