"""What the database refuses of an event, whoever writes."""

import pytest

from analytics.models import AnalyticsEvent
from authspine.kernel.tenancy import Scope
from tests.writes import refuses


@pytest.mark.parametrize("type", ["", "opened", "Newsletter.opened", "newsletter.", ".opened", "news letter.opened"])
def test_an_event_has_a_type_of_two_words_at_least(scope: Scope, type: str) -> None:
    with refuses("analytics_analyticsevent_type"):
        AnalyticsEvent.objects.create(type=type)
