"""Stripe's test cards and accounts: their names, numbers, and what becomes of a payment with them.

https://docs.stripe.com/testing; the names with and without `_visa_` are both taken.
"""

from dataclasses import dataclass, replace

DEBITS = ("us_bank_account", "sepa_debit", "bacs_debit", "acss_debit", "au_becs_debit")


@dataclass(frozen=True, slots=True)
class Tested:
    """`declined`: code and the bank's code; `action`: when the owner is asked; `dispute`: why the charge is disputed.

    `refund`: how a refund goes on (pending, fails); `settles`: how a debit ends (succeeds, fails, stays).
    """

    kind: str = "card"
    brand: str = "visa"
    last4: str = "4242"
    funding: str = "credit"
    declined: tuple[str, str] = ("", "")
    can_attach: bool = True
    action: str = "never"
    dispute: str = ""
    refund: str = "succeeds"
    settles: str = "succeeds"

    def asks_owner(self, *, off_session: bool, set_up: bool) -> bool:
        if self.action == "unless set up":
            return not (off_session and set_up)
        if self.action == "on session":
            return not off_session
        return self.action == "always"


def _declining(last4: str, code: str, decline_code: str = "", **more: bool) -> Tested:
    return Tested(last4=last4, declined=(code, decline_code), can_attach=more.get("can_attach", False))


CARDS = {
    "pm_card_visa": Tested(),
    "pm_card_visa_debit": Tested(last4="5556", funding="debit"),
    "pm_card_mastercard": Tested(brand="mastercard", last4="4444"),
    "pm_card_mastercard_debit": Tested(brand="mastercard", last4="8210", funding="debit"),
    "pm_card_amex": Tested(brand="amex", last4="8431"),
    "pm_card_discover": Tested(brand="discover", last4="9424"),
    "pm_card_chargeDeclined": _declining("0002", "card_declined", "generic_decline"),
    "pm_card_chargeDeclinedInsufficientFunds": _declining("9995", "card_declined", "insufficient_funds"),
    "pm_card_chargeDeclinedLostCard": _declining("9987", "card_declined", "lost_card"),
    "pm_card_chargeDeclinedStolenCard": _declining("9979", "card_declined", "stolen_card"),
    "pm_card_chargeDeclinedExpiredCard": _declining("0069", "expired_card"),
    "pm_card_chargeDeclinedIncorrectCvc": _declining("0127", "incorrect_cvc"),
    "pm_card_chargeDeclinedProcessingError": _declining("0119", "processing_error"),
    "pm_card_chargeDeclinedVelocityLimitExceeded": _declining("6975", "card_declined", "card_velocity_exceeded"),
    "pm_card_chargeDeclinedFraudulent": _declining("0019", "card_declined", "fraudulent"),
    "pm_card_chargeCustomerFail": _declining("0341", "card_declined", "generic_decline", can_attach=True),
    "pm_card_authenticationRequired": Tested(last4="3184", action="always"),
    "pm_card_authenticationRequiredOnSetup": Tested(last4="3155", action="unless set up"),
    "pm_card_authenticationRequiredSetupForOffSession": Tested(last4="0446", action="on session"),
    "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds": replace(
        _declining("8220", "card_declined", "insufficient_funds"), action="always", can_attach=True
    ),
    "pm_card_threeDSecure2Required": Tested(last4="3220", action="always"),
    "pm_card_createDispute": Tested(last4="0259", dispute="fraudulent"),
    "pm_card_createDisputeProductNotReceived": Tested(last4="2685", dispute="product_not_received"),
    "pm_card_pendingRefund": Tested(last4="7726", refund="pending"),
    "pm_card_refundFail": Tested(last4="5126", refund="fails"),
}

NUMBERS = {
    "4242424242424242": "pm_card_visa",
    "4000056655665556": "pm_card_visa_debit",
    "5555555555554444": "pm_card_mastercard",
    "5200828282828210": "pm_card_mastercard_debit",
    "378282246310005": "pm_card_amex",
    "371449635398431": "pm_card_amex",
    "6011000990139424": "pm_card_discover",
    "4000000000000002": "pm_card_chargeDeclined",
    "4000000000009995": "pm_card_chargeDeclinedInsufficientFunds",
    "4000000000009987": "pm_card_chargeDeclinedLostCard",
    "4000000000009979": "pm_card_chargeDeclinedStolenCard",
    "4000000000000069": "pm_card_chargeDeclinedExpiredCard",
    "4000000000000127": "pm_card_chargeDeclinedIncorrectCvc",
    "4000000000000119": "pm_card_chargeDeclinedProcessingError",
    "4000000000006975": "pm_card_chargeDeclinedVelocityLimitExceeded",
    "4100000000000019": "pm_card_chargeDeclinedFraudulent",
    "4000000000000341": "pm_card_chargeCustomerFail",
    "4000002760003184": "pm_card_authenticationRequired",
    "4000002500003155": "pm_card_authenticationRequiredOnSetup",
    "4000003800000446": "pm_card_authenticationRequiredSetupForOffSession",
    "4000008260003178": "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds",
    "4000000000003220": "pm_card_threeDSecure2Required",
    "4000000000000259": "pm_card_createDispute",
    "4000000000002685": "pm_card_createDisputeProductNotReceived",
    "4000000000007726": "pm_card_pendingRefund",
    "4000000000005126": "pm_card_refundFail",
}


def _debits() -> dict[str, Tested]:
    """`pm_usBankAccount`, `pm_sepaDebit` and so on succeed; with these endings they do not, or not by themselves."""
    names = {"us_bank_account": "pm_usBankAccount", "sepa_debit": "pm_sepaDebit", "bacs_debit": "pm_bacsDebit",
             "acss_debit": "pm_acssDebit", "au_becs_debit": "pm_auBecsDebit"}  # fmt: skip
    found: dict[str, Tested] = {}
    for kind, name in names.items():
        good = Tested(kind=kind, brand="", last4="6789", funding="")
        found |= {
            name: good,
            f"{name}_success": good,
            f"{name}_processing": replace(good, last4="3005", settles="stays"),
            f"{name}_insufficientFunds": replace(good, last4="2227", declined=("insufficient_funds", "")),
            f"{name}_accountClosed": replace(good, last4="1113", declined=("account_closed", "")),
            f"{name}_debitNotAuthorized": replace(good, last4="1110", declined=("debit_not_authorized", "")),
        }
    return {name: replace(each, settles="fails") if each.declined[0] else each for name, each in found.items()}


TESTED = CARDS | _debits()


def named(name: str) -> Tested | None:
    return TESTED.get(name) or TESTED.get(name.replace("pm_card_visa_", "pm_card_"))


def at_bank(kind: str, account_number: str) -> str:
    """The test account by its number (an IBAN by its end), as the name of one of ours; else one that succeeds."""
    endings = {"111113": "accountClosed", "111116": "debitNotAuthorized", "222227": "insufficientFunds",
               "5678": "insufficientFunds", "888889": "debitNotAuthorized"}  # fmt: skip
    start = next(name for name, each in TESTED.items() if each.kind == kind)
    for ending, outcome in endings.items():
        if account_number.endswith(ending):
            return f"{start}_{outcome}"
    return start


MESSAGES = {
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "authentication_required": "Your card was declined. This transaction requires authentication.",
    "account_closed": "The customer's bank account has been closed.",
    "debit_not_authorized": "The customer has notified their bank that this payment was unauthorized.",
}


def message(code: str, decline_code: str) -> str:
    if code == "card_declined" and decline_code == "insufficient_funds":
        return MESSAGES["insufficient_funds"]
    return MESSAGES.get(code, "Your card was declined.")
