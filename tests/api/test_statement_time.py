"""A statement that takes too long is ended: a 503 that says when to come again, and a connection that goes on."""

from typing import Any

import pytest
from django.db import connection
from pytest_django.fixtures import Settings

from authspine.api.views import ScopedViewSet
from authspine.identity.models import Organization
from authspine.kernel import tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from tests.fixtures import Maker
from tests.rest import Api, refused


def sleep(seconds: float = 10) -> int:
    """The process of the server that slept."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid(), pg_sleep(%s)", [seconds])
        return int(cursor.fetchone()[0])


def limit() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        return str(cursor.fetchone()[0])


def test_a_request_that_takes_too_long_is_told_to_come_again(
    api_client: Api, make: Maker, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, page = make.client(), ScopedViewSet.page
    settings.STATEMENT_TIMEOUT_SECONDS = 0.1

    def slow(self: ScopedViewSet, rows: Any) -> Any:
        sleep()
        return page(self, rows)

    with monkeypatch.context() as patch:
        patch.setattr(ScopedViewSet, "page", slow)
        response = api_client.get("/clients")
    refused(response, 503, "unavailable")
    assert int(response.headers["Retry-After"]) > 0
    found = api_client.get("/clients").json()["results"]
    assert [row["id"] for row in found] == [str(client.id)]


def test_the_limit_ends_with_the_scope(organization: Organization, settings: Settings) -> None:
    settings.STATEMENT_TIMEOUT_SECONDS = 7
    with organization_scope(organization, SYSTEM):
        assert limit() == "7s"
    assert limit() == "0"


@pytest.mark.parametrize("asked", [{"snapshot": True}, {"one_moment": True}])
def test_long_reads_may_take_longer(organization: Organization, settings: Settings, asked: dict[str, bool]) -> None:
    settings.LONG_STATEMENT_TIMEOUT_SECONDS = 11
    with organization_scope(organization, SYSTEM, **asked):
        assert limit() == "11s"


def test_so_may_jobs_and_commands(
    organization: Organization, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tenancy, "_patient", False)  # put back afterwards
    settings.LONG_STATEMENT_TIMEOUT_SECONDS = 11
    tenancy.be_patient()
    with organization_scope(organization, SYSTEM):
        assert limit() == "11s"
