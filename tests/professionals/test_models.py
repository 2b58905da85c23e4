"""What the database refuses of verticals, professionals and their hours, whoever writes."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db.models import F

from authspine.kernel import clock
from authspine.kernel.ids import new_id
from authspine.kernel.tenancy import Scope
from professionals.models import HoursOverride, Professional, TimeOff, Vertical, WorkingHours
from tests.factories import ProfessionalFactory, TimeOffFactory
from tests.writes import refuses


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"slug": "fitness"}, "professionals_vertical_slug_key"),
        ({"hold_minutes": 0}, "professionals_vertical_hold_minutes"),
        ({"hold_minutes": 1441}, "professionals_vertical_hold_minutes"),
        ({"allowed_payment_methods": ["card", "cheque"]}, "professionals_vertical_payment_methods"),
        ({"cancellation_fee_bps": 10_001}, "professionals_vertical_cancellation_fee"),
        ({"external_id": ""}, "professionals_vertical_external_id_filled"),
    ],
)
def test_a_vertical_cannot_be(scope: Scope, changes: dict[str, Any], constraint: str) -> None:
    with refuses(constraint):
        Vertical.objects.filter(slug="beauty").update(**changes)


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"name": ""}, "professionals_professional_named"),
        ({"email": ""}, "professionals_professional_named"),
        ({"vertical": new_id()}, "professionals_professional_vertical_fk"),
        ({"external_id": ""}, "professionals_professional_external_id_filled"),
    ],
)
def test_a_professional_cannot_be(scope: Scope, changes: dict[str, Any], constraint: str) -> None:
    professional = ProfessionalFactory()
    with refuses(constraint):
        Professional.objects.filter(id=professional.id).update(**changes)


def test_two_professionals_cannot_share_an_email(scope: Scope) -> None:
    first, second = ProfessionalFactory(), ProfessionalFactory()
    with refuses("professionals_professional_email_key"):
        Professional.objects.filter(id=second.id).update(email_key=first.email_key)
    Professional.objects.filter(id=first.id).update(deleted_at=clock.now())
    assert Professional.objects.filter(id=second.id).update(email_key=first.email_key) == 1


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"weekday": 7}, "professionals_workinghours_clock"),
        ({"start_minute": 1440}, "professionals_workinghours_clock"),
        ({"end_minute": 1441}, "professionals_workinghours_clock"),
        ({"professional": new_id()}, "professionals_workinghours_professional_fk"),
    ],
)
def test_a_window_cannot_be(scope: Scope, changes: dict[str, Any], constraint: str) -> None:
    professional = ProfessionalFactory()
    with refuses(constraint):
        WorkingHours.objects.filter(professional=professional).update(**changes)


def test_a_date_has_one_override(scope: Scope) -> None:
    professional = ProfessionalFactory()
    HoursOverride.objects.create(professional=professional, date=date(2026, 12, 24))
    with refuses("professionals_hoursoverride_date_key"):
        HoursOverride.objects.create(professional=professional, date=date(2026, 12, 24))


def test_an_override_is_of_somebody_here(scope: Scope) -> None:
    with refuses("professionals_hoursoverride_professional_fk"):
        HoursOverride.objects.create(professional_id=new_id(), date=date(2026, 12, 24))


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"ends_at": F("starts_at")}, "professionals_timeoff_order"),
        ({"ends_at": F("starts_at") - timedelta(seconds=1)}, "professionals_timeoff_order"),
        ({"professional": new_id()}, "professionals_timeoff_professional_fk"),
    ],
)
def test_time_off_cannot_be(scope: Scope, changes: dict[str, Any], constraint: str) -> None:
    period = TimeOffFactory()
    with refuses(constraint):
        TimeOff.objects.filter(id=period.id).update(**changes)
