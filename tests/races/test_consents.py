"""Two at once about one client: of a purpose one consent is live, and nobody is deleted past a hold."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import clients
from clients import actions as client_actions
from clients.models import Client, Consent
from tests.fixtures import Maker
from tests.races.test_holds import race


def one_after_the_other(
    organization: Organization, first: Callable[[], Any], second: Callable[[], Any]
) -> Counter[str]:
    """The second begins while the first has not committed."""
    begun = threading.Event()

    def work(number: int) -> None:
        with organization_scope(organization, SYSTEM):
            if number:
                begun.wait(20)
                second()
                return
            first()
            begun.set()
            time.sleep(0.3)

    return race(work, 2)


def give_at_once(make: Maker, *versions: str) -> tuple[Counter[str], list[str]]:
    """Two texts for one purpose; what came of each, and what is live then."""
    whose = make.client().id
    told: dict[str, Any] = {"purpose": "marketing", "method": "web_form"}
    first, second = (lambda text=text: clients.consent(whose, text_version=text, **told) for text in versions)
    outcome = one_after_the_other(make.organization, first, second)
    with organization_scope(make.organization, SYSTEM):
        live = Consent.objects.filter(withdrawn_at=None)
        return outcome, list(live.values_list("text_version", flat=True))


def test_the_same_consent_is_kept_once(make: Maker) -> None:
    assert give_at_once(make, "1", "1") == ({"ok": 1, "consent_live": 1}, ["1"])


def test_of_two_texts_the_later_takes_the_place_of_the_first(make: Maker) -> None:
    assert give_at_once(make, "1", "2") == ({"ok": 2}, ["2"])


def test_control_without_the_lock_the_later_is_refused(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_actions, "lock_row", lambda *_, **__: None)
    assert give_at_once(make, "1", "2") == ({"ok": 1, "consent_live": 1}, ["1"])


def hold_and_delete(make: Maker) -> tuple[Counter[str], bool]:
    """A deletion while somebody puts its client under a hold; what came of each, and whether the client is there."""
    whose = make.client().id
    outcome = one_after_the_other(
        make.organization, lambda: clients.hold(whose, reference="1"), lambda: clients.delete(whose)
    )
    with organization_scope(make.organization, SYSTEM):
        return outcome, Client.objects.filter(id=whose).exists()


def test_a_deletion_that_waits_for_a_hold_is_refused(make: Maker) -> None:
    assert hold_and_delete(make) == ({"ok": 1, "legal_hold": 1}, True)


def test_control_without_the_lock_who_is_held_is_gone(make: Maker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_actions, "lock_row", lambda *_, **__: None)
    assert hold_and_delete(make) == ({"ok": 2}, False)
