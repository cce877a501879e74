"""Decisions about what is sold: which codes are sound, how finely a unit divides, which price holds. No I/O, no clock.

A GTIN (GS1's number for a trade item) comes in lengths of 8, 12, 13 and 14 digits, the last a check digit; padded with
zeros to 14 digits they are one and the same number, and so they are kept. A code that is no GTIN is *internal*: taken
as it is. Numbers of GTIN length whose prefix GS1 leaves to companies and regions (scales, in-store labels) are
internal too: their last digits may hold a weight or a price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

from onhand.core import quantity

TRACKINGS: Final = ("none", "lot", "serial")
PACK_LEVELS: Final = ("each", "inner", "case", "pallet")
DEFAULT_UNIT: Final = "each"


@dataclass(frozen=True, slots=True)
class Unit:
    """What a SKU is counted in. ``decimals``: how finely it may be divided, 0 for pieces."""

    code: str
    name: str
    decimals: int


# The smallest parts of a measure (gram, millilitre, millimetre) are counted whole, the others in thousandths.
UNITS: Final[Mapping[str, Unit]] = {
    unit.code: unit
    for unit in (
        Unit("each", "piece", 0),
        Unit("pair", "pair", 0),
        Unit("set", "set", 0),
        Unit("pack", "pack", 0),
        Unit("box", "box", 0),
        Unit("bag", "bag", 0),
        Unit("bottle", "bottle", 0),
        Unit("can", "can", 0),
        Unit("roll", "roll", 0),
        Unit("sheet", "sheet", 0),
        Unit("bundle", "bundle", 0),
        Unit("dozen", "dozen", 0),
        Unit("kg", "kilogram", 3),
        Unit("g", "gram", 0),
        Unit("t", "tonne", 3),
        Unit("lb", "pound", 3),
        Unit("oz", "ounce", 3),
        Unit("l", "litre", 3),
        Unit("ml", "millilitre", 0),
        Unit("gal", "US gallon", 3),
        Unit("m", "metre", 3),
        Unit("cm", "centimetre", 1),
        Unit("mm", "millimetre", 0),
        Unit("ft", "foot", 3),
        Unit("yd", "yard", 3),
        Unit("m2", "square metre", 3),
        Unit("m3", "cubic metre", 3),
        Unit("hour", "hour", 3),
    )
}


def decimals(unit: str) -> int:
    """How many decimals a quantity in this unit may have; a unit no longer listed divides as the ledger does."""
    known = UNITS.get(unit)
    return quantity.PLACES if known is None else known.decimals


BarcodeKind = Literal["gtin", "internal"]

GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})
# Restricted circulation numbers, among the GS1 prefixes and the GS1-8 prefixes of the General Specifications.
_RESTRICTED: Final = ("02", "04", "2")
_RESTRICTED_IN_8: Final = ("0", "2")


def check_digit(body: str) -> int:
    """The check digit that belongs after these digits.

    GS1 General Specifications, section 7.9: from the right, digits weigh 3, 1, 3, 1 …; the sum is filled up to ten.

    >>> check_digit("629104150021")
    3
    """
    total = sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(body)))
    return -total % 10


def barcode_kind(code: str) -> BarcodeKind:
    """Whether a scanned or typed code is meant as a GTIN, right or wrong, or is somebody's own."""
    digits = _squeezed(code)
    if not (digits.isascii() and digits.isdigit() and len(digits) in GTIN_LENGTHS):
        return "internal"
    return "internal" if _restricted(digits) else "gtin"


def normal_barcode(code: str) -> str:
    """The form a code is kept and looked up in: 14 digits for a GTIN, an internal code without outer blanks.

    >>> normal_barcode("0 36000 29145 2")
    '00036000291452'
    """
    return _squeezed(code).zfill(14) if barcode_kind(code) == "gtin" else code.strip()


def barcode_fault(code: str) -> str:
    """Say in a sentence what is wrong with a code; empty when nothing is."""
    if not code.strip():
        return "A barcode cannot be blank; leave it out instead."
    if barcode_kind(code) == "internal":
        return ""
    digits = _squeezed(code)
    expected = check_digit(digits[:-1])
    if int(digits[-1]) == expected:
        return ""
    return f"The check digit of {digits} is {digits[-1]} but should be {expected}; scan or type the code again."


def barcode_prefixes(beginning: str) -> list[str]:
    """Beginnings of kept barcodes that a typed beginning may stand for: itself, or a GTIN of 13, 12 or 8 digits."""
    digits = _squeezed(beginning)
    if not (digits.isascii() and digits.isdigit()):
        return [beginning.strip()]
    return [zeros + digits for zeros in ("", "0", "00", "000000") if len(zeros + digits) <= max(GTIN_LENGTHS)] or [
        digits
    ]


def _squeezed(code: str) -> str:
    """A code without the blanks that are printed between the digits of a GTIN."""
    return code.replace(" ", "")


def _restricted(digits: str) -> bool:
    """Whether GS1 leaves this number to companies and regions. An indicator of 1 to 9 marks a true GTIN-14."""
    padded = digits.zfill(14)
    if padded.startswith("000000"):
        return padded[6:].startswith(_RESTRICTED_IN_8)
    return padded[0] == "0" and padded[1:].startswith(_RESTRICTED)


LARGEST_AMOUNT: Final = Decimal("9999999999.9999")
AMOUNT_PLACES: Final = 4


def amount_fault(amount: Decimal) -> str:
    """Say in a sentence what is wrong with a price; empty when nothing is. A price of nothing is a price."""
    if not amount.is_finite() or amount < 0:
        return "A price must be a number of at least 0."
    if amount > LARGEST_AMOUNT:
        return f"A price must be at most {LARGEST_AMOUNT}."
    exponent = amount.normalize().as_tuple().exponent
    if isinstance(exponent, int) and -exponent > AMOUNT_PLACES:
        return f"A price must have at most {AMOUNT_PLACES} decimals."
    return ""


@dataclass(frozen=True, slots=True)
class PricePoint:
    """What one base unit costs from a moment on, until the next point begins."""

    amount: Decimal
    valid_from: datetime


def price_at(prices: Iterable[PricePoint], at: datetime) -> Decimal | None:
    """The price that holds at a moment, of one SKU in one currency; None before the first begins."""
    begun = [price for price in prices if price.valid_from <= at]
    return max(begun, key=lambda price: price.valid_from).amount if begun else None


def circles(parents: Mapping[str, str | None], code: str, parent: str | None) -> bool:
    """Whether hanging ``code`` under ``parent`` would make it its own ancestor."""
    above = parent
    while above is not None and above != code:
        above = parents.get(above)
    return above is not None


def first_repeated(codes: Sequence[str]) -> int | None:
    """The position of the first code that came before; None when all differ."""
    seen: set[str] = set()
    for at, code in enumerate(codes):
        if code in seen:
            return at
        seen.add(code)
    return None
