"""The ledger: of a booking, and of the whole business with what each professional has earned."""

from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from authspine.demo import money_picture
from authspine.demo.paging import page
from authspine.demo.showing import show
from authspine.demo.visit import DemoRequest, demo_page
from authspine.orchestrator import ledger as journeys
from bookings import queries as booking_queries
from payments.queries import books
from payments.queries import ledger as ledger_queries

TAB = "payments"
PERIODS = ("7", "30", "90", "365")
USUAL = "30"


@demo_page
@require_safe
def whole(request: DemoRequest) -> HttpResponse:
    visit, asked = request.visit, request.GET.get("days", USUAL)
    days = asked if asked in PERIODS else USUAL
    since = visit.now - timedelta(days=int(days))
    with visit.scope(snapshot=True):
        accounts = books.accounts(since=since)
        rows = ledger_queries.transactions().filter(at__gte=since).select_related("booking__client")
        return show(
            request,
            "demo/ledger/page.html",
            tab=TAB,
            days=days,
            periods=PERIODS,
            accounts=accounts,
            picture=money_picture.draw(accounts, visit.organization.currency),
            statements=journeys.statements(since, visit.now + timedelta(seconds=1)),
            page=page(request, rows),
        )


@demo_page
@require_safe
def of_booking(request: DemoRequest, booking_id: UUID) -> HttpResponse:
    visit = request.visit
    with visit.scope(snapshot=True):
        booking = booking_queries.get(booking_id, now=visit.now)
        accounts = books.accounts(booking=booking_id)
        rows = ledger_queries.transactions().filter(booking=booking_id).select_related("booking__client")
        return show(
            request,
            "demo/ledger/booking.html",
            tab=TAB,
            booking=booking,
            accounts=accounts,
            picture=money_picture.draw(accounts, booking.currency),
            page=page(request, rows),
        )
