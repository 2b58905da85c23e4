"""F12 of the matrix: the erasure reaches the payment provider: asked until it answers, recorded, and never from within
the transaction that erases."""

from typing import Any

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from pytest_django.fixtures import Settings

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import erasure
from authspine.privacy.models import Erasure
from payments import tasks
from payments.errors import GatewayUnavailable
from payments.models import Customer
from tests.gateways import Wire, cut_off
from tests.payments.paying import work_off
from tests.privacy.canaries import World, new_world
from tests.writes import refuses


@pytest.fixture
def world(organization: Organization) -> World:
    return new_world(organization)


def erased(world: World) -> Any:
    return world.api.post(f"/clients/{world.client}/erase").json()


def state(world: World) -> str:
    return str(world.api.get(f"/clients/{world.client}/erasure").json()["provider"])


def test_f12_the_erasure_itself_calls_nobody(world: World, wire: Wire) -> None:
    receipt = erased(world)
    assert [(request.method, request.path) for request in wire.seen] == []
    tasks.forget_customer(str(world.studio.organization.id), receipt["id"])
    assert [request.method for request in wire.seen] == ["GET", "DELETE"]


def test_f12_a_provider_that_is_away_is_asked_until_it_answers(world: World, settings: Settings) -> None:
    receipt, there = erased(world), settings.STRIPE_API_BASE
    told = str(world.studio.organization.id), receipt["id"]
    cut_off(settings)
    with pytest.raises(GatewayUnavailable):
        tasks.forget_customer(*told)
    assert state(world) == "pending"
    retried = app.tasks["payments.forget_customer"].retry_strategy
    assert retried is not None
    settings.STRIPE_API_BASE = there
    for _ in range(2):
        tasks.forget_customer(*told)
        assert state(world) == "done"


def test_f12_what_is_left_is_taken_up_every_hour(world: World) -> None:
    receipt = erased(world)
    assert app.periodic_registry.periodic_tasks["payments.forget_customers", ""].cron == "37 * * * *"
    jobs = ProcrastinateJob.objects.filter(args__erasure=receipt["id"])
    with organization_scope(world.studio.organization, SYSTEM):
        assert erasure.ask_again() == 1
    assert jobs.count() == 2
    work_off(world.studio)
    with organization_scope(world.studio.organization, SYSTEM):
        assert erasure.ask_again() == 0


def test_f12_who_was_never_known_there_is_nobody_to_erase_there(world: World) -> None:
    with organization_scope(world.studio.organization, SYSTEM):
        Customer.objects.all().delete()
    assert erased(world)["provider"] == "none"
    assert work_off(world.studio) == 0


@pytest.mark.parametrize(
    ("rule", "wrong"),
    [
        ("provider", {"provider": "pending"}),
        ("provider", {"provider": "done"}),
        ("provider", {"provider_customer": "cus_1"}),
        ("kind", {"kind": "user"}),
    ],
)
def test_a_receipt_keeps_to_its_rules(world: World, rule: str, wrong: dict[str, Any]) -> None:
    receipt = erased(world)
    with organization_scope(world.studio.organization, SYSTEM):
        Erasure.objects.filter(id=receipt["id"]).update(provider="none", provider_customer="")
        with refuses(f"privacy_erasure_{rule}"):
            Erasure.objects.filter(id=receipt["id"]).update(**wrong)


def test_a_person_has_one_receipt(world: World) -> None:
    receipt = erased(world)
    with organization_scope(world.studio.organization, SYSTEM):
        row = Erasure.objects.get(id=receipt["id"])
        told = {"kind": row.kind, "person": row.person, "at": row.at, "by": row.by}
        with refuses("privacy_erasure_once"):
            Erasure.objects.create(**told)
