"""What the database refuses of logins, organizations, memberships and keys, whoever writes."""

import uuid

from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.privacy import keys
from tests.fixtures import new_organization
from tests.writes import refuses


def login(**fields: str) -> User:
    email = f"{uuid.uuid4().hex}@example.com"
    with keys.writing():
        made: User = User.objects.create_user(fields.get("email", email))
    return made


def test_an_email_is_one_login() -> None:
    taken = login().email
    with refuses("identity_user_email_key_unique"):
        login(email=taken.upper())


def test_a_slug_is_one_organization() -> None:
    taken = new_organization().slug
    with refuses("identity_organization_slug_unique"):
        Organization.objects.create(name="Other", slug=taken)


def test_an_organization_has_a_currency() -> None:
    with refuses("identity_organization_currency"):
        Organization.objects.create(name="Other", slug=uuid.uuid4().hex, currency="usd")


def test_a_user_has_one_place_in_an_organization() -> None:
    place = {"user": login(), "organization": new_organization()}
    Membership.objects.create(**place, role="staff")
    with refuses("identity_membership_one_per_organization"):
        Membership.objects.create(**place, role="owner")


def test_a_role_is_a_known_one() -> None:
    place = {"user": login(), "organization": new_organization()}
    with refuses("identity_membership_role"):
        Membership.objects.create(**place, role="god")


def test_a_key_has_a_known_scope() -> None:
    organization = new_organization()
    with refuses("identity_apikey_scope"):
        ApiKey.objects.create(organization=organization, prefix=uuid.uuid4().hex[:16], scope="root")


def test_a_prefix_is_one_key() -> None:
    key = {"organization": new_organization(), "prefix": uuid.uuid4().hex[:16], "scope": "read"}
    ApiKey.objects.create(**key)
    with refuses("identity_apikey_prefix_unique"):
        ApiKey.objects.create(**key)
