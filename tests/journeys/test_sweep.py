"""What the platform does in every organization: one that fails stops no other, and is told of without its rows."""

import logging
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection

from authspine.identity.models import Organization
from authspine.kernel import tenancy
from authspine.kernel.errors import Conflict
from authspine.orchestrator import sweep
from clients.models import Client
from tests.fixtures import new_organization


def failing(organization: Organization, how: Callable[[], object]) -> Callable[[], int]:
    """Work that counts one in each organization and fails in this one."""

    def work() -> int:
        if tenancy.organization_id() == organization.id:
            how()
        return 1

    return work


def refuse() -> None:
    raise Conflict


def crash() -> None:
    raise RuntimeError("a bug")


def write_past_the_rules() -> None:
    Client.objects.create(email="ana@example.com", name="Ana García", external_id="")


def wait_for_a_lock_in_vain() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE lock_not_available; END $$")


@pytest.mark.parametrize("how", [refuse, crash, write_past_the_rules, wait_for_a_lock_in_vain])
def test_one_that_fails_stops_no_other(
    organization: Organization, caplog: pytest.LogCaptureFixture, how: Callable[[], None]
) -> None:
    before, after = organization, new_organization()
    everywhere = sweep.in_every_organization(lambda: 1).done
    found = sweep.in_every_organization(failing(before, how))
    assert found.failed == [before.slug]
    assert found.done == everywhere - 1
    assert sweep.in_every_organization(failing(after, how)).failed == [after.slug]
    assert f"The sweep of the organization {before.slug} " in caplog.text
    assert "ana@example.com" not in caplog.text


def test_a_bug_is_logged_with_its_place(organization: Organization, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        sweep.in_every_organization(failing(organization, crash))
    assert "RuntimeError: a bug" in caplog.text


def test_what_fails_is_rolled_back(organization: Organization) -> None:
    def work() -> int:
        Client.objects.create(email="ana@example.com", name="Ana")
        raise Conflict

    def count() -> int:
        return Client.objects.count() if tenancy.organization_id() == organization.id else 0

    sweep.in_every_organization(work)
    assert sweep.in_every_organization(count).done == 0


def test_a_database_that_is_away_is_no_organizations_failure() -> None:
    new_organization()

    def away() -> int:
        raise OperationalError("the connection is lost")

    with pytest.raises(OperationalError):
        sweep.in_every_organization(away)


def test_it_can_be_stopped_between_two(organization: Organization) -> None:
    new_organization()
    asked = iter([False, True])
    assert sweep.in_every_organization(lambda: 1, stop=lambda: next(asked)).done == 1


def test_a_constraint_that_refuses_is_told_by_its_kind(
    organization: Organization, caplog: pytest.LogCaptureFixture
) -> None:
    sweep.in_every_organization(failing(organization, write_past_the_rules))
    assert "CheckViolation (23514)" in caplog.text
