"""Ways in which a payment is refused. Each code is part of the API's promise."""

from uuid import UUID

from authspine.kernel.errors import Conflict, FieldFault, Invalid, Missing, Unavailable


class IntentNotFound(Missing):
    detail = "There is no such payment."


class RefundNotFound(Missing):
    detail = "There is no such refund."


class MethodNotFound(Missing):
    detail = "There is no such payment method."


class SetupNotFound(Missing):
    detail = "There is no such attempt to keep a payment method."


class MethodUnknown(Missing):
    detail = "The payment provider knows no such payment method."

    def __init__(self) -> None:
        super().__init__(field="payment_method")


class MethodNotAllowed(Conflict):
    code = "payment_method_not_allowed"
    detail = "This business does not take this way of paying."

    def __init__(self) -> None:
        super().__init__(field="method")


class MethodRequired(Conflict):
    code = "payment_method_required"
    detail = "Say which card or account is to be charged."

    def __init__(self) -> None:
        super().__init__(field="payment_method")


class MethodExists(Conflict):
    code = "payment_method_exists"
    detail = "The client has this payment method on file already."


class NotPayable(Conflict):
    code = "booking_not_payable"

    def __init__(self, status: str) -> None:
        super().__init__(f"A booking that is {status.replace('_', '-')} cannot be paid.", field="booking")


class AlreadyPaid(Conflict):
    code = "already_paid"
    detail = "This booking is paid in full."

    def __init__(self) -> None:
        super().__init__(field="booking")


class NothingDue(Conflict):
    code = "nothing_due"
    detail = "This booking costs nothing."

    def __init__(self) -> None:
        super().__init__(field="booking")


class PaymentInProgress(Conflict):
    code = "payment_in_progress"
    detail = "Another payment of this booking is under way. Confirm that one, or wait for its end."


class Unconfirmed(PaymentInProgress):
    """The other payment was announced at the gateway and never confirmed: cancelled there, it makes room."""

    def __init__(self, intent: UUID) -> None:
        super().__init__()
        self.intent = intent


class PaymentOver(Conflict):
    code = "invalid_transition"

    def __init__(self, status: str) -> None:
        super().__init__(f"A payment that has {status} cannot be confirmed. Please start another.")


class NotCapturable(Conflict):
    code = "not_authorized"

    def __init__(self, status: str) -> None:
        super().__init__(f"Only an authorized amount can be captured; this payment is {status.replace('_', ' ')}.")


class CaptureTooLarge(Conflict):
    code = "capture_too_large"
    detail = "This is more than what is left of the authorized amount."

    def __init__(self) -> None:
        super().__init__(field="amount")


class CaptureOvertaken(Conflict):
    code = "capture_overtaken"
    detail = "Another part was captured meanwhile. Look at what is left, and ask anew."


class NotCancellable(Conflict):
    code = "invalid_transition"

    def __init__(self, status: str) -> None:
        super().__init__(f"A payment that is {status.replace('_', ' ')} cannot be cancelled.")


class NothingOnFile(Conflict):
    code = "nothing_on_file"
    detail = "The client has nothing on file that could be charged."

    def __init__(self) -> None:
        super().__init__(field="payment_method")


class MethodOfAnotherKind(Conflict):
    code = "payment_method_mismatch"

    def __init__(self, kind: str) -> None:
        super().__init__(f"The payment provider has this one as {kind}.", field="type")


class NothingToRefund(Conflict):
    code = "nothing_to_refund"
    detail = "Nothing of this payment is left to give back."


class RefundTooLarge(Conflict):
    code = "refund_too_large"
    detail = "This is more than what is left of the payment."

    def __init__(self) -> None:
        super().__init__(field="amount")


class ApprovalRequired(Conflict):
    code = "approval_required"
    detail = "So much is given back only when a second person approves it. Ask for it in the admin."

    def __init__(self) -> None:
        super().__init__(field="amount")


class SecondPersonNeeded(Conflict):
    code = "second_person_needed"
    detail = "You have asked for this refund yourself: somebody else has to approve it."


class AlreadyDecided(Conflict):
    code = "invalid_transition"

    def __init__(self, status: str) -> None:
        super().__init__(f"This refund is {status} already.")


class RequestNotFound(Missing):
    detail = "There is no such request for a refund."


class CurrencyMismatch(Invalid):
    def __init__(self, currency: str) -> None:
        detail = f"This payment is in {currency}."
        super().__init__(detail, faults=(FieldFault("amount.currency", "currency_mismatch", detail),))


class GatewayRefusal(Conflict):
    """The gateway answered, and the answer is no: nothing was charged or given back. `reason` is its own short word."""

    def __init__(self, detail: str | None = None, *, reason: str = "", field: str = "") -> None:
        super().__init__(detail, field=field)
        self.reason = reason or self.code


class Declined(GatewayRefusal):
    """The bank or the client's account says no; another card may do."""

    code = "payment_declined"
    detail = "The payment was declined."


class ApprovalNeeded(Declined):
    """The client is away, and their bank wants to hear from them: they can pay themselves, by another attempt."""

    code = "payment_needs_approval"
    detail = "The bank wants the client to approve this payment, so they have to be there for it."


class GatewayRefused(GatewayRefusal):
    """The request itself is not acceptable, such as a payment method that does not exist there."""

    code = "payment_refused"
    detail = "The payment provider did not accept this. Please check the payment method and the amount."


class NotMadeHere(Conflict):
    """The gateway's record belongs to another organization or another payment: an imported copy only refers to it.

    Not a GatewayRefusal: the money of a copy may have moved all the same, so this is not the end of it.
    """

    code = "payment_refused"
    detail = "This payment was not made here, so its money cannot be moved from here."


class GatewayUnavailable(Unavailable):
    """No answer, or none that can be understood: what became of the request is unknown."""

    detail = "The payment provider does not answer. The outcome is not known yet; asking again is safe."


class NotThere(GatewayUnavailable):
    """The gateway answers, and finds nothing: perhaps with the key of another account."""

    detail = "The payment provider does not find this. The outcome is not known; asking again is safe."


class GatewayNotConfigured(GatewayUnavailable):
    detail = "No payment provider is set up here: set STRIPE_API_KEY. Cash and invoice can be recorded without one."


class BadSignature(Invalid):
    detail = "This is not a message that the payment provider has signed for us."

    def __init__(self, detail: str | None = None) -> None:
        words = detail or self.detail
        super().__init__(words, faults=(FieldFault("Stripe-Signature", "bad_signature", words),))


class PaymentInFlight(Conflict):
    code = "payment_in_flight"
    detail = "A payment, refund, dispute or card on its way is not settled yet. Try again when it is."
