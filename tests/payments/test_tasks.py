"""What payments do by themselves, every ten minutes and when they are told to."""

import logging
from types import SimpleNamespace
from typing import Any

import pytest
from procrastinate.contrib.django import app
from pytest_django.fixtures import Settings

from authspine.identity import queries as identity_queries
from authspine.identity.models import Organization
from payments import tasks
from tests.gateways import GOOD_CARD, cut_off, witness
from tests.payments.paying import book, shop, start, stored
from tests.payments.webhooks import Post

CONTEXT: Any = SimpleNamespace(should_abort=lambda: False)


def test_it_compares_every_ten_minutes() -> None:
    assert app.periodic_registry.periodic_tasks["payments.reconcile", ""].cron == "*/10 * * * *"


def test_what_was_missed_is_found(organization: Organization, post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity_queries, "open_organizations", lambda: [organization])
    studio = shop(organization)
    intent = start(studio, book(studio, status="held"))
    witness().payment_intents.confirm(intent.gateway_id, {"payment_method": GOOD_CARD})
    tasks.reconcile(CONTEXT, timestamp=0)
    assert stored(studio, intent).status == "succeeded"


def test_a_gateway_that_is_away_is_one_line(post: Post, settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    cut_off(settings)
    with caplog.at_level(logging.WARNING, "payments.tasks"):
        tasks.reconcile(CONTEXT, timestamp=0)
    assert "The payment provider is away; payments are compared with it the next time." in caplog.messages


def test_without_a_gateway_nothing_is_compared(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.STRIPE_API_KEY = ""
    tasks.reconcile(CONTEXT, timestamp=0)
    assert caplog.messages == []
