"""Ways in which an event or a report is refused."""

from authspine.kernel.errors import Invalid, Missing


class ReservedType(Invalid):
    code = "reserved_type"
    detail = "Events of this family are written by the platform alone."

    def __init__(self) -> None:
        super().__init__(field="type")


class BadType(Invalid):
    code = "invalid_type"
    detail = "An event type is lower-case words joined by dots, such as newsletter.opened."

    def __init__(self) -> None:
        super().__init__(field="type")


class SubjectNotFound(Missing):
    detail = "There is no such client, professional or user."

    def __init__(self) -> None:
        super().__init__(field="user")


class EventNotFound(Missing):
    detail = "There is no such event."
