"""What a customer is to the shop: how much they are worth, and how soon they are seen to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Final, Literal, NamedTuple, get_args

Priority = Literal["urgent", "high", "normal", "low"]
PRIORITIES: Final[tuple[Priority, ...]] = get_args(Priority)
Language = Literal["en", "es", "pt-br"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)
# What is spoken where, of the languages above; elsewhere English.
SPOKEN: Final[Mapping[str, Language]] = {
    **dict.fromkeys(("BR", "PT", "AO", "MZ"), "pt-br"),
    **dict.fromkeys(("ES", "MX", "AR", "CO", "CL", "PE", "EC", "UY", "PY", "BO", "VE", "CR", "PA", "DO", "GT"), "es"),
    **dict.fromkeys(("HN", "NI", "SV", "CU", "PR"), "es"),
}
ValueClass = Literal["A", "B", "C", "none"]


def language_of(said: str | None, country: str | None) -> Language:
    """In which language somebody is written to: as they said, else as it is spoken where they are, else in English."""
    return next((each for each in LANGUAGES if each == said), SPOKEN.get(country or "", "en"))


# What is looked at: bought, neither cancelled nor returned, in the last twelve months.
VALUED_OVER: Final = timedelta(days=365)


class Worth(NamedTuple):
    """From which amounts on somebody is of class A, or of class B, in a currency; below that of C."""

    a: Decimal
    b: Decimal


# One row a currency, of about the same worth; ``ELSE`` is for all others.
ELSE: Final = Worth(Decimal(5000), Decimal(1000))
WORTHS: Final[Mapping[str, Worth]] = {
    "EUR": Worth(Decimal(5000), Decimal(1000)),
    "GBP": Worth(Decimal(4000), Decimal(800)),
    "USD": Worth(Decimal(5000), Decimal(1000)),
    "BRL": Worth(Decimal(25000), Decimal(5000)),
    "MXN": Worth(Decimal(100000), Decimal(20000)),
    "JPY": Worth(Decimal(750000), Decimal(150000)),
}
_BEST_FIRST: Final[tuple[ValueClass, ...]] = ("A", "B", "C", "none")


def value_class(bought: Mapping[str, Decimal]) -> ValueClass:
    """What somebody is worth who bought for so much, by currency. Amounts of several currencies are never added up.

    The best class that any one currency gives; ``none`` for who bought nothing.
    """
    given = {_class(amount, WORTHS.get(currency, ELSE)) for currency, amount in bought.items()}
    return next((each for each in _BEST_FIRST if each in given), "none")


def _class(amount: Decimal, worth: Worth) -> ValueClass:
    if amount >= worth.a:
        return "A"
    if amount >= worth.b:
        return "B"
    return "C" if amount > 0 else "none"
