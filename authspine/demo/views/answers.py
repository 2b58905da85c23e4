"""The questions of a booking: answered on its page, when that was not done with the booking, or once more."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from authspine.demo.answers import accepted, done
from authspine.demo.forms.intake import QuestionsForm
from authspine.demo.views import bookings
from authspine.demo.visit import DemoRequest, demo_page
from authspine.orchestrator import bookings as journeys
from bookings import queries as booking_queries


@demo_page
@require_POST
def answer(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    with request.visit.scope():
        questions = booking_queries.questions_about(booking_queries.get(booking_id, now=request.visit.now))
    form = QuestionsForm(request.POST, questions=questions)
    if accepted(request.visit, form, lambda: journeys.answer(booking_id, answers=form.answers())):
        return done(request, "Answered.", at=bookings.address(booking_id))
    return bookings.shown(request, booking_id, answering=form)
