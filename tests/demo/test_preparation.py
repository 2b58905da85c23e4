"""manage.py prepare_demo: sample data once, a fresh key and a fresh sign-in every time."""

import json
import re
from datetime import UTC, datetime
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from authspine.demo.sample.document import Sample, working_day
from authspine.identity.errors import UnknownOrganizationError
from authspine.identity.models import ApiKey, Membership, Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import exporting, status
from tests.fixtures import new_organization
from tests.rest import Api, caller

SAID = re.compile(
    r"API key: (asp_\S+)\n"
    r"Admin sign-in: (admin@demo\.example) / (\S+)\n"
    r"Second step: (\d{8}) \(good once; then (\d{8}), (\d{8}); a restart gives new ones\)\n"
)


@pytest.fixture(autouse=True)
def slug(settings: Settings) -> str:
    settings.DEMO = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one is not what is tested
    settings.DEMO_ORGANIZATION = f"demo-{new_id().hex[-12:]}"
    return settings.DEMO_ORGANIZATION


def prepare() -> tuple[str, str, str, str]:
    """The key, the e-mail, the password and a code that the command says, and it says nothing else."""
    output = StringIO()
    call_command("prepare_demo", stdout=output)
    found = SAID.fullmatch(output.getvalue())
    assert found, output.getvalue()
    return found[1], found[2], found[3], found[4]


def everything(slug: str) -> str:
    return "".join(exporting.export(Organization.objects.get(slug=slug), SYSTEM, key=None))


def test_the_demo_is_full_of_life(slug: str) -> None:
    prepare()
    with organization_scope(Organization.objects.get(slug=slug), SYSTEM):
        counts = status.counts()
    assert (counts["clients"], counts["professionals"]) == (12, 4)
    assert counts["bookings"] >= 25
    assert counts["events"] > 100
    states = {booking["status"] for booking in json.loads(everything(slug))["bookings"]}
    assert states >= {"held", "confirmed", "completed", "cancelled", "no_show"}


def test_a_second_start_changes_no_data(slug: str) -> None:
    prepare()
    before = everything(slug)
    prepare()
    assert everything(slug) == before


def test_data_that_a_visitor_deleted_stay_away(slug: str) -> None:
    prepare()
    demo = Client()
    page = demo.get("/platform-demo/clients?search=mehmet").content.decode()
    client_id = re.findall(r"/platform-demo/clients/([0-9a-f-]{36})", page)[0]
    assert demo.post(f"/platform-demo/clients/{client_id}/delete").status_code == 302
    prepare()
    assert "No client matches" in demo.get("/platform-demo/clients?search=mehmet").content.decode()


def test_the_key_opens_everything_until_the_next_start(slug: str) -> None:
    key, *_ = prepare()
    assert Api(key).get("/clients").status_code == 200
    assert Api(key).get("/export", with_personal_data="true").status_code == 200
    fresh, *_ = prepare()
    assert Api(key).get("/clients").status_code == 401
    assert Api(fresh).get("/clients").status_code == 200
    assert ApiKey.objects.filter(organization__slug=slug, revoked_at=None).count() == 1


def test_keys_that_somebody_else_made_stay(slug: str) -> None:
    prepare()
    theirs = Api(prepare()[0])
    own = caller(Organization.objects.get(slug=slug))
    prepare()
    assert own.get("/clients").status_code == 200
    assert theirs.get("/clients").status_code == 401


def test_the_sign_in_works_until_the_next_start(slug: str) -> None:
    _, email, password, code = prepare()
    assert sign_in(email, password, code)
    assert not sign_in(email, password, code)  # each is good once
    _, _, fresh, other = prepare()
    assert not sign_in(email, password, other)
    assert sign_in(email, fresh, other)
    user = User.objects.get_by_natural_key(email)
    assert user.is_staff
    assert user.is_superuser
    assert Membership.objects.get(user=user, organization__slug=slug).role == "owner"


def sign_in(email: str, password: str, code: str) -> bool:
    """Both steps, as a newcomer takes them; whether they end in the admin."""
    browser = Client()
    start = browser.get("/admin/", follow=True).redirect_chain[-1][0]
    browser.post(start, {"login": email, "password": password})
    browser.post("/accounts/2fa/authenticate", {"code": code})
    return browser.get("/admin/").status_code == 200


def test_an_organization_that_is_no_demo_is_let_be(slug: str) -> None:
    new_organization(slug=slug)
    with pytest.raises(UnknownOrganizationError):
        prepare()
    assert not ApiKey.objects.filter(organization__slug=slug).exists()


@pytest.mark.parametrize("day", range(7))
@pytest.mark.parametrize("hour", [0, 12, 16, 23])
def test_the_sample_is_the_same_for_the_same_moment_and_dated_in_order(day: int, hour: int) -> None:
    now = datetime(2026, 11, 23 + day, hour, tzinfo=UTC)
    organization = new_id()
    sample = Sample(organization, now, ZoneInfo("America/New_York"), "USD").document()
    assert sample == Sample(organization, now, ZoneInfo("America/New_York"), "USD").document()
    assert all(event["timestamp"] <= now.isoformat() for event in sample["events"])
    registered = {client["id"]: client["created_at"] for client in sample["clients"]}
    assert all(
        registered[booking["client"]] < booking["created_at"] < now.isoformat() for booking in sample["bookings"]
    )


def test_no_two_installations_have_the_same_ids() -> None:
    now = datetime(2026, 11, 23, tzinfo=UTC)
    one, other = (Sample(new_id(), now, ZoneInfo("UTC"), "USD").document() for _ in range(2))
    for kind in ("clients", "professionals", "services", "bookings", "payments", "refunds", "events"):
        ids = {row["id"] for row in one[kind]}
        assert ids
        assert not ids & {row["id"] for row in other[kind]}


@pytest.mark.parametrize("day", range(7))
def test_working_days_are_monday_to_friday(day: int) -> None:
    today = datetime(2026, 11, 23 + day, tzinfo=UTC).date()
    found = [working_day(today, offset) for offset in range(-15, 11)]
    assert all(on.weekday() < 5 for on in found)
    assert found == sorted(set(found))
