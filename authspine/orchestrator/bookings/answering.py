"""Journeys of what a booking is asked. What was answered goes to its own row alone: no event tells of it."""

from collections.abc import Mapping
from uuid import UUID

from authspine.kernel import clock
from authspine.kernel.errors import Invalid
from bookings import queries as booking_queries
from bookings.actions import answers as answer_actions
from bookings.models import Booking
from bookings.queries import Intake
from bookings.rules import intake


def answer(booking_id: UUID, *, answers: Mapping[str, str], if_version: int | None = None) -> Booking:
    """Answer for a booking: 1. find; 2. do they answer what is asked now; 3. keep them in the place of the old ones.

    Raises BookingNotFound, Invalid, InvalidTransition, Stale, PersonErased.
    """
    now = clock.now()
    booking = booking_queries.get(booking_id, now=now)
    questions = booking_queries.questions_about(booking)
    if wrong := intake.faults(questions, answers):
        raise Invalid(faults=tuple(wrong))
    answer_actions.replace(booking, intake.kept(questions, answers), now=now, if_version=if_version)
    return booking_queries.get(booking_id, now=now)


def intake_of(booking_id: UUID) -> Intake:
    """What a booking was asked, and what was answered: 1. find; 2. look. Raises BookingNotFound."""
    return booking_queries.intake_of(booking_queries.get(booking_id, now=clock.now()))
