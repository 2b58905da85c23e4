"""What a receipt says is kept: how much, why, and until when."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.conf import settings

from analytics import queries as event_queries
from authspine.kernel import clock
from authspine.privacy import receipts
from authspine.privacy.erasure_list import Line
from authspine.privacy.keeping import Kept, end_of_year, latest
from authspine.privacy.models import Erasure
from bookings import queries as booking_queries
from payments import queries as payment_queries

find = receipts.find

MONEY = "Records of money, which the law has kept for {years} years after their own. They name nobody."
LEDGER = "Accounts must stay whole, for as long as the records of money."
BOOKINGS = "The past of the calendar, without the person: by its vertical, and for as long as money refers to it."
EVENTS = "That something happened is counted; whose it was is an id of nobody."
OTHERS = "They are their clients', with records of money that the law has kept for {years} years; an id says by whom."
RECORD = "An empty row, for as long as anything above refers to it."
LISTED = "The id alone, outside of the database, so that a backup that is restored forgets this person again."


def of_client(line: Line, gone: Mapping[str, int], *, customer: str, row_stays: bool = True) -> Erasure:
    """Write the receipt of a client, in the scope that has emptied what `gone` counts."""
    kept = kept_of_client(line.person, row_stays=row_stays)
    return receipts.write(line, {"the client's record": 1, **gone}, kept, customer=customer, now=clock.now())


def kept_of_client(client_id: UUID, *, row_stays: bool = True) -> list[Kept]:
    """What stays of a client, whether they are erased or about to be."""
    money, past = payment_queries.money_of_client(client_id), booking_queries.past_of_client(client_id)
    years = settings.MONEY_KEPT_YEARS
    money_until: date | None = end_of_year(money.last_at, years)
    until = latest(past.kept_until and past.kept_until.date(), money_until)
    return [
        Kept("bookings", past.count, BOOKINGS, until),
        Kept("payments and refunds", money.payments, MONEY.format(years=years), money_until),
        Kept("ledger transactions", money.ledger, LEDGER, money_until),
        Kept("events", event_queries.count_about(client_id), EVENTS, until),
        Kept("the empty record", int(row_stays), RECORD, until),
        Kept("a line on the list of erasures", 1, LISTED, None),
    ]


def of_professional(line: Line, gone: Mapping[str, int], *, row_stays: bool = True) -> Erasure:
    """Likewise, of a professional."""
    past, events = booking_queries.past_of_professional(line.person), event_queries.count_about(line.person)
    until = latest(past.kept_until and past.kept_until.date(), end_of_year(past.last_at, settings.MONEY_KEPT_YEARS))
    kept = [
        Kept("bookings of others", past.count, OTHERS.format(years=settings.MONEY_KEPT_YEARS), until),
        Kept("events", events, EVENTS, until),
        Kept("the empty record", int(row_stays), RECORD, until),
        Kept("a line on the list of erasures", 1, LISTED, None),
    ]
    return receipts.write(line, {"the record of the professional": 1, **gone}, kept, now=clock.now())
