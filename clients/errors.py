"""Ways in which a change to a client is refused."""

from authspine.kernel.errors import Conflict, Missing


class ClientNotFound(Missing):
    detail = "There is no such client."


class EmailExists(Conflict):
    code = "email_exists"
    detail = "A client with this e-mail address exists already."

    def __init__(self) -> None:
        super().__init__(field="email")


class LegalHold(Conflict):
    code = "legal_hold"
    detail = "This client's record is under a legal hold and must not be erased before that ends."
