"""What a search in the lists of payments, refunds, ways to pay and sessions finds."""

from typing import Any

import pytest

from authspine.identity.models import Organization, User
from bookings.models import Session
from payments.models import PaymentIntent, PaymentMethod, Refund
from tests.admin.office import Row, one, page, signed_in


def found(user: User, organization: Organization, model: type[Row], typed: str) -> int:
    response: Any = signed_in(user, organization).get(page(model, "changelist"), {"q": typed})
    assert response.status_code == 200
    return len(response.context["cl"].result_list)


@pytest.mark.parametrize("model", [PaymentIntent, Refund, PaymentMethod], ids=lambda model: model.__name__)
def test_money_is_found_by_its_client(furnished: Organization, superuser: User, model: type[Row]) -> None:
    for typed, count in (("gar an", 1), ("Nobody", 0), ("' OR 1=1", 0)):
        assert found(superuser, furnished, model, typed) == count, typed


@pytest.mark.parametrize("model", [PaymentIntent, Refund], ids=lambda model: model.__name__)
def test_money_is_found_by_its_booking(furnished: Organization, superuser: User, model: type[Row]) -> None:
    booking_id = str(one(furnished, PaymentIntent).booking_id)
    assert found(superuser, furnished, model, booking_id) == 1
    assert found(superuser, furnished, model, booking_id[:-1] + "g") == 0


def test_a_session_is_found_by_its_service_and_its_professional(furnished: Organization, superuser: User) -> None:
    for typed, count in (("consult", 1), ("Pro Mann", 1), ("yoga", 0)):
        assert found(superuser, furnished, Session, typed) == count, typed
