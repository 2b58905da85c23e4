"""A person is erased while somebody books or charges them: one of the two comes first, and the other is refused."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from authspine.identity.models import Organization
from authspine.kernel import clock
from authspine.kernel.actor import SYSTEM
from authspine.kernel.tenancy import organization_scope
from authspine.orchestrator import bookings, erasure, payments, professionals, verticals
from authspine.orchestrator.importing import bookings as importing_bookings
from authspine.privacy.errors import PersonErased
from bookings import queries as booking_queries
from bookings.models import Booking, IntakeAnswers, Session
from clients import actions as client_actions
from clients.models import Client
from payments import queries as payment_queries
from payments.models import PaymentIntent
from professionals.actions import hours as hour_actions
from professionals.errors import ProfessionalNotFound
from professionals.models import TimeOff
from tests.fixtures import new_organization
from tests.journeys import documents
from tests.payments.paying import book, shop
from tests.races.test_holds import race
from tests.studio import Studio

ROUNDS = 5


def hold(studio: Studio) -> Booking:
    with organization_scope(studio.organization, SYSTEM):
        return bookings.hold(client=studio.client.id, service=studio.service.id, starts_at=studio.at(10))


def erase(studio: Studio) -> Any:
    return erasure.erase_client(studio.organization, SYSTEM, studio.client.id)


def hold_or_erase(studio: Studio, number: int) -> Any:
    return erase(studio) if number % 2 else hold(studio)


def erase_professional(studio: Studio) -> Any:
    return erasure.erase_professional(studio.organization, SYSTEM, studio.professional.id)


def is_erased(studio: Studio) -> bool:
    with organization_scope(studio.organization, SYSTEM):
        return Client.objects.get(id=studio.client.id).erased_at is not None


def count(studio: Studio, model: Any) -> int:
    with organization_scope(studio.organization, SYSTEM):
        return int(model.objects.count())


def test_who_is_erased_has_nothing_ahead() -> None:
    for _ in range(ROUNDS):
        studio = shop(new_organization())
        outcomes = race(partial(hold_or_erase, studio), 4)
        erased = is_erased(studio)
        assert (erased, count(studio, Booking)) in ((True, 0), (False, 1)), outcomes
        assert outcomes["not_found" if erased else "booking_ahead"] == 2


class Meanwhile:
    """An erasure by another thread, asked for while a function is called for the first time; how it went."""

    def __init__(
        self,
        monkeypatch: pytest.MonkeyPatch,
        studio: Studio,
        module: Any,
        name: str,
        seconds: float,
        erase: Callable[[Studio], Any] = erase,
    ) -> None:
        self.outcomes: Counter[str] = Counter()
        self._thread = threading.Thread(target=lambda: self.outcomes.update(race(lambda _: erase(studio), 1)))
        self._real, self._seconds = getattr(module, name), seconds
        monkeypatch.setattr(module, name, self._called)

    def _called(self, *args: Any, **kwargs: Any) -> Any:
        if self._thread.ident is None:
            self._thread.start()
            self._thread.join(self._seconds)
        return self._real(*args, **kwargs)

    def ended(self) -> Counter[str]:
        self._thread.join(20)
        return self.outcomes


def pay(studio: Studio, booking: Booking) -> PaymentIntent:
    return payments.start(studio.organization, SYSTEM, booking=booking.id, method="invoice")


def test_an_erasure_waits_for_a_payment_that_is_just_beginning_and_is_refused(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    booking = book(studio, status="completed")
    erasing = Meanwhile(monkeypatch, studio, payment_queries, "due", 0.3)
    assert pay(studio, booking).status == "pending"
    assert erasing.ended() == {"payment_in_flight": 1}
    assert not is_erased(studio)


def test_control_without_the_bookings_locks_a_payment_is_overlooked(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    booking = book(studio, status="completed")

    def unlocked(client_id: Any) -> Any:
        return list(Booking.objects.filter(client=client_id).values_list("id", flat=True))

    monkeypatch.setattr(booking_queries, "lock_all_of", unlocked)
    erasing = Meanwhile(monkeypatch, studio, payment_queries, "due", 0.3)
    assert pay(studio, booking).status == "pending"
    assert erasing.ended() == {"ok": 1}
    assert is_erased(studio)


def test_control_without_the_clients_lock_somebody_erased_has_a_booking_ahead(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    monkeypatch.setattr(client_actions, "lock_subjects", lambda subjects: None)
    erasing = Meanwhile(monkeypatch, studio, booking_queries, "look_at", 20)
    hold(studio)
    assert erasing.ended() == {"ok": 1}
    assert (is_erased(studio), count(studio, Booking)) == (True, 1)


def is_over(studio: Studio, booking: Booking) -> None:
    """It was an hour ago, nobody has said how it went, and there is something to answer."""
    ended = clock.now() - timedelta(hours=1)
    with organization_scope(studio.organization, SYSTEM):
        verticals.configure("consulting", intake_questions=[{"id": "a", "prompt": "Allergies?", "type": "text"}])
        Session.objects.filter(id=booking.session_id).update(starts_at=ended - timedelta(hours=1), ends_at=ended)


@pytest.mark.parametrize("answered_before", [False, True])
def test_who_is_erased_meanwhile_has_answered_nothing(
    organization: Organization, monkeypatch: pytest.MonkeyPatch, answered_before: bool
) -> None:
    studio = shop(organization)
    booking = book(studio)
    is_over(studio, booking)
    if answered_before:
        with organization_scope(organization, SYSTEM):
            bookings.answer(booking.id, answers={"a": "dust"})
    erasing = Meanwhile(monkeypatch, studio, booking_queries, "questions_about", 20)
    with pytest.raises(PersonErased), organization_scope(organization, SYSTEM):
        bookings.answer(booking.id, answers={"a": "nuts"})
    assert erasing.ended() == {"ok": 1}
    assert (is_erased(studio), count(studio, IntakeAnswers)) == (True, 0)


def test_a_professional_who_is_erased_waits_for_time_off_that_is_being_entered(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    erasing = Meanwhile(monkeypatch, studio, hour_actions, "check_fields", 0.5, erase_professional)
    with organization_scope(organization, SYSTEM):
        professionals.take_time_off(
            studio.professional.id, starts_at=studio.at(10), ends_at=studio.at(11), reason="surgery"
        )
    assert erasing.ended() == {"ok": 1}
    assert count(studio, TimeOff) == 0


def test_a_professional_who_is_erased_meanwhile_takes_no_time_off(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    erasing = Meanwhile(monkeypatch, studio, hour_actions, "lock_row", 20, erase_professional)
    with pytest.raises(ProfessionalNotFound), organization_scope(organization, SYSTEM):
        professionals.take_time_off(
            studio.professional.id, starts_at=studio.at(10), ends_at=studio.at(11), reason="surgery"
        )
    assert (erasing.ended(), count(studio, TimeOff)) == ({"ok": 1}, 0)


def test_who_is_erased_during_an_import_keeps_none_of_its_words(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio = shop(organization)
    parts = {"client": studio.client, "service": studio.service, "professional": studio.professional}
    ids: dict[str, Any] = {name: str(row.id) for name, row in parts.items()}
    told = documents.booking(**ids, status="completed", notes="Nuts")
    sections: dict[str, Any] = {kind: [] for kind in ("clients", "professionals", "services", "payments", "refunds")}
    erasing = Meanwhile(monkeypatch, studio, importing_bookings, "life", 0.5)
    report = documents.bring_in(organization, documents.document(**sections, bookings=[told]))
    assert documents.refusals(report) == []
    assert erasing.ended() == {"ok": 1}
    with organization_scope(organization, SYSTEM):
        assert Booking.objects.get().notes == ""
