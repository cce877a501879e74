"""Whether a record is sound by itself, before anything is looked up. The first fault found is the answer.

Order within a product: its SKUs from first to last; of each its code, unit, barcodes, prices.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from onhand.catalog import errors, rules
from onhand.catalog.records import BarcodeRecord, ProductRecord, SkuPriceRecord, SkuRecord, SubstitutesRecord
from onhand.core import quantity
from onhand.core.refusals import Refused


def product_fault(product: ProductRecord, now: datetime) -> Refused | None:
    """What is wrong with a product; None when nothing is. ``now``: when prices without a date begin."""
    if (at := rules.first_repeated([sku.code for sku in product.skus])) is not None:
        return errors.listed_twice(f"SKU {product.skus[at].code!r}", f"skus[{at}].code")
    return next((fault for at, sku in enumerate(product.skus) for fault in _sku_faults(sku, f"skus[{at}]", now)), None)


def substitutes_fault(record: SubstitutesRecord) -> Refused | None:
    """What is wrong with a list of substitutes; None when nothing is."""
    if record.sku in record.others:
        return errors.own_substitute(record.sku, f"others[{record.others.index(record.sku)}]")
    if (at := rules.first_repeated(record.others)) is not None:
        return errors.listed_twice(f"SKU {record.others[at]!r}", f"others[{at}]")
    return None


def _sku_faults(sku: SkuRecord, path: str, now: datetime) -> Iterator[Refused]:
    if sku.unit not in rules.UNITS:
        yield errors.unknown_unit(sku.unit, ", ".join(rules.UNITS), f"{path}.unit")
    else:
        for at, barcode in enumerate(sku.barcodes or ()):
            yield from _barcode_faults(barcode, rules.decimals(sku.unit), f"{path}.barcodes[{at}]")
    yield from _price_faults(sku.prices or [], f"{path}.prices", now)


def _barcode_faults(barcode: BarcodeRecord, decimals: int, path: str) -> Iterator[Refused]:
    if detail := rules.barcode_fault(barcode.code):
        yield errors.bad_barcode(detail, f"{path}.code")
    if fault := quantity.fault(barcode.quantity, places=decimals):
        yield errors.bad_quantity(fault, f"{path}.quantity")


def _price_faults(prices: list[SkuPriceRecord], path: str, now: datetime) -> Iterator[Refused]:
    seen: set[tuple[str, datetime]] = set()
    for at, price in enumerate(prices):
        if detail := rules.amount_fault(price.amount):
            yield errors.bad_price(detail, f"{path}[{at}].amount")
        begins = (price.currency, price.valid_from or now)
        if begins in seen:
            yield errors.listed_twice(f"A {price.currency} price from that moment", f"{path}[{at}].valid_from")
        seen.add(begins)
