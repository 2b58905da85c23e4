"""Numbers, flags, money and free objects: each in the one JSON type that it is."""

from typing import Any

from authspine.api.fields.base import Description, StrictField, sentence
from authspine.kernel import currencies
from authspine.kernel.money import MAX_PRICE_CENTS, Money

BIGGEST = 2**31 - 1


class WholeNumberField(StrictField):
    """A JSON integer within bounds: no strings, no booleans, no 1.0."""

    def __init__(self, *, least: int = 0, most: int = BIGGEST, **kwargs: Any) -> None:
        self.least, self.most = least, most
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> int:
        if type(value) is not int:
            self.refuse("not_an_integer", "Must be a whole number.")
        if not self.least <= value <= self.most:
            self.refuse("out_of_range", f"Must lie between {self.least} and {self.most}.")
        return int(value)

    def to_representation(self, value: int) -> int:
        return value

    def described(self) -> Description:
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


class FlagField(StrictField):
    """true or false, and nothing that a program might take for them."""

    def to_internal_value(self, value: Any) -> bool:
        if not isinstance(value, bool):
            self.refuse("not_a_boolean", "Must be true or false.")
        return bool(value)

    def to_representation(self, value: bool) -> bool:
        return value

    def described(self) -> Description:
        return {"type": "boolean"}


class ObjectField(StrictField):
    """A free JSON object; its depth and its strings were looked at when the body was read."""

    def to_internal_value(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            self.refuse("not_an_object", "Must be an object.")
        return value

    def to_representation(self, value: dict[str, Any]) -> dict[str, Any]:
        return value

    def described(self) -> Description:
        return {"type": "object", "additionalProperties": True}


class CurrencyField(StrictField):
    """The ISO 4217 code of a currency in use."""

    def to_internal_value(self, value: Any) -> str:
        if not currencies.is_currency(value):
            self.refuse("unknown_currency", "Must be the ISO 4217 code of a currency in use, such as USD.")
        return str(value)

    def to_representation(self, value: str) -> str:
        return value

    def described(self) -> Description:
        return {"type": "string", "format": "iso-4217", "examples": ["USD", "EUR"]}


class MoneyField(StrictField):
    """`{"amount_cents": 7500, "currency": "USD"}`: whole minor units of a currency in use, never negative.

    With `signed` it is one of our own sums: of any size, and below nothing too.
    For output, `cents` names the row's column of the amount; the currency stands in its column `currency`.
    """

    def __init__(self, *, cents: str = "", least: int = 0, signed: bool = False, **kwargs: Any) -> None:
        self.cents, self.least, self.signed = cents, least, signed
        self.component = "SignedMoney" if signed else "PositiveMoney" if least else "Money"
        if cents:
            kwargs |= {"source": "*", "read_only": True}
        super().__init__(**kwargs)

    def to_internal_value(self, value: Any) -> Money:
        try:
            money = Money.from_json(value)
        except ValueError as error:
            self.refuse("invalid_money", sentence(error))
        if not self.least <= money.amount_cents <= MAX_PRICE_CENTS:
            self.refuse("out_of_range", f"The amount must lie between {self.least} and {MAX_PRICE_CENTS}.")
        return money

    def to_representation(self, value: Any) -> dict[str, int | str]:
        money = Money(getattr(value, self.cents), value.currency) if self.cents else value
        return money.as_json()

    def described(self) -> Description:
        bounds = {} if self.signed else {"minimum": self.least, "maximum": MAX_PRICE_CENTS}
        return {
            "type": "object",
            "properties": {
                "amount_cents": {"type": "integer", **bounds},
                "currency": CurrencyField().described(),
            },
            "required": ["amount_cents", "currency"],
            "additionalProperties": False,
        }
