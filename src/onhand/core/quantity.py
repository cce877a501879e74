"""Quantities: exact decimals with three places, as the ledger stores them (``NUMERIC(14,3)``).

Weights are sold as well as pieces, so a quantity is a Decimal and never a float.
"""

from __future__ import annotations

from decimal import Decimal

Quantity = Decimal

ZERO: Quantity = Decimal(0)
# The most that can be asked for at once. The ledger adds up a hundred times as much, so a sum is not the first to fail.
LARGEST: Quantity = Decimal("999999999.999")
PLACES = 3


def fault(quantity: Quantity, *, smallest: Quantity = Decimal("0.001"), places: int = PLACES) -> str:
    """Say in a sentence what is wrong with a quantity somebody asked for; empty when nothing is.

    ``places`` is how finely the unit may be divided: 0 for pieces, 3 for kilograms.
    """
    if not quantity.is_finite():
        return "must be a number"
    if quantity < smallest:
        return f"must be at least {smallest}"
    if quantity > LARGEST:
        return f"must be at most {LARGEST}"
    exponent = quantity.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > places:
        return "must be a whole number" if places == 0 else f"must have at most {places} decimals"
    return ""


def text(quantity: Quantity) -> str:
    """Write a quantity the way a person does: no exponent and no trailing zeros (``12.500`` → ``12.5``)."""
    plain = f"{quantity:f}"
    return plain.rstrip("0").rstrip(".") if "." in plain else plain
