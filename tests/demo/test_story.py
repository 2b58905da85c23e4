"""Try the whole story: walked to its end, or to the step that is refused."""

from pytest_django.fixtures import Settings

from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from bookings.models import Booking
from payments.models import PaymentIntent
from tests.demo.visitor import Visitor
from tests.gateways import cut_off

STEPS = 9


def test_every_step_is_walked_for_real(visitor: Visitor) -> None:
    page = visitor.press("story")
    assert "Walked from a new client to the refund" in page
    assert page.count('<li class="ok">') == STEPS
    with organization_scope(visitor.organization, SYSTEM):
        assert Booking.objects.get().public_status == "completed"
        intent = PaymentIntent.objects.get()
    assert (intent.captured_cents, intent.refunded_cents) == (4500, 1500)


def test_it_stays_to_be_looked_at_and_can_be_walked_again(visitor: Visitor) -> None:
    visitor.press("story")
    assert visitor.open("story").count('<li class="ok">') == STEPS
    visitor.press("story")
    with organization_scope(visitor.organization, SYSTEM):
        assert Booking.objects.count() == 2


def test_a_step_that_is_refused_ends_it_and_says_why(visitor: Visitor, settings: Settings) -> None:
    cut_off(settings)
    page = visitor.press("story")
    assert "The story stopped on the way." in page
    assert "The payment provider does not answer." in page
    assert page.count('<li class="ok">') == 6
    assert page.count('<li class="stop">') == 1
