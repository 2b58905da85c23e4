"""A statement that takes too long is ended: a 503 that says when to come again, and a connection that goes on."""

import os
import subprocess
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from pytest_django.fixtures import Settings

from authspine.api.views import ScopedViewSet
from authspine.environment import database
from authspine.identity.models import Organization
from authspine.kernel import tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from tests.fixtures import Maker
from tests.rest import Api, refused
from tests.servers import ROOT


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
    assert limit() == "30s"


def test_what_runs_outside_of_any_scope_has_one_too() -> None:
    """By the connection, which holds for whatever runs on it; the owner's migrations take as long as they take."""
    default, owner = (settings.DATABASES[alias]["OPTIONS"]["options"] for alias in ("default", "owner"))
    assert f"-c statement_timeout={settings.STATEMENT_TIMEOUT_SECONDS}s" in default
    assert "statement_timeout" not in owner
    assert limit() == "30s"


def test_a_command_outside_of_any_scope_may_take_longer() -> None:
    """Its settings are read after it has said so. What the URL itself says comes later and holds."""
    said = "print(settings.DATABASES['default']['OPTIONS']['options'])"
    patient = "from authspine.kernel import tenancy; tenancy.be_patient(); "
    read = f"from django.conf import settings; {said}"
    done = [
        subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True
        )
        for code in (read, patient + read)
    ]
    assert ["statement_timeout=30s" in done[0].stdout, "statement_timeout=3600s" in done[1].stdout] == [True, True]
    options = database("postgresql:///x?options=-c%20statement_timeout%3D5s", "r", longest=30)["OPTIONS"]["options"]
    assert options == "-c statement_timeout=30s -c statement_timeout=5s -c role=r"


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
