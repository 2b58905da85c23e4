"""Reads of what bookings are asked, and of what was answered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from bookings.errors import AnswersMissing
from bookings.models import Booking, IntakeAnswers
from bookings.queries.offered import Offered
from bookings.rules import intake
from bookings.rules.intake import Answered
from professionals.rules import starting_points
from professionals.rules.starting_points import Question


@dataclass(frozen=True)
class Intake:
    """What a booking was asked and what was answered; before that, what it would be asked now, without answers.

    Id and version are the booking's: answers are changed under its version.
    """

    resource: ClassVar[str] = "bookings.IntakeAnswers"

    id: UUID
    client_id: UUID
    version: int
    answered_at: datetime | None
    answers: Sequence[Answered]


def questions_of(one: Offered) -> list[Question]:
    """What a booking of this offer is asked: the questions of its vertical and of the service."""
    return starting_points.asked(one.offer.professional.vertical.intake_questions, one.service.intake_questions)


def questions_about(booking: Booking) -> list[Question]:
    """What a booking would be asked now. Nothing is read: expects it with its vertical and service."""
    return starting_points.asked(booking.vertical.intake_questions, booking.session.service.intake_questions)


def intake_of(booking: Booking) -> Intake:
    """One statement. Expects the booking with its client, vertical and service."""
    found = IntakeAnswers.objects.filter(booking=booking).first()
    if found is None:
        return Intake(booking.id, booking.client_id, booking.version, None, intake.kept(questions_about(booking), {}))
    found.client = booking.client  # whose key is at hand
    return Intake(booking.id, booking.client_id, booking.version, found.updated_at, found.content)


def lacks_answers(booking: Booking) -> bool:
    """Whether a question must be answered and nothing has been. No statement where none must.

    What was answered was whole when it was: who changes the questions later asks nobody a second time.
    """
    asked = intake.must_be_answered(questions_about(booking))
    return asked and not IntakeAnswers.objects.filter(booking=booking).exists()


def check_answered(booking: Booking) -> None:
    """Raise AnswersMissing where it lacks answers."""
    if lacks_answers(booking):
        raise AnswersMissing
