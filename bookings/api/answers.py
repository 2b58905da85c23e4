"""What a booking is asked, and what was answered, over HTTP.

This is the one place where the API shows answers: a booking is shown without them, also when they were sent with it,
and no answer to a POST holds them, since those are kept under their Idempotency-Key.
"""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import ListField, Serializer

from authspine.api.fields import IdField, InstantField, TextField, TextsField, WholeNumberField
from authspine.api.serializers import StrictSerializer
from authspine.api.views import ScopedViewSet
from authspine.kernel import clock
from authspine.orchestrator import bookings
from bookings import queries as booking_queries
from bookings.api.bookings import BookingOut, answers_field
from professionals.api.verticals import IntakeQuestionOut


class AnswersIn(StrictSerializer):
    answers: TextsField = answers_field(required=True)


class AnsweredOut(IntakeQuestionOut):
    """A question as it was asked, with its answer."""

    answer = TextField(allow_null=True)


class AnswersOut(Serializer[Any]):
    booking = IdField(source="id")
    version = WholeNumberField(help_text="The booking's.")
    answered_at = InstantField(allow_null=True, help_text="null: nothing yet; these are the questions to be answered.")
    answers = ListField(child=AnsweredOut())


class AnswersViewSet(ScopedViewSet):
    """The questions of a booking's vertical and service, as they were asked, and the answers."""

    resource = "answers"
    of = "bookings.Booking"
    shown_as = BookingOut
    answers = {"retrieve": AnswersOut}
    takes = {"replace": AnswersIn}
    versioned = True
    if_match = frozenset({"replace"})
    conditional = frozenset({"retrieve"})

    def current_version(self, row: UUID) -> int:
        return booking_queries.get(row, now=clock.now()).version

    def retrieve(self, request: Request, id: UUID) -> Response:
        """What a booking was asked, and what was answered. The tag is good for If-Match, as the booking's is."""
        return self.show(bookings.intake_of(id))

    def replace(self, request: Request, id: UUID) -> Response:
        """Answer for a booking that is still to come, in the place of what was answered before; gives the booking."""
        return self.show(bookings.answer(id, **self.sent(), if_version=self.if_version(id)))
