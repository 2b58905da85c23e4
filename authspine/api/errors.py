"""Every way to fail, as HTTP: the one place that knows a status for an error.

An answer that is not a success is RFC 9457 `application/problem+json`, with a stable `code`. Nothing that a client can
send gives a 500, and a database that is away or busy gives a 503 that says when to come again.
"""

import logging
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core import exceptions as django_errors
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, UnreadablePostError
from rest_framework import exceptions as drf_errors
from rest_framework.response import Response

from authspine.identity.constraints import LAST_OWNER
from authspine.identity.errors import LastOwner
from authspine.kernel.constraint_errors import constraint_of
from authspine.kernel.errors import Conflict, FieldFault, Invalid, Missing, NotAllowed, PlatformError, Unavailable

PROBLEM_JSON = "application/problem+json"

STATUS_OF_KIND: dict[type[PlatformError], int] = {
    Invalid: 400,
    NotAllowed: 403,
    Missing: 404,
    Conflict: 409,
    Unavailable: 503,
}

# Codes that say more than their kind does.
STATUS_OF_CODE = {
    "payment_declined": 402,
    "payment_needs_approval": 402,
    "precondition_failed": 412,
    "idempotency_mismatch": 422,
    "too_many_requests": 429,
}

CODE_OF_STATUS = {
    400: "validation_error",
    401: "not_authenticated",
    403: "permission_denied",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    412: "precondition_failed",
    413: "payload_too_large",
    415: "unsupported_media_type",
    429: "too_many_requests",
    500: "internal_error",
    503: "unavailable",
}

logger = logging.getLogger(__name__)


def problem_response(error: Exception, context: dict[str, Any] | None = None) -> Response | None:
    """The answer to an error that a view raised; None, which becomes a 500, when it is a fault of the program."""
    told = as_platform_error(error)
    if told is not None:
        retry = {"Retry-After": str(told.retry_after_seconds)} if isinstance(told, Unavailable) else {}
        return _response(status_of(told), told.code, told.detail, told.faults, retry)
    if isinstance(error, drf_errors.APIException):
        return _of_framework(error)
    if isinstance(error, django_errors.SuspiciousOperation):
        return _suspicious(error)
    return None


def status_of(error: PlatformError) -> int:
    """The HTTP status of one of our own errors: of its code, else of its kind."""
    kinds = (status for kind, status in STATUS_OF_KIND.items() if isinstance(error, kind))
    return STATUS_OF_CODE.get(error.code) or next(kinds, 500)


def problem(status: int, code: str = "", detail: str = "", faults: tuple[FieldFault, ...] = ()) -> dict[str, Any]:
    """The body of a problem. `type` is about:blank, so `title` is the status's own phrase; `code` tells them apart."""
    title = HTTPStatus(status).phrase
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "code": code or CODE_OF_STATUS.get(status, "error"),
        "detail": detail or title,
        "errors": [{"field": fault.field, "code": fault.code, "detail": fault.detail} for fault in faults],
    }


def as_platform_error(error: BaseException) -> PlatformError | None:
    """Our own error, or the one that an error of Django or of the database amounts to."""
    match error:
        case PlatformError():
            return error
        case Http404():
            return Missing()
        case django_errors.PermissionDenied():
            return NotAllowed()
        case django_errors.ValidationError():
            return Invalid(" ".join(error.messages))
        case UnreadablePostError():
            return Invalid("The body ended before it was read.")
        case DatabaseError() | InterfaceError():
            return _of_database(error)
    return None


def _of_database(error: BaseException) -> PlatformError | None:
    if isinstance(error, IntegrityError):
        return _of_constraint(error)
    if isinstance(error, DataError):
        return Invalid("A value lies outside of what can be stored.")
    # Away, out of connections, out of patience for a lock, chosen to end a deadlock, or read-only while a standby
    # takes over (25006): all of it passes.
    if isinstance(error, OperationalError | InterfaceError) or _sqlstate(error) == "25006":
        # Not in its words, which quote the statement and the values in it.
        logger.warning("The database did not answer: %s", _sqlstate(error) or type(error.__cause__ or error).__name__)
        return Unavailable()
    return None


def _of_constraint(error: IntegrityError) -> PlatformError:
    """What a constraint refused that no action had foreseen by name."""
    name = constraint_of(error)
    if name == LAST_OWNER:
        return LastOwner()
    if name.endswith("_external_id_key"):
        fault = FieldFault("external_id", "external_id_exists", "Another record of this kind has this external_id.")
        return Conflict(fault.detail, faults=(fault,))
    logger.warning("The constraint %s refused a write that no rule had refused before", name or "(unnamed)")
    # A value of the wrong shape (not null, check) is the sender's fault; the rest is a matter of what is there already.
    return Invalid() if _sqlstate(error) in ("23502", "23514") else Conflict()


def _sqlstate(error: BaseException) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""


def _of_framework(error: drf_errors.APIException) -> Response:
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(error, drf_errors.ValidationError):
        faults = tuple(_flat(error.detail))
        return _response(400, "", _summary(faults), faults, headers)
    return _response(error.status_code, "", str(error.detail), (), headers)


def _suspicious(error: django_errors.SuspiciousOperation) -> Response:
    if isinstance(error, django_errors.RequestDataTooBig):
        return _response(413, "", "The body is too large.", (), {})
    return _response(400, "", "The request is not well formed.", (), {})


def _flat(details: Any, path: str = "") -> Iterator[FieldFault]:
    """The faults of nested serializers with dotted paths: `price.amount_cents`, `weekly.0.start`."""
    if isinstance(details, drf_errors.ErrorDetail):
        yield FieldFault(path, str(details.code), str(details))
    elif isinstance(details, dict):
        for name, inner in details.items():
            yield from _flat(inner, path if name == "non_field_errors" else f"{path}.{name}".lstrip("."))
    else:
        for index, inner in enumerate(details):
            # Several faults of one field, or the items of a list, of which the faultless ones are empty.
            yield from _flat(
                inner, path if isinstance(inner, drf_errors.ErrorDetail) else f"{path}.{index}".lstrip(".")
            )


def _summary(faults: tuple[FieldFault, ...]) -> str:
    if len(faults) == 1:
        return f"{faults[0].field}: {faults[0].detail}" if faults[0].field else faults[0].detail
    return Invalid.detail


def _response(status: int, code: str, detail: str, faults: tuple[FieldFault, ...], headers: dict[str, str]) -> Response:
    body = problem(status, code, detail, faults)
    return Response(body, status=status, headers=headers, content_type=PROBLEM_JSON)
