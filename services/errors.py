"""Ways in which a change to a service is refused."""

from authspine.kernel.errors import Conflict, Invalid, Missing


class ServiceNotFound(Missing):
    detail = "There is no such service."


class DepositTooHigh(Invalid):
    code = "deposit_too_high"
    detail = "The deposit cannot be more than the price."

    def __init__(self) -> None:
        super().__init__(field="deposit")


class MixedCurrencies(Invalid):
    code = "currency_mismatch"
    detail = "Price and deposit must be in the same currency."

    def __init__(self) -> None:
        super().__init__(field="deposit")


class DepositAbovePrice(Conflict):
    """Of price and deposit one was sent; it is right by itself and does not go with the other, as it is kept."""

    code = "deposit_above_price"
    detail = "The deposit of this service would be more than its price; send both to change both."


class OtherCurrency(Conflict):
    """As above, of the currencies."""

    code = "other_currency"
    detail = "Price and deposit of this service would be in two currencies; send both to change both."
