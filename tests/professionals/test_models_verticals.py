"""The database keeps the bounds of policies when something writes past the actions."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from authspine.kernel.tenancy import Scope
from professionals.models import Vertical


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"hold_minutes": 0}, "professionals_vertical_hold_minutes"),
        ({"cancellation_fee_bps": 10_001}, "professionals_vertical_cancellation_fee"),
        ({"cancellation_fee_cents": -1}, "professionals_vertical_cancellation_fee"),
        ({"no_show_fee_bps": 10_001}, "professionals_vertical_no_show_fee"),
        ({"no_show_fee_cents": -1}, "professionals_vertical_no_show_fee"),
        ({"deposit_bps": 10_001}, "professionals_vertical_deposit"),
        ({"approval_minutes": 0}, "professionals_vertical_approval_minutes"),
        ({"approval_minutes": 43_201}, "professionals_vertical_approval_minutes"),
        ({"max_open_holds": 0}, "professionals_vertical_client_limits"),
        ({"max_future_bookings": 0}, "professionals_vertical_client_limits"),
    ],
)
def test_a_policy_out_of_bounds(scope: Scope, fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Vertical.objects.filter(slug="beauty").update(**fields)
