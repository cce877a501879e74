"""What may be said about the catalogue: parsed by the API, built by a form, read from an import file.

A record says how a thing shall be. What it leaves out takes its default; a list it leaves out stays as it was.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from onhand.core import texts
from onhand.core.asks import Command
from onhand.core.clock import YEARS, must_be_plausible
from onhand.core.texts import Code, Currency, Name

Moment = Annotated[
    datetime, Meta(tz=True, description="with its zone, in the years 1900 to 2999", extra_json_schema=YEARS)
]
Tracking = Literal["none", "lot", "serial"]
PackLevel = Literal["each", "inner", "case", "pallet"]


class Part(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A piece of a record."""


class BarcodeRecord(Part, frozen=True):
    """A printed code. ``quantity``: how many base units the pack that bears it holds."""

    code: Code
    level: PackLevel = "each"
    quantity: Decimal = Decimal(1)


class SkuPriceRecord(Part, frozen=True):
    """What one base unit costs from a moment on; from now on when none is given."""

    currency: Currency
    amount: Decimal
    valid_from: Moment | None = None

    def __post_init__(self) -> None:
        must_be_plausible("valid_from", self.valid_from)


class SkuRecord(Part, frozen=True):
    """A SKU of a product, known by its code.

    ``barcodes`` is the whole list; ``prices`` are added to those there are. Either left out stays as it was.
    """

    code: Code
    name: Name | None = None
    unit: Annotated[str, Meta(max_length=16, description="a unit's code, such as each, kg, m")] = "each"
    tracking: Tracking = "none"
    shelf_life_days: Annotated[int, Meta(ge=1, le=36500)] | None = None
    active: bool = True
    barcodes: Annotated[list[BarcodeRecord], Meta(max_length=100)] | None = None
    prices: Annotated[list[SkuPriceRecord], Meta(max_length=200)] | None = None


class ProductRecord(Command, frozen=True):
    """A product with its SKUs. A SKU it has and the record does not name stays as it was; ``active`` retires it.

    ``published`` shows it in the shop window; left out it stays as it was, and a new product is shown.
    """

    code: Code
    name: Name
    description: Annotated[str, Meta(max_length=20000, pattern=texts.TEXT)] = ""
    category: Code | None = None
    active: bool = True
    skus: Annotated[list[SkuRecord], Meta(max_length=200)] = msgspec.field(default_factory=list)
    published: bool | None = None


class CategoryRecord(Command, frozen=True):
    """A category, known by its code; its parent may be in the same batch."""

    code: Code
    name: Name
    parent: Code | None = None


class PriceRecord(Command, frozen=True):
    """What one base unit of a SKU costs from a moment on; from now on when none is given."""

    sku: Code
    currency: Currency
    amount: Decimal
    valid_from: Moment | None = None

    def __post_init__(self) -> None:
        must_be_plausible("valid_from", self.valid_from)


class SubstitutesRecord(Command, frozen=True):
    """Everything that may be offered instead of a SKU, best first; an empty list takes all away."""

    sku: Code
    others: Annotated[list[Code], Meta(max_length=100)]


Change = Literal["created", "changed", "unchanged"]


class SavedProduct(msgspec.Struct, frozen=True):
    """What became of a product's record; ``changed`` also when only a SKU, barcode or price of it did."""

    code: str
    id: int
    change: Change


class SavedCategory(msgspec.Struct, frozen=True):
    """What became of a category's record."""

    code: str
    id: int
    change: Change


class SavedPrice(msgspec.Struct, frozen=True):
    """What became of a price, and from when it holds."""

    sku: str
    currency: str
    valid_from: datetime
    change: Change


class SavedSubstitutes(msgspec.Struct, frozen=True):
    """What became of a SKU's substitutes."""

    sku: str
    change: Change
