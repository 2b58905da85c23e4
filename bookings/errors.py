"""Ways in which a booking is refused. Each code is part of the API's promise."""

from authspine.kernel.errors import Conflict, Invalid, Missing


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


class NotOffered(Invalid):
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
        ServiceInactive,
        ProfessionalUnverified,
    )
}
