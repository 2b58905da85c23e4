"""What Stripe says of amounts: decimals, least amounts, and what a payment costs.

https://docs.stripe.com/currencies; the fees are those of the price list for an account in the United States, and for
other currencies those of the account where that one is at home. No currency is exchanged for another.
"""

from dataclasses import dataclass

from authspine.operations.sandbox.errors import Refusal

NO_DECIMALS = frozenset("bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf".split())  # noqa: SIM905
THREE_DECIMALS = frozenset(["bhd", "iqd", "jod", "kwd", "lyd", "omr", "tnd"])
COUNTED_IN_HUNDREDTHS = frozenset({"isk", "ugx"})
MOST = 99_999_999

LEAST = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250, "eur": 50,
    "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300, "nzd": 50,
    "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fee:
    """A share in basis points, a fixed part in minor units, and the most that is taken."""

    basis_points: int
    fixed: int = 0
    most: int = MOST


CARD = {
    "usd": Fee(290, 30), "eur": Fee(150, 25), "gbp": Fee(150, 20), "cad": Fee(290, 30), "aud": Fee(170, 30),
    "chf": Fee(290, 30), "jpy": Fee(360), "sek": Fee(150, 180), "nok": Fee(240, 200), "dkk": Fee(150, 180),
}  # fmt: skip
OTHER_CARD = Fee(290)
DEBIT = {
    "us_bank_account": Fee(80, 0, 500),
    "sepa_debit": Fee(0, 35),
    "bacs_debit": Fee(100, 20, 400),
    "acss_debit": Fee(100, 40, 500),
    "au_becs_debit": Fee(100, 30, 350),
}
DISPUTE_FEE = 1500


def fee(kind: str, currency: str, amount: int, *, first: bool = True) -> int:
    """Rounded half up; of several captures of one charge only the first pays the fixed part."""
    rate = CARD.get(currency, OTHER_CARD) if kind == "card" else DEBIT[kind]
    share = (amount * rate.basis_points + 5_000) // 10_000
    return min(share + (rate.fixed if first else 0), rate.most, amount)


def dispute_fee(currency: str) -> int:
    return DISPUTE_FEE // 100 if currency in NO_DECIMALS else DISPUTE_FEE


def check_currency(currency: str) -> str:
    low = currency.lower()
    if len(low) != 3 or not low.isascii() or not low.isalpha():
        raise Refusal(f"Invalid currency: {low}.", code="", param="currency", validation=True)
    return low


def check_amount(amount: int, currency: str) -> None:
    """What may be charged at all."""
    if amount < 1:
        code = "parameter_invalid_integer"
        raise Refusal("This value must be greater than or equal to 1.", code=code, param="amount", validation=True)
    if amount > MOST:
        raise Refusal(
            "Amount must be no more than 999,999.99.", code="amount_too_large", param="amount", validation=True
        )
    least = LEAST.get(currency, 1)
    if amount < least:
        raise Refusal(
            f"Amount must convert to at least {least} {currency}.",
            code="amount_too_small",
            param="amount",
            validation=True,
        )
    check_steps(amount, currency)


def check_steps(amount: int, currency: str) -> None:
    """Three decimals are rounded to tens; two currencies are counted in hundredths that do not exist."""
    step = 10 if currency in THREE_DECIMALS else 100 if currency in COUNTED_IN_HUNDREDTHS else 1
    if amount % step:
        raise Refusal(
            f"Invalid amount: amounts in {currency} must be divisible by {step}.",
            code="parameter_invalid_integer",
            param="amount",
            validation=True,
        )
