"""A page takes as many SQL statements for many rows as for a few."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from authspine.kernel.actor import SYSTEM
from authspine.orchestrator import payments
from tests.demo.visitor import Visitor
from tests.factories import hour, working_day
from tests.fixtures import Maker


def statements(visitor: Visitor, at: str) -> int:
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert visitor.client.get(at).status_code == 200
    return len(captured)


LISTS = ("clients", "professionals", "services", "bookings", "payments")
BESIDES = ("overview", "calendar", "analytics", "events")


def test_lists_take_a_constant_number(visitor: Visitor, make: Maker) -> None:
    service = make.service()
    fill(make, service, 9, 11)
    few = counted(visitor)
    fill(make, service, 11, 17)
    assert counted(visitor) == few


def counted(visitor: Visitor) -> dict[str, int]:
    query = f"?week={working_day().date()}"
    return {name: statements(visitor, reverse(f"demo:{name}") + query) for name in (*LISTS, *BESIDES)}


def fill(make: Maker, service: object, first: int, last: int) -> None:
    """A client with a paid booking for each hour, and a professional with a service."""
    for of_day in range(first, last):
        booking = make.booking(service=service, starts_at=hour(of_day))
        payments.pay(make.organization, SYSTEM, booking=booking.id, method="invoice")
        make.service(name=f"Service {of_day}")


def test_a_booking_with_many_payments(visitor: Visitor, make: Maker) -> None:
    booking = make.booking()
    at = reverse("demo:booking", args=[booking.id])
    visitor.press("booking-pay", booking.id, way="declined")
    few = statements(visitor, at)
    for _ in range(3):
        visitor.press("booking-pay", booking.id, way="declined")
    assert statements(visitor, at) == few


def test_a_search_costs_no_more_than_the_list(visitor: Visitor, make: Maker) -> None:
    make.booking()
    for name in LISTS:
        at = reverse(f"demo:{name}")
        # Who is not found is not looked at, either.
        assert statements(visitor, f"{at}?search=a+b+c") <= statements(visitor, at)
