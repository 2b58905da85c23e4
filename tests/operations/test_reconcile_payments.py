"""manage.py reconcile_payments: what it says, and its exit codes."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.ids import new_id
from tests.gateways import GOOD_CARD, cut_off, witness
from tests.payments.conftest import post
from tests.payments.paying import book, shop, start, stored
from tests.payments.webhooks import Post

__all__ = ["post"]


def run(organization: Organization, **options: str) -> tuple[int, str, str]:
    """Exit code, what it prints, and what it says to look at."""
    out, err, code = StringIO(), StringIO(), 0
    try:
        call_command("reconcile_payments", organization=organization.slug, stdout=out, stderr=err, **options)
    except SystemExit as ended:
        code = int(str(ended.code))
    except CommandError as refusal:
        code = refusal.returncode
        err.write(str(refusal))
    return code, out.getvalue(), err.getvalue()


def test_it_says_what_it_repaired(organization: Organization, post: Post) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    code, out, err = run(organization)
    assert (code, err) == (0, "")
    assert f"{len(post.events())} events that had not come" in out.splitlines()
    assert stored(studio, intent).status == "succeeded"
    assert run(organization) == (0, "Nothing was to be repaired.\n", "")


def test_what_a_human_must_look_at_is_exit_1(organization: Organization, post: Post) -> None:
    told = {"organization": str(organization.id), "intent": str(new_id())}
    lost = witness().payment_intents.create({"amount": 100, "currency": "usd", "metadata": told})
    for _ in range(2):
        code, _, err = run(organization)
        assert code == 1
        assert err.startswith(f"Look at {organization.slug}, orphan {lost.id}: The provider has a payment")


def test_a_gateway_that_is_away_is_exit_2(organization: Organization, post: Post, settings: Settings) -> None:
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    there = settings.STRIPE_API_BASE
    cut_off(settings)
    code, out, err = run(organization)
    assert (code, out) == (2, "")
    assert err.startswith("The payment provider does not answer.")
    settings.STRIPE_API_BASE = there
    assert run(organization)[0] == 0
    assert stored(studio, intent).status == "pending"


def test_without_a_gateway_there_is_nothing_to_compare_with(organization: Organization, settings: Settings) -> None:
    settings.STRIPE_API_KEY = ""
    code, _, err = run(organization)
    assert code == 2
    assert "STRIPE_API_KEY" in err


@pytest.mark.parametrize("since", ["2026-13-01", "yesterday", "2026-01-01T00:00:00", "", "2026-02-30"])
def test_a_time_that_is_none_is_refused(organization: Organization, since: str) -> None:
    assert run(organization, since=since) == (2, "", "--since takes a date, or an ISO 8601 time with its offset.")


@pytest.mark.parametrize("since", ["2026-01-01", "2026-01-01T00:00:00+01:00"])
def test_a_time_is_taken(organization: Organization, post: Post, since: str) -> None:
    assert run(organization, since=since)[0] == 0


def test_an_organization_that_is_not_there_is_refused() -> None:
    with pytest.raises(CommandError, match="no organization with the slug 'nowhere'"):
        call_command("reconcile_payments", organization="nowhere")
