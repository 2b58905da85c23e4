"""What a change to a professional leaves alone. Each `stale` row was read before somebody else's change was."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from authspine.kernel import clock
from authspine.kernel.errors import Invalid
from authspine.kernel.tenancy import Scope
from professionals import actions, queries
from professionals.errors import HoursOverlap, ProfessionalNotFound
from professionals.models import Professional, TimeOff, WorkingHours
from tests.factories import ProfessionalFactory, ServiceFactory, TimeOffFactory


@pytest.mark.parametrize("has_history", [True, False])
def test_a_change_does_not_bring_a_deleted_professional_back(scope: Scope, has_history: bool) -> None:
    professional = ServiceFactory().professional if has_history else ProfessionalFactory()
    stale = queries.get(professional.id)
    actions.delete(queries.get(professional.id), has_history=has_history, now=clock.now())
    with pytest.raises(ProfessionalNotFound):
        actions.update(stale, bio="Other", now=clock.now())
    with pytest.raises(ProfessionalNotFound):
        actions.set_working_hours(stale, timezone="UTC", weekly=[], overrides={}, now=clock.now())
    assert not queries.present().filter(id=professional.id).exists()
    assert Professional.objects.filter(id=professional.id).exists() == has_history


def test_a_change_does_not_undo_a_verification(scope: Scope) -> None:
    professional = ProfessionalFactory()
    stale = queries.get(professional.id)
    actions.verify(queries.get(professional.id), now=clock.now())
    shown = actions.update(stale, bio="Twenty years", now=clock.now())
    kept = queries.get(professional.id)
    assert kept.bio == "Twenty years"
    assert kept.verified_at == shown.verified_at is not None


def test_new_hours_in_another_zone_leave_the_rest_alone(scope: Scope) -> None:
    professional = ProfessionalFactory()
    stale = queries.get(professional.id)
    actions.verify(queries.get(professional.id), now=clock.now())
    actions.set_working_hours(stale, timezone="Asia/Tokyo", weekly=[(0, 60, 120)], overrides={}, now=clock.now())
    kept = queries.get(professional.id)
    assert kept.timezone == "Asia/Tokyo"
    assert kept.verified_at is not None


def test_overlapping_windows_that_stand_already_forbid_no_other_change(scope: Scope) -> None:
    """An import brings them in as history."""
    professional = ProfessionalFactory()
    WorkingHours.objects.create(professional=professional, weekday=0, start_minute=600, end_minute=700)
    weekly = [actions.as_window(row) for row in queries.working_hours([professional.id])]
    some: dict[str, Any] = {"timezone": "UTC", "now": clock.now()}
    actions.set_working_hours(professional, weekly=weekly[::-1], overrides={date(2030, 1, 1): []}, **some)
    assert queries.overrides([professional.id]).count() == 1
    with pytest.raises(HoursOverlap):
        actions.set_working_hours(professional, weekly=weekly[:-1], overrides={}, **some)


@pytest.mark.parametrize("slug", ["Beauty", "a b", "ä", "x" * 51, "a/b"])
def test_a_vertical_has_a_slug_that_can_be_addressed(scope: Scope, slug: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.configure_vertical(slug, now=clock.now(), display_name="Vertical")
    assert refused.value.field == "slug"


@pytest.mark.parametrize(
    ("starts_at", "ends_at", "field"),
    [
        (datetime(1969, 12, 31, 23, tzinfo=UTC), datetime(1970, 1, 2, tzinfo=UTC), "starts_at"),
        (datetime(2200, 12, 31, tzinfo=UTC), datetime(2201, 1, 1, tzinfo=UTC), "ends_at"),
        (
            datetime(2200, 12, 31, tzinfo=UTC),
            datetime(9999, 12, 31, 23, tzinfo=ZoneInfo("America/New_York")),
            "ends_at",
        ),
    ],
)
def test_time_off_lies_in_years_that_a_calendar_shows(
    scope: Scope, starts_at: datetime, ends_at: datetime, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        actions.take_time_off(ProfessionalFactory(), starts_at=starts_at, ends_at=ends_at, now=clock.now())
    assert [fault.field for fault in refused.value.faults] == [field]
    period = TimeOffFactory()
    with pytest.raises(IntegrityError, match="professionals_timeoff_years"), transaction.atomic():
        TimeOff.objects.filter(id=period.id).update(starts_at=starts_at, ends_at=ends_at)
