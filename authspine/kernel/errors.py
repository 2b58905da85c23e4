"""The five ways to fail. Apps subclass a kind, one class per rule, with a stable lower-case code.

The HTTP status of a kind is decided in `authspine.api.errors` alone; the demo maps the same kinds to messages.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class FieldFault:
    """One fault in one field of what was sent; `field` is a dotted path, empty for the whole."""

    field: str
    code: str
    detail: str


class PlatformError(Exception):
    """A refusal with a stable code and a sentence for people. `field` names what in the request it is about."""

    code = "error"
    detail = "The request could not be carried out."

    def __init__(self, detail: str | None = None, *, field: str = "", faults: tuple[FieldFault, ...] = ()) -> None:
        self.detail = detail or type(self).detail
        self.field = field
        self.faults = faults or ((FieldFault(field, self.code, self.detail),) if field else ())
        super().__init__(self.detail)


class Invalid(PlatformError):
    """What was sent has the wrong shape, whatever the state of the platform."""

    code = "validation_error"
    detail = "Some of what was sent is not valid."


class NotAllowed(PlatformError):
    """The caller may not do this."""

    code = "permission_denied"
    detail = "You do not have permission to do this."


class Missing(PlatformError):
    """What was named does not exist here, or belongs to somebody else: the two read the same."""

    code = "not_found"
    detail = "Not found."


class Conflict(PlatformError):
    """The request is well formed, but the state of things forbids it."""

    code = "conflict"
    detail = "The current state does not allow this."


class Stale(Conflict):
    """Somebody was first: what is to be changed is no longer the version that the caller has seen."""

    code = "precondition_failed"
    detail = "This has been changed since you last saw it."


class Unavailable(PlatformError):
    """A part that is needed does not answer now; trying again later may work."""

    code = "unavailable"
    detail = "The service is busy or away for a moment. Please try again."
    retry_after_seconds = 2
