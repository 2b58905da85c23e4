"""The journey of a hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from authspine.kernel import clock
from authspine.kernel.errors import Conflict, Invalid
from authspine.orchestrator.bookings import events
from authspine.orchestrator.bookings.lapsing import lock_calendars
from bookings import actions as booking_actions
from bookings import queries as booking_queries
from bookings.actions import answers as answer_actions
from bookings.models import Booking
from bookings.queries import Candidate, Offered
from bookings.rules import intake
from bookings.rules.intake import Answered
from clients import queries as client_queries


def hold(
    *,
    client: UUID,
    service: UUID,
    starts_at: datetime,
    professional: UUID | None = None,
    notes: str = "",
    answers: Mapping[str, str] | None = None,
    override: bool = False,
    external_id: str | None = None,
) -> Booking:
    """Hold a time: 1. who may give it; 2. the first of them who can; 3. `booking.created`, or also `.requested`.

    Without `professional` anybody will do, by priority, then by who is least booked. With `override` (staff) any time
    that is free will do. Answers that come with it must be whole; with none at all they may follow
    (`answer`). Raises Invalid, ClientNotFound, ServiceNotFound, ProfessionalNotFound, NotOffered and the 409s of
    `bookings.errors`.
    """
    now = clock.now()
    asked = Hold(
        client=client,
        starts_at=starts_at,
        notes=notes,
        answers=answers,
        override=override,
        external_id=external_id,
        now=now,
    )
    candidates = booking_queries.candidates(service, professional=professional, starts_at=starts_at, now=now)
    booking = asked.of(candidates[0]) if len(candidates) == 1 else asked.of_first(candidates)
    events.record("created", booking, now=now)
    if booking.status == Booking.Status.REQUESTED:
        events.record("requested", booking, now=now)
    return booking


class Hold:
    """What is asked for, to be tried with one candidate after the other."""

    def __init__(
        self,
        *,
        client: UUID,
        starts_at: datetime,
        notes: str,
        answers: Mapping[str, str] | None,
        override: bool,
        external_id: str | None,
        now: datetime,
    ) -> None:
        self.client, self.starts_at, self.notes, self.answers = client, starts_at, notes, answers
        self.override, self.external_id, self.now = override, external_id, now

    def of(self, candidate: Candidate) -> Booking:
        """1. the locks; 2. who and what, as they are now; 3. may it be had; 4. the seat; 5. the answers.

        All that is decided on is read under the locks: what was withdrawn while we queued up is not sold.
        """
        lock_calendars({*candidate.subjects, self.client}, now=self.now)
        who = client_queries.get(self.client, field="client")
        one = booking_queries.look_at(candidate, self.starts_at)
        policy = booking_queries.policy_of(one)
        booking_queries.check_offer(one)
        if not self.override:
            booking_queries.check_client(who.id, policy, now=self.now)
        place = booking_queries.check_start(one, self.starts_at, now=self.now, override=self.override)
        answered = self.answered(one)
        booking = booking_actions.hold(
            place, client=who, policy=policy, notes=self.notes, external_id=self.external_id, now=self.now
        )
        if answered:
            answer_actions.write(booking, answered, now=self.now)
        return booking

    def answered(self, one: Offered) -> list[Answered]:
        """What is kept of the answers that came with it; nothing where none came, or nothing is asked."""
        if self.answers is None:
            return []
        questions = booking_queries.questions_of(one)
        if wrong := intake.faults(questions, self.answers):
            raise Invalid(faults=tuple(wrong))
        return intake.kept(questions, self.answers)

    def of_first(self, candidates: Sequence[Candidate]) -> Booking:
        """The first candidate who can. Raises what the first one was refused for when nobody can."""
        refusals: list[Conflict] = []
        for candidate in candidates:
            try:
                # A rollback to the savepoint gives the locks back: whoever holds one never waits for another.
                with transaction.atomic():
                    return self.of(candidate)
            except Conflict as refusal:
                refusals.append(refusal)
        raise refusals[0]
