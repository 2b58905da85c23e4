"""The peer's side of the comparison, in its own environment: prepares, then computes a month at each line of input.

First line in: {"booked": [[date, start, end], ...], "dates": [...], "clients": n}. First line out: what the booking
views need. Then a line out for each line in: milliseconds of a month, statements, slots.
"""

import datetime
import json
import logging
import sys
import time
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, reset_queries
from django.test.utils import CaptureQueriesContext

OPEN, CLOSE = datetime.time(9), datetime.time(17)
WORKING = range(1, 6)  # 0 is Sunday


def main() -> None:
    django.setup()
    logging.disable(logging.ERROR)
    call_command("migrate", "auth", verbosity=0)  # first: the peer's tables, which have no migrations, refer to it
    call_command("migrate", run_syncdb=True, verbosity=0)
    job = json.loads(sys.stdin.readline())
    staff, service, cookies = prepare(job)
    dates = [datetime.date.fromisoformat(text) for text in job["dates"]]
    tell({"staff": staff.pk, "service": service.pk, "cookies": cookies})
    for _ in sys.stdin:
        started = time.perf_counter()
        slots = month(staff.pk, service.pk, dates)
        took = (time.perf_counter() - started) * 1000
        reset_queries()
        with CaptureQueriesContext(connection) as captured:
            month(staff.pk, service.pk, dates)
        tell({"took": took, "statements": len(captured), "slots": slots})


def prepare(job: dict[str, Any]) -> Any:
    from appointment.models import Appointment, AppointmentRequest, Service, StaffMember, WorkingHours
    from django.contrib.auth import get_user_model
    from django.test import Client

    people = [
        get_user_model().objects.create_user(f"user{number}", f"user{number}@example.com")
        for number in range(job["clients"] + 1)
    ]
    service = Service.objects.create(name="Half an hour", duration=datetime.timedelta(minutes=30), price=50)
    staff = StaffMember.objects.create(user=people[0], slot_duration=30, lead_time=OPEN, finish_time=CLOSE)
    staff.services_offered.add(service)
    for day in WORKING:
        WorkingHours.objects.create(staff_member=staff, day_of_week=day, start_time=OPEN, end_time=CLOSE)
    for date, start, end in job["booked"]:
        asked = AppointmentRequest.objects.create(
            date=datetime.date.fromisoformat(date),
            start_time=datetime.time.fromisoformat(start),
            end_time=datetime.time.fromisoformat(end),
            service=service,
            staff_member=staff,
        )
        Appointment.objects.create(client=people[1], appointment_request=asked)
    cookies = []
    for person in people[1:]:
        browser = Client()
        browser.force_login(person)
        cookies.append(browser.cookies["sessionid"].value)
    return staff, service, cookies


def month(staff_id: int, service_id: int, dates: list[datetime.date]) -> int:
    """How many slots there are, by its own function for one day, once for each day."""
    from appointment.models import Service, StaffMember
    from appointment.services import get_available_slots_for_staff
    from appointment.utils.db_helpers import get_weekday_num_from_date

    staff, service = StaffMember.objects.get(pk=staff_id), Service.objects.get(pk=service_id)
    return sum(
        len(get_available_slots_for_staff(date, staff, get_weekday_num_from_date(date), service)) for date in dates
    )


def tell(what: dict[str, Any]) -> None:
    print(json.dumps(what), flush=True)


if __name__ == "__main__":
    main()
