"""Tracking of custom events, the report, and exports of any size."""

import csv
import io
import json
import uuid
from datetime import UTC, datetime

import psutil
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics import queries
from analytics.errors import BadType, ReservedType, SubjectNotFound
from analytics.queries import Filters
from analytics.rules import documents
from authspine.identity import actions as identity_actions
from authspine.identity.models import Organization
from authspine.kernel.actor import SYSTEM
from authspine.kernel.errors import Invalid
from authspine.kernel.tenancy import Scope, organization_scope
from authspine.orchestrator import analytics, clients, professionals
from tests.fixtures import new_organization

CUSTOM = Filters(types=["newsletter.opened"])


@pytest.mark.usefixtures("scope")
def test_a_custom_event_is_kept_as_it_was_told() -> None:
    client = clients.register(email="ana@example.com", name="Ana")
    when = datetime(2026, 3, 29, 1, 30, tzinfo=UTC)
    analytics.track("newsletter.opened", timestamp=when, user=client.id, session_id="s1", data={"n": 1})
    [event] = queries.matching(CUSTOM)
    assert (event.timestamp, event.user, event.session_id, event.data) == (when, client.id, "s1", {"n": 1})
    assert event.actor == "system"


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("type", ["booking.created", "platform.x", "payment.made_up", "client.a.b"])
def test_the_platforms_own_families_are_reserved(type: str) -> None:
    with pytest.raises(ReservedType) as refusal:
        analytics.track(type)
    assert refusal.value.code == "reserved_type"


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize("type", ["", "one", "Upper.case", "a..b", "a.b ", "a." + "b" * 100])
def test_a_type_is_words_joined_by_dots(type: str) -> None:
    with pytest.raises(BadType):
        analytics.track(type)


def test_a_user_is_somebody_of_this_organization(organization: Organization) -> None:
    other = new_organization()
    with organization_scope(other, SYSTEM):
        stranger = clients.register(email="eve@example.com", name="Eve")
    member = identity_actions.login_for(f"{uuid.uuid4()}@example.com")
    identity_actions.add_member(organization, member, role="staff", by="owner")
    with organization_scope(organization, SYSTEM):
        client = clients.register(email="ana@example.com", name="Ana")
        professional = professionals.onboard(email="pro@example.com", name="Pro", vertical="beauty")
        for user in (client.id, client.user_id, professional.id, member.id, None):
            analytics.track("newsletter.opened", user=user)
        for user in (stranger.id, stranger.user_id, uuid.uuid4()):
            with pytest.raises(SubjectNotFound) as refusal:
                analytics.track("newsletter.opened", user=user)
            assert refusal.value.field == "user"


@pytest.mark.usefixtures("scope")
def test_wrong_data_is_refused() -> None:
    with pytest.raises(Invalid):
        analytics.track("newsletter.opened", session_id="s" * 201)


@pytest.mark.usefixtures("scope")
def test_the_report_tells_what_it_covers() -> None:
    analytics.track("newsletter.opened", timestamp=datetime(2026, 11, 1, tzinfo=UTC))
    report = analytics.report(CUSTOM, bucket="month")
    assert report == {
        "start": None, "end": None, "timezone": "UTC", "bucket": "month",
        "total_events": 1, "active_users": 0, "by_type": {"newsletter.opened": 1},
        "series": [{"bucket_start": datetime(2026, 11, 1, tzinfo=UTC), "type": "newsletter.opened", "count": 1}],
    }  # fmt: skip


def resident_bytes() -> int:
    """What this process holds in memory; what a database driver holds is no Python object, so nothing else shows it."""
    return int(psutil.Process().memory_info().rss)


MANY = """
    INSERT INTO analytics_analyticsevent
        (id, organization_id, created_at, updated_at, type, timestamp, actor, session_id, data)
    SELECT gen_random_uuid(), %s, now(), now(), 'newsletter.opened', now() + n * interval '1 second', '', '',
        jsonb_build_object('x', repeat('y', 1000))
    FROM generate_series(1, 60000) n
"""


def test_an_export_of_sixty_thousand_events_is_whole_and_small(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM), connection.cursor() as cursor:
        cursor.execute(MANY, [organization.id])
    size = lines = grown = 0
    before = resident_bytes()
    for piece in analytics.export(organization, SYSTEM, format="csv", filters=CUSTOM):
        size += len(piece)
        lines += piece.count("\r\n")
        grown = max(grown, resident_bytes() - before)
    assert lines == 60_001
    assert size > 66_000_000
    assert grown < 25_000_000


def test_an_export_opens_its_scope_and_closes_it(organization: Organization) -> None:
    with organization_scope(organization, SYSTEM):
        for n in range(3):
            analytics.track("newsletter.opened", data={"n": n})
    pieces = analytics.export(organization, SYSTEM, format="json", filters=CUSTOM)
    assert [event["data"]["n"] for event in json.loads("".join(pieces))] == [0, 1, 2]
    left = analytics.export(organization, SYSTEM, format="csv", filters=CUSTOM)
    next(left)
    left.close()  # type: ignore[attr-defined]
    with organization_scope(organization, SYSTEM) as scope:
        assert scope.organization == organization


def test_an_empty_export_is_still_a_document() -> None:
    assert "".join(documents.as_json([])) == "[]\n"
    assert "".join(documents.as_csv([])) == "id,type,timestamp,user,session_id,data\r\n"


@given(st.lists(st.tuples(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30))))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_cell_runs_and_none_breaks_its_row(texts: list[tuple[str]]) -> None:
    row = (uuid.UUID(int=1), "a.b", datetime(2026, 1, 1, tzinfo=UTC), None)
    document = "".join(documents.as_csv([(*row, text, {"text": text}) for (text,) in texts]))
    _, *lines = list(csv.reader(io.StringIO(document, newline="")))
    assert len(lines) == len(texts)
    for line, (text,) in zip(lines, texts, strict=True):
        assert line[4].removeprefix("'") == text.removeprefix("'")
        assert line[4][:1] not in tuple("=+-@\t\r\n")
        assert json.loads(line[5]) == {"text": text}


def test_the_report_sees_one_organization(scope: Scope) -> None:
    assert analytics.report(Filters())["by_type"] == {"platform.initialized": 1}
