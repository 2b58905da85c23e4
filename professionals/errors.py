"""Ways in which a change to a professional, a vertical or a calendar is refused."""

from authspine.kernel.errors import Conflict, FieldFault, Invalid, Missing


class ProfessionalNotFound(Missing):
    detail = "There is no such professional."


class TimeOffNotFound(Missing):
    detail = "There is no such time off."


class TravelNotFound(Missing):
    detail = "There is no such travel."


class LocationNotFound(Missing):
    detail = "There is no such location."


class ClosureNotFound(Missing):
    detail = "There is no such closure."


class HolidayCalendarNotFound(Missing):
    detail = "There is no such holiday calendar."


class VerticalNotFound(Missing):
    detail = "There is no such vertical."


class UnknownVertical(Missing):
    detail = "There is no such vertical."


class EmailExists(Conflict):
    code = "email_exists"
    detail = "A professional with this e-mail address exists already."

    def __init__(self) -> None:
        super().__init__(field="email")


class SlugExists(Conflict):
    code = "slug_exists"
    detail = "A vertical with this slug exists already."

    def __init__(self) -> None:
        super().__init__(field="slug")


class OutOfOrder(Invalid):
    """An end before its start; `within` is the path of what has the two."""

    def __init__(self, end: str, start: str, *, within: str = "") -> None:
        detail = f"Must not be before {start}."
        super().__init__(detail, faults=(FieldFault(f"{within}{end}", "order", detail),))


class PeriodTooLong(Invalid):
    code = "range_too_long"
    detail = "The period is too long."


class HoursOverlap(Invalid):
    code = "overlap"
    detail = "Windows of one professional may touch but not overlap."


class TravelOverlap(Conflict):
    code = "travel_overlap"
    detail = "The professional travels on one of these dates already."

    def __init__(self) -> None:
        super().__init__(field="starts_on")


class HolidayCalendarExists(Conflict):
    code = "holiday_calendar_exists"
    detail = "These holidays are kept there already."

    def __init__(self) -> None:
        super().__init__(field="country")
