"""Prepares what the demo needs: its organization with sample data, once; a fresh key and a fresh sign-in, every time.

Safe to run at every start: what visitors have made stays, and the last start's key and password stop working.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings

from analytics.models import AnalyticsEvent
from authspine.accounts import actions as accounts_actions
from authspine.demo.sample.document import Sample
from authspine.identity import access
from authspine.identity import actions as identity_actions
from authspine.identity import queries as identity_queries
from authspine.identity.errors import SlugTakenError, UnknownOrganizationError
from authspine.identity.models import ApiKey, Organization
from authspine.kernel import clock, times
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import organizations
from authspine.orchestrator.importing import import_document

NAME, TIMEZONE, CURRENCY = "Demo Studio", "America/New_York", "USD"
KEY_NAME = "demo"
ADMIN_EMAIL = "admin@demo.example"
CODES = 3  # that many sign-ins; the next start gives others


@dataclass(frozen=True)
class Prepared:
    """What a newcomer needs to know; no secret is stored in clear anywhere. Each code is good once."""

    api_key: str
    email: str
    password: str
    codes: list[str]


def prepare() -> Prepared:
    """1. the organization; 2. its sample data, if it has never had any; 3. a fresh key; 4. a fresh sign-in."""
    organization = _organization()
    if not _has_sample(organization):
        _import_sample(organization)
    return Prepared(_fresh_key(organization), ADMIN_EMAIL, *_fresh_sign_in(organization))


def _organization() -> Organization:
    slug = settings.DEMO_ORGANIZATION
    try:
        return identity_queries.demo_organization(slug)
    except UnknownOrganizationError:
        pass
    try:
        return organizations.create(name=NAME, slug=slug, timezone=TIMEZONE, currency=CURRENCY, is_demo=True)
    except SlugTakenError:
        # Another start made it meanwhile; or the slug is somebody's who is no demo, and then this raises again.
        return identity_queries.demo_organization(slug)


def _has_sample(organization: Organization) -> bool:
    with organization_scope(organization, SYSTEM):
        return AnalyticsEvent.objects.filter(type="platform.data_imported").exists()


def _import_sample(organization: Organization) -> None:
    zone = times.zone(organization.timezone)
    now = clock.now().replace(second=0, microsecond=0)
    sample = Sample(organization.id, now, zone, organization.currency)
    report = import_document(organization, SYSTEM, sample.document())
    if report["refused"]:
        raise RuntimeError(f"the sample is not in order: {report['refused'][0]}")


def _fresh_key(organization: Organization) -> str:
    for key in ApiKey.objects.filter(organization=organization, name=KEY_NAME, revoked_at=None):
        identity_actions.revoke_api_key(key)
    return identity_actions.create_api_key(organization, scope=ApiKey.Scope.ADMIN, name=KEY_NAME)[1]


def _fresh_sign_in(organization: Organization) -> tuple[str, list[str]]:
    """A password, and codes in place of an app that no newcomer has: the demo's owner needs both, like any other."""
    password = secrets.token_urlsafe(12)
    user = identity_actions.login_for(ADMIN_EMAIL)
    user.is_active = user.is_staff = user.is_superuser = True
    user.set_password(password)
    user.save(update_fields=["is_active", "is_staff", "is_superuser", "password"])
    identity_actions.add_member(organization, user, role="owner", by=access.OWNER)
    accounts_actions.trust_address(user)
    return password, accounts_actions.replace_second_factors(user)[:CODES]
