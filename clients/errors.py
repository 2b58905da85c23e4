"""Ways in which a change to a client is refused."""

from authspine.kernel.errors import Conflict, Missing


class ClientNotFound(Missing):
    detail = "There is no such client."


class EmailExists(Conflict):
    code = "email_exists"
    detail = "A client with this e-mail address exists already."

    def __init__(self) -> None:
        super().__init__(field="email")


class ConsentNotFound(Missing):
    detail = "There is no such consent of this client."


class ConsentLive(Conflict):
    code = "consent_live"
    detail = "The client has consented to this already, by the same version of the text."


class ConsentWithdrawn(Conflict):
    code = "consent_withdrawn"
    detail = "This consent has ended already."


class LegalHold(Conflict):
    code = "legal_hold"
    detail = "This client is under a legal hold."


class NotHeld(Missing):
    detail = "There is no legal hold on this client."
