"""ISO 4217: the codes in use as money today, how many decimals each has, and the sign that people know it by.

Funds codes (CLF, USN ...), metals and test codes are left out: nobody pays with them.
"""

_IN_USE = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
    COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF
    SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU
    UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""
_WITHOUT_DECIMALS = """
    BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF
"""
_WITH_THREE_DECIMALS = """
    BHD IQD JOD KWD LYD OMR TND
"""

CODES = frozenset(_IN_USE.split())

_DECIMALS = dict.fromkeys(_WITHOUT_DECIMALS.split(), 0) | dict.fromkeys(_WITH_THREE_DECIMALS.split(), 3)

# Only signs that stand for one currency: a bare "$" is the US dollar's here, the other dollars show their code.
_SIGNS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩", "ILS": "₪", "VND": "₫",
    "NGN": "₦", "PHP": "₱", "TRY": "₺", "UAH": "₴", "KZT": "₸",
}  # fmt: skip


def is_currency(code: object) -> bool:
    """Whether this is the upper-case ISO code of a currency in use."""
    return isinstance(code, str) and code in CODES


def decimals(code: str) -> int:
    """How many decimals the currency's major unit has: 2 for most, 0 for the yen, 3 for the dinars."""
    return _DECIMALS.get(code, 2)


def step(code: str) -> int:
    """In which steps of minor units an amount can be charged: cards know no third decimal that is not 0.

    docs.stripe.com/currencies, three-decimal currencies.
    """
    return 10 if decimals(code) == 3 else 1


def prefix(code: str) -> str:
    """What stands before an amount: the sign, or the code and a no-break space."""
    return _SIGNS.get(code) or f"{code}\N{NO-BREAK SPACE}"
