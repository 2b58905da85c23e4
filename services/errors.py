"""Ways in which a change to a service, an offer or a resource is refused."""

from authspine.kernel.errors import Conflict, Invalid, Missing


class ServiceNotFound(Missing):
    detail = "There is no such service."


class LocationNotFound(Missing):
    detail = "There is no such location."


class OfferNotFound(Missing):
    detail = "The professional does not offer this service."


class ResourceNotFound(Missing):
    detail = "There is no such resource."


class RequirementNotFound(Missing):
    detail = "The service does not take this any more: what it takes was changed meanwhile."


class DowntimeNotFound(Missing):
    detail = "There is no such downtime."


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


class OfferInOtherCurrency(Invalid):
    code = "currency_mismatch"
    detail = "The price of an offer is in the currency of its service."

    def __init__(self) -> None:
        super().__init__(field="price")


class OfferBelowDeposit(Conflict):
    code = "below_deposit"
    detail = "The price of an offer cannot be less than the deposit of its service."

    def __init__(self) -> None:
        super().__init__(field="price")


class OffersHavePrices(Conflict):
    code = "offers_have_prices"
    detail = "Offers of this service have prices of their own in its currency. Change those first."

    def __init__(self) -> None:
        super().__init__(field="price")


class OwnOffer(Conflict):
    code = "own_offer"
    detail = "The professional whom a service belongs to always has an offer of it, which can be inactive."


class ResourceInactive(Conflict):
    code = "resource_inactive"
    detail = "This resource is not in use any more."


class DepositAbovePrice(Conflict):
    """Of price and deposit one was sent; it is right by itself and does not go with the other, as it is kept."""

    code = "deposit_above_price"
    detail = "The deposit of this service would be more than its price; send both to change both."


class OtherCurrency(Conflict):
    """As above, of the currencies."""

    code = "other_currency"
    detail = "Price and deposit of this service would be in two currencies; send both to change both."
