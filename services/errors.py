"""Ways in which a change to a service is refused."""

from authspine.kernel.errors import Invalid, Missing


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
