"""What bookings do by themselves: holds lapse, requests that nobody answered are declined."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from authspine.orchestrator import bookings, sweep


@app.periodic(cron="* * * * *")
@app.task(name="bookings.expire_lapsed", queueing_lock="bookings.expire_lapsed", pass_context=True)
def expire_lapsed(context: JobContext, timestamp: int) -> None:
    """Every minute, in every organization. Two at a time do no harm: the calendar's lock decides who was first.

    So it takes no lock of the queue, which a killed worker would leave taken.
    """
    sweep.in_every_organization(bookings.expire_lapsed, stop=context.should_abort)
