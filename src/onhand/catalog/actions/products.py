"""Save products with all that belongs to them: SKUs, barcodes, prices."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from onhand.catalog import checks, errors, rules
from onhand.catalog.actions.batch import Answers, columns, in_order, rounds, take_turns
from onhand.catalog.actions.prices import NewPrice, write_prices
from onhand.catalog.records import ProductRecord, SavedProduct, SkuRecord
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused

# Asked about SKUs (ids) whose unit or tracking would change; answers those with stock history, which may not.
InUse = Callable[[Connection, list[int]], set[int]]


def _nothing_in_use(_db: Connection, _sku_ids: list[int]) -> set[int]:
    return set()


def save_products(
    db: Connection, products: Sequence[ProductRecord], now: datetime, *, in_use: InUse = _nothing_in_use
) -> list[SavedProduct | Refused]:
    """Create or update products by code, each whole or not at all.

    Refuses, in this order: what is unsound in itself (``listed_twice``, ``unknown_unit``, ``bad_barcode``,
    ``bad_quantity``, ``bad_price``), then ``unknown_category``, ``sku_of_other_product``, ``unit_fixed`` and
    ``barcode_taken``. An earlier record of the batch has the better claim to a code.
    """
    take_turns(db)
    answers: Answers[SavedProduct] = {
        at: fault for at, product in enumerate(products) if (fault := checks.product_fault(product, now))
    }
    sound = [at for at in range(len(products)) if at not in answers]
    for turn in rounds(sound, [product.code for product in products]):
        answers |= _save_round(db, {at: products[at] for at in turn}, now, in_use)
    return in_order(answers)


def _save_round(
    db: Connection, products: dict[int, ProductRecord], now: datetime, in_use: InUse
) -> Answers[SavedProduct]:
    """Save products no two of which have the same code."""
    known = _load(db, list(products.values()), in_use)
    faults: dict[int, Refused] = {}
    for at, product in products.items():
        if fault := next(known.conflicts(product), None):
            faults[at] = fault
        else:
            known.claim(product)
    accepted = {at: product for at, product in products.items() if at not in faults}
    return faults | _write(db, accepted, known, now)


class _OldSku(NamedTuple):
    id: int
    product: str
    unit: str
    tracking: str


@dataclass(slots=True)
class _Known:
    """What the catalogue held when the round began, with the claims of the records accepted since."""

    products: dict[str, int]
    categories: dict[str, int]
    skus: dict[str, _OldSku]
    barcodes: dict[str, str]  # normal code → SKU's code
    in_use: set[int]
    owners: dict[str, str] = field(init=False)  # SKU's code → product's code

    def __post_init__(self) -> None:
        self.owners = {code: sku.product for code, sku in self.skus.items()}

    def conflicts(self, product: ProductRecord) -> Iterator[Refused]:
        """What keeps a sound product from being saved."""
        if product.category is not None and product.category not in self.categories:
            yield errors.unknown_category(product.category, "category")
        for at, sku in enumerate(product.skus):
            if (owner := self.owners.get(sku.code, product.code)) != product.code:
                yield errors.sku_of_other_product(sku.code, owner, f"skus[{at}].code")
            yield from self._fixed(sku, f"skus[{at}]")
        yield from self._taken(product)

    def claim(self, product: ProductRecord) -> None:
        """Note what an accepted product now owns."""
        self.barcodes = self._barcodes_beside(product)
        for sku in product.skus:
            self.owners[sku.code] = product.code
            self.barcodes |= {rules.normal_barcode(barcode.code): sku.code for barcode in sku.barcodes or ()}

    def _fixed(self, sku: SkuRecord, path: str) -> Iterator[Refused]:
        old = self.skus.get(sku.code)
        if old is not None and old.id in self.in_use:
            if old.unit != sku.unit:
                yield errors.unit_fixed(sku.code, f"{path}.unit")
            if old.tracking != sku.tracking:
                yield errors.unit_fixed(sku.code, f"{path}.tracking")

    def _taken(self, product: ProductRecord) -> Iterator[Refused]:
        owners = self._barcodes_beside(product)
        for at, sku in enumerate(product.skus):
            for barcode_at, barcode in enumerate(sku.barcodes or ()):
                normal = rules.normal_barcode(barcode.code)
                path = f"skus[{at}].barcodes[{barcode_at}].code"
                if (owner := owners.setdefault(normal, sku.code)) != sku.code:
                    yield errors.barcode_taken(barcode.code, owner, path)
                elif any(rules.normal_barcode(other.code) == normal for other in (sku.barcodes or [])[:barcode_at]):
                    yield errors.listed_twice(f"Barcode {barcode.code!r}", path)

    def _barcodes_beside(self, product: ProductRecord) -> dict[str, str]:
        """Barcodes and their SKUs, without those the record is about to list anew."""
        listed = {sku.code for sku in product.skus if sku.barcodes is not None}
        return {barcode: sku for barcode, sku in self.barcodes.items() if sku not in listed}
