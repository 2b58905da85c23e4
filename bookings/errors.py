"""Ways in which a booking is refused. Each code is part of the API's promise."""

from authspine.kernel.errors import Conflict, FieldFault, Invalid, Missing


class BookingNotFound(Missing):
    detail = "There is no such booking."


class SlotTaken(Conflict):
    code = "slot_taken"
    detail = "This time is taken. Please choose another."


class NotASlot(Conflict):
    code = "not_a_slot"
    detail = "This service does not start at this time. Please choose one of the times on offer."


class OutsideHours(Conflict):
    code = "outside_hours"
    detail = "The professional does not work at this time."


class InThePast(Conflict):
    code = "in_the_past"
    detail = "This time is over already."


class TooSoon(Conflict):
    code = "notice"
    detail = "This time is too soon: the service needs more notice."


class TooFar(Conflict):
    code = "horizon"
    detail = "This time is too far ahead: the service cannot be booked that early."


class ServiceInactive(Conflict):
    code = "service_inactive"
    detail = "This service is no longer offered."


class ProfessionalUnverified(Conflict):
    code = "professional_unverified"
    detail = "This professional has not been verified yet and cannot be booked."


class LimitReached(Conflict):
    code = "limit_reached"
    detail = "The professional takes no more bookings in this day, week or month."


class TooManyHolds(Conflict):
    code = "too_many_holds"
    detail = "This client has as many open holds as are allowed at a time."


class TooManyLapses(Conflict):
    code = "too_many_lapses"
    detail = "This client has let lapse or given back too many holds within the last hour. Please try again later."


class TooManyBookings(Conflict):
    code = "too_many_bookings"
    detail = "This client has as many bookings ahead as are allowed."


class TooLateToMove(Conflict):
    code = "reschedule_window"
    detail = "It is too late to move this booking."


class MovedTooOften(Conflict):
    code = "reschedule_limit"
    detail = "This booking has been moved as often as is allowed."


class AnswersMissing(Conflict):
    code = "answers_missing"
    detail = "This booking has questions that must be answered before it is confirmed."


class TooManySlots(Invalid):
    code = "too_many_slots"
    detail = "That would be too many slots for one answer. Ask for fewer days or fewer professionals."

    def __init__(self) -> None:
        super().__init__(field="to")


def _spoken(status: str) -> str:
    return "a no-show" if status == "no_show" else status


class InvalidTransition(Conflict):
    code = "invalid_transition"

    def __init__(self, *, status: str, to: str) -> None:
        super().__init__(f"A booking that is {_spoken(status)} cannot become {_spoken(to)}.")


class NotOffered(Conflict):
    code = "not_offered"
    detail = "This professional does not offer this service."

    def __init__(self) -> None:
        super().__init__(field="professional")


class RangeTooLong(Invalid):
    code = "range_too_long"
    detail = "Ask for at most 92 days at a time."

    def __init__(self) -> None:
        super().__init__(field="to")


REFUSALS: dict[str, type[Conflict]] = {
    refusal.code: refusal
    for refusal in (
        SlotTaken,
        NotASlot,
        OutsideHours,
        InThePast,
        TooSoon,
        TooFar,
        LimitReached,
        ServiceInactive,
        ProfessionalUnverified,
    )
}

# What is told of a rule (`bookings.rules.refusals`) whose code is a wider one.
REASONS: dict[str, str] = {
    "holiday": "This is a public holiday. Please choose another day.",
    "time_off": "The professional is off at this time. Please choose another.",
    "full": "All seats of this time are taken. Please choose another.",
    "booked": "The professional is booked at this time. Please choose another.",
    "buffer": "This time is too close to another booking. Please choose another.",
    "resource_busy": "What this service needs is in use at this time. Please choose another.",
}


def refused(rule: str, *, code: str) -> Conflict:
    """The 409 with this code; where the code is a wider one, the fault beside it names the rule itself."""
    error = REFUSALS[code]
    return error(faults=(FieldFault("starts_at", rule, REASONS[rule]),)) if rule in REASONS else error()


class BookingAhead(Conflict):
    code = "booking_ahead"
    detail = "There is a booking that is not over yet. Cancel it, or wait until it has been."
