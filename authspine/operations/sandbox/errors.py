"""Stripe's errors, as it words them: https://docs.stripe.com/error-codes."""

from typing import Any


class Refusal(Exception):
    """An answer that is an error. What was written meanwhile is kept where `kept`, as with a declined card.

    Refused while the parameters are looked at (`validation`), so that nothing began: not kept for the idempotency key.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        param: str = "",
        status: int = 400,
        type: str = "invalid_request_error",
        validation: bool = False,
        kept: bool = False,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.validation = validation
        self.kept = kept
        told = {"code": code, "message": message, "param": param, "type": type, **more}
        if code:
            told["doc_url"] = f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}"
        self.told = {name: value for name, value in told.items() if value not in ("", None)}


def unknown_parameter(name: str) -> Refusal:
    return Refusal(f"Received unknown parameter: {name}", code="parameter_unknown", param=name, validation=True)


def missing_parameter(name: str) -> Refusal:
    return Refusal(f"Missing required param: {name}.", code="parameter_missing", param=name, validation=True)


def no_such(kind: str, id: str, param: str = "id") -> Refusal:
    """By its address it is 404, in a parameter 400."""
    status = 404 if param in ("id", "intent") else 400
    words = kind.replace(" ", "_") if kind.endswith("intent") else kind
    message = f"No such {words}: '{id}'"
    return Refusal(message, code="resource_missing", param=param, status=status, validation=True)


def unauthorized(key: str) -> Refusal:
    if not key:
        return Refusal("You did not provide an API key.", status=401, validation=True)
    return Refusal(f"Invalid API Key provided: {key[:7]}****", status=401, validation=True)


def unknown_address(method: str, path: str) -> Refusal:
    return Refusal(f"Unrecognized request URL ({method}: {path}).", status=404, validation=True)


def key_in_use(key: str) -> Refusal:
    message = (
        f"There is currently another in-progress request using this Idempotent Key ({key}). Please try again later."
    )
    return Refusal(message, code="idempotency_key_in_use", status=409, type="idempotency_error", validation=True)


def key_of_another(key: str, *, same_route: bool) -> Refusal:
    thing = "with the same parameters" if same_route else "for the same endpoint"
    message = (
        f"Keys for idempotent requests can only be used {thing} they were first used with. Try using a key other than"
        f" '{key}' if you meant to execute a different request."
    )
    return Refusal(message, type="idempotency_error", validation=True)


def failed(status: int) -> Refusal:
    """What a script makes Stripe say of itself."""
    if status == 429:
        message = "Request rate limit exceeded."
        return Refusal(message, code="rate_limit", status=429, validation=True)
    if status == 409:
        return key_in_use("scripted")
    return Refusal("An unknown error occurred.", status=status, type="api_error")
