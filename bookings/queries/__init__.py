"""Reads of bookings (`bookings`), of what they are asked (`intake`), of a professional's week (`weeks`) and of what
slots are decided on.

`offered` reads who offers what and when they work, `calendars` who has the time; `slots` and `starts` decide with them.
"""

from bookings.queries.bookings import (
    bound_between,
    bound_by_lapsed_holds,
    bound_subjects,
    check_client,
    client_has_any,
    get,
    kept_by,
    lapsed,
    lapsed_of,
    listed,
    live_between,
    professionals_with_lapsed_holds,
    stored_status,
    with_status,
)
from bookings.queries.history import professional_has_any, resource_has_any
from bookings.queries.intake import Intake, check_answered, intake_of, lacks_answers, questions_about, questions_of
from bookings.queries.offered import Offered, offered, offered_by, schedule
from bookings.queries.people import (
    Past,
    client_has_any_ahead,
    lock_all_of,
    past_of_client,
    past_of_professional,
    professional_has_any_ahead,
)
from bookings.queries.slots import Asked, Availability, available
from bookings.queries.starts import (
    Candidate,
    Place,
    candidate,
    candidates,
    check_offer,
    check_start,
    look_at,
    policy_of,
)
from bookings.queries.weeks import agenda, coming

__all__ = [
    "Asked",
    "Availability",
    "Candidate",
    "Intake",
    "Offered",
    "Past",
    "Place",
    "agenda",
    "available",
    "bound_between",
    "bound_by_lapsed_holds",
    "bound_subjects",
    "candidate",
    "candidates",
    "check_answered",
    "check_client",
    "check_offer",
    "check_start",
    "client_has_any",
    "client_has_any_ahead",
    "coming",
    "get",
    "intake_of",
    "kept_by",
    "lacks_answers",
    "lapsed",
    "lapsed_of",
    "listed",
    "live_between",
    "lock_all_of",
    "look_at",
    "offered",
    "offered_by",
    "past_of_client",
    "past_of_professional",
    "policy_of",
    "professional_has_any",
    "professional_has_any_ahead",
    "professionals_with_lapsed_holds",
    "questions_about",
    "questions_of",
    "resource_has_any",
    "schedule",
    "stored_status",
    "with_status",
]
