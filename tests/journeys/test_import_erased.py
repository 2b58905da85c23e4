"""Who was erased where a file comes from is erased where it comes in: a row of nobody, to which bookings refer."""

from typing import Any

import pytest

from authspine.identity.models import Organization, User
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import erasure
from authspine.privacy import blind
from bookings.models import Booking
from clients.models import Client
from tests.fixtures import new_organization
from tests.journeys.documents import at, booking, bring_in, client, copy, document, refusals
from tests.payments.paying import book, shop


def test_they_come_over_with_their_bookings(organization: Organization) -> None:
    studio = shop(organization)
    book(studio, status="completed")
    erasure.erase_client(organization, SYSTEM, studio.client.id)
    erasure.erase_professional(organization, SYSTEM, studio.professional.id)
    other = new_organization()
    assert refusals(bring_in(other, copy(organization))) == []
    with organization_scope(other, SYSTEM):
        row = Booking.objects.select_related("client", "session__professional").get()
        for person in (row.client, row.session.professional):
            assert person.erased_at
            assert person.deleted_at
            assert (person.name, person.email, person.user_id, bytes(person.data_key)) == ("", "", None, b"")
    assert not User.objects.filter(email_key=blind.email_index(User, "")).exists()


@pytest.mark.parametrize("name", ["email", "name", "notes", "metadata", "payment_methods"])
def test_nothing_is_told_of_a_client_who_was_erased(organization: Organization, name: str) -> None:
    told: Any = {"metadata": {"a": 1}, "payment_methods": [{"id": "m"}]}.get(name, "x@example.com")
    clients = [client(), {"id": "c2", "erased_at": at(9), name: told}, {"id": "c3", "erased_at": at(9)}]
    assert refusals(bring_in(organization, document(clients=clients))) == [("clients", "c2", "validation_error")]
    with organization_scope(organization, SYSTEM):
        assert Client.objects.exclude(erased_at=None).count() == 1


QUESTION = {"id": "a", "prompt": "Allergies?", "type": "text", "options": [], "required": False, "max_length": 100}
ANSWERS = [{"id": "a1", "content": [QUESTION | {"answer": "Nuts"}]}]
WORDS: list[dict[str, Any]] = [
    {"notes": "Nuts"},
    {"status": "cancelled", "cancellation_reason": "Ana was ill"},
    {"intake_answers": ANSWERS},
]


@pytest.mark.parametrize("told", WORDS, ids=["notes", "reason", "answers"])
def test_what_a_booking_tells_of_them_is_refused_alone(organization: Organization, told: dict[str, Any]) -> None:
    clients = [{"id": "c1", "erased_at": at(9)}, client("c2")]
    bookings = [booking("b1", 9, **told), booking("b2", 10), booking("b3", 11, client="c2", notes="Nuts")]
    found = document(clients=clients, bookings=bookings, payments=[], refunds=[])
    answer = bring_in(organization, found)
    assert refusals(answer) == [("bookings", "b1", "validation_error")]
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.count() == 2


def test_an_older_file_tells_nothing_of_somebody_who_was_erased_here(organization: Organization) -> None:
    first = document(clients=[client(), client("c2")], bookings=[booking("b1", 9, status="completed")])
    assert refusals(bring_in(organization, first)) == []
    with organization_scope(organization, SYSTEM):
        erased = Client.objects.get(bookings__external_id="b1")
    erasure.erase_client(organization, SYSTEM, erased.id)
    older = [booking("b2", 10, notes="Nuts", client=str(erased.id)), booking("b3", 11, notes="Nuts", client="c2")]
    answer = bring_in(organization, document(clients=[client("c2")], bookings=older))
    assert refusals(answer) == [("bookings", "b2", "validation_error")]
