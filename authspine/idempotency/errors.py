"""Ways in which a request with a key is refused before it is carried out."""

from authspine.kernel.errors import Conflict, Invalid

HEADER = "Idempotency-Key"


class KeyRequired(Invalid):
    code = "idempotency_key_required"
    detail = f"This moves money: send an {HEADER}, so that asking again does not move it twice."

    def __init__(self) -> None:
        super().__init__(field=HEADER)


class BadKey(Invalid):
    code = "bad_idempotency_key"
    detail = "An idempotency key has 1 to 255 visible ASCII characters, no comma, and is sent once."

    def __init__(self) -> None:
        super().__init__(field=HEADER)


class KeyNotTaken(Invalid):
    code = "idempotency_key_not_taken"
    detail = f"Only a POST takes an {HEADER}, and none whose answer is shown once."

    def __init__(self) -> None:
        super().__init__(field=HEADER)


class KeyMismatch(Conflict):
    code = "idempotency_mismatch"
    detail = (
        "This key was sent before with another body, query or If-Match, or by you with another role or scope."
        " Take a new key for a new request."
    )

    def __init__(self) -> None:
        super().__init__(field=HEADER)


class InFlight(Conflict):
    code = "idempotency_in_flight"
    detail = "The request with this key is still being carried out. Send it again in a moment for its answer."

    def __init__(self) -> None:
        super().__init__(field=HEADER)


class AnswerErased(Conflict):
    code = "answer_erased"
    detail = "The answer to this key told of a person who has been erased since. What was asked for is not done again."

    def __init__(self) -> None:
        super().__init__(field=HEADER)
