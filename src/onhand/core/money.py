"""Money: an amount with its currency, added only to its own kind, rounded the way its currency is counted."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import msgspec

# Currencies not counted in hundredths (ISO 4217, minor units).
_NO_DECIMALS = {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF"}
_NO_DECIMALS |= {"XOF", "XPF"}
_THREE_DECIMALS = {"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"}


def decimals(currency: str) -> int:
    """How many decimals a currency is counted in (ISO 4217: 2 for most, 0 for yen, 3 for dinars)."""
    if currency in _NO_DECIMALS:
        return 0
    return 3 if currency in _THREE_DECIMALS else 2


class MixedCurrencies(TypeError):
    """Two currencies were added; convert one first, at a rate somebody is answerable for."""


class Money(msgspec.Struct, frozen=True):
    """An amount of one currency.

    >>> Money(Decimal("2.50"), "GBP") * 3
    Money(amount=Decimal('7.50'), currency='GBP')
    """

    amount: Decimal
    currency: str

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency} cannot be added")
        return Money(self.amount + other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> Money:
        return Money(self.amount * factor, self.currency)

    def rounded(self) -> Money:
        """Round half up to what the currency can pay, as price tags and invoices do."""
        unit = Decimal(1).scaleb(-decimals(self.currency))
        return Money(self.amount.quantize(unit, ROUND_HALF_UP), self.currency)
