"""The frame around every handler: one scope of the caller's organization, all or nothing."""

import json
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response

from authspine.api.fields import WholeNumberField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.identity import access
from authspine.identity.models import Membership, Organization
from authspine.kernel import tenancy
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Conflict
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import OutsideScopeError, organization_scope
from authspine.orchestrator import clients
from clients import queries as client_queries
from tests.rest import new_key


class Body(StrictSerializer):
    number = WholeNumberField(required=False)


class Probe(ScopedViewSet):
    """A view whose handlers show where they run."""

    resource = "probe"
    takes = {"write": Body}
    own_scopes = frozenset({"outside"})

    def tell(self, request: Request) -> Response:
        scope = tenancy.current()
        return Response({"organization": str(scope.organization.id), "actor": scope.actor.kind})

    def write(self, request: Request) -> Response:
        self.sent()
        clients.register(email="half@example.com", name="Half")
        raise Conflict

    def crash(self, request: Request) -> Response:
        clients.register(email="half@example.com", name="Half")
        raise RuntimeError("a bug")

    def commit(self, request: Request) -> Response:
        clients.register(email="half@example.com", name="Half")
        Membership.objects.create(organization=tenancy.current().organization, user_id=new_id(), role="staff")
        return Response({"said": "done"})

    def outside(self, request: Request) -> Response:
        with pytest.raises(OutsideScopeError):
            tenancy.current()
        assert not connection.in_atomic_block
        with organization_scope(self.caller.organization, self.caller.actor) as scope:
            return Response({"organization": str(scope.organization.id)})


@pytest.fixture(autouse=True)
def in_the_table(monkeypatch: pytest.MonkeyPatch) -> None:
    verbs = ("tell", "write", "crash", "commit", "outside")
    monkeypatch.setitem(access.TABLE, Probe.resource, dict.fromkeys(verbs, access.EVERYBODY))


def call(organization: Organization, action: str, body: Any = None) -> Any:
    request = RequestFactory().post(
        "/probe",
        json.dumps(body or {}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {new_key(organization)}"},
    )
    return Probe.as_view({"post": action})(request)


def count(organization: Organization) -> int:
    with organization_scope(organization, SYSTEM):
        return client_queries.present().count()


def test_a_handler_runs_in_the_scope_of_its_caller(organization: Organization) -> None:
    assert call(organization, "tell").data == {"organization": str(organization.id), "actor": "key"}
    with pytest.raises(OutsideScopeError):
        tenancy.current()


def test_a_refusal_rolls_back(organization: Organization) -> None:
    response = call(organization, "write")
    assert (response.status_code, response.data["code"]) == (409, "conflict")
    assert count(organization) == 0


def test_a_crash_rolls_back_and_is_not_hidden(organization: Organization) -> None:
    with pytest.raises(RuntimeError, match="a bug"):
        call(organization, "crash")
    assert count(organization) == 0
    assert call(organization, "tell").status_code == 200


def test_a_refused_commit_is_an_answer_and_not_a_success(organization: Organization) -> None:
    response = call(organization, "commit")
    assert (response.status_code, response.data["code"]) == (409, "conflict")
    assert count(organization) == 0


def test_a_journey_with_scopes_of_its_own_runs_outside(organization: Organization) -> None:
    assert call(organization, "outside").data == {"organization": str(organization.id)}


def test_a_body_where_none_is_taken_is_refused_before_anything_runs(organization: Organization) -> None:
    response = call(organization, "crash", {"number": 1})
    assert (response.status_code, response.data["errors"][0]["code"]) == (400, "unknown_field")


def test_what_is_sent_is_validated_before_it_is_used(organization: Organization) -> None:
    assert call(organization, "write", {"number": "1"}).status_code == 400


def test_a_database_that_goes_away_in_the_middle_is_a_503(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(**fields: Any) -> Any:
        connection.connection.close()
        raise OperationalError("terminating connection due to administrator command")

    with monkeypatch.context() as patched:
        patched.setattr(clients, "register", gone)
        response = call(organization, "write")
    assert (response.status_code, response.data["code"]) == (503, "unavailable")
    connection.close()
    assert call(organization, "tell").status_code == 200
