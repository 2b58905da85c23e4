"""What is said about one purpose stands in the order in which it was said, whatever the clocks of those who ask."""

from datetime import timedelta
from typing import Any

import pytest

from authspine.kernel import clock
from authspine.kernel.errors import Invalid
from authspine.kernel.tenancy import Scope
from clients import actions
from clients.models import Consent
from tests.factories import ConsentFactory

AGAIN: dict[str, Any] = {"purpose": "marketing", "text_version": "2026-2", "method": "paper"}


def test_who_has_waited_for_the_lock_comes_after(scope: Scope) -> None:
    """They have looked at the clock before those whom they waited for."""
    first = ConsentFactory()
    early = first.given_at - timedelta(milliseconds=5)
    second = actions.consent(first.client, now=early, **AGAIN)
    first.refresh_from_db()
    assert first.given_at == first.withdrawn_at == second.given_at
    actions.withdraw_consent(second, how="email", now=early)
    assert second.withdrawn_at == second.given_at
    assert not Consent.objects.filter(withdrawn_at=None).exists()


def test_who_names_a_time_before_is_refused(scope: Scope) -> None:
    first = ConsentFactory()
    early = first.given_at - timedelta(milliseconds=5)
    with pytest.raises(Invalid, match="since"):
        actions.consent(first.client, now=clock.now(), given_at=early, **AGAIN)
    with pytest.raises(Invalid, match="after that"):
        actions.withdraw_consent(first, how="email", now=clock.now(), withdrawn_at=early)


@pytest.mark.parametrize("how", ["", "replaced", "telepathy"])
def test_nobody_withdraws_in_a_way_that_there_is_not(scope: Scope, how: str) -> None:
    given = ConsentFactory()
    with pytest.raises(Invalid, match="how"):
        actions.withdraw_consent(given, how=how, now=clock.now())
    assert Consent.objects.get().withdrawn_at is None
