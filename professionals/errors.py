"""Ways in which a change to a professional, a vertical or a calendar is refused."""

from authspine.kernel.errors import Conflict, Missing


class ProfessionalNotFound(Missing):
    detail = "There is no such professional."


class TimeOffNotFound(Missing):
    detail = "There is no such time off."


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
