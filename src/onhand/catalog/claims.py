"""Who owns which code. Pure: what was known when a batch began, and what its records have claimed since."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from onhand.catalog import errors, rules
from onhand.catalog.records import ProductRecord, SkuRecord
from onhand.core.refusals import Refused


class OldSku(NamedTuple):
    """A SKU as it stands: whose it is and how it is counted."""

    id: int
    product: str
    unit: str
    tracking: str


@dataclass(slots=True)
class Claims:
    """What the catalogue held when the batch began, and the claims of the records accepted since."""

    categories: Mapping[str, int]
    skus: Mapping[str, OldSku]
    barcodes: dict[str, str]  # normal barcode → its SKU's code
    in_use: frozenset[int] = frozenset()  # SKUs whose unit and tracking are fixed
    products: dict[str, str] = field(init=False)  # SKU's code → its product's code
    printed: dict[str, set[str]] = field(init=False)  # SKU's code → its barcodes

    def __post_init__(self) -> None:
        self.products = {code: sku.product for code, sku in self.skus.items()}
        self.printed = {}
        for barcode, sku in self.barcodes.items():
            self.printed.setdefault(sku, set()).add(barcode)

    def conflicts(self, product: ProductRecord) -> Iterator[Refused]:
        """What keeps a sound product from being saved, the first fault first."""
        if product.category is not None and product.category not in self.categories:
            yield errors.unknown_category(product.category, "category")
        for at, sku in enumerate(product.skus):
            if (owner := self.products.get(sku.code, product.code)) != product.code:
                yield errors.sku_of_other_product(sku.code, owner, f"skus[{at}].code")
            yield from self._fixed(sku, f"skus[{at}]")
        yield from self._taken(product)

    def claim(self, product: ProductRecord) -> None:
        """Note what an accepted product owns from now on; barcodes it no longer lists are free again."""
        listed = [sku for sku in product.skus if sku.barcodes is not None]
        for sku in listed:
            for barcode in self.printed.pop(sku.code, ()):
                del self.barcodes[barcode]
        for sku in listed:
            self.printed[sku.code] = {rules.normal_barcode(barcode.code) for barcode in sku.barcodes or ()}
            self.barcodes |= dict.fromkeys(self.printed[sku.code], sku.code)
        self.products |= dict.fromkeys((sku.code for sku in product.skus), product.code)

    def _fixed(self, sku: SkuRecord, path: str) -> Iterator[Refused]:
        old = self.skus.get(sku.code)
        if old is not None and old.id in self.in_use:
            if old.unit != sku.unit:
                yield errors.unit_fixed(sku.code, f"{path}.unit")
            if old.tracking != sku.tracking:
                yield errors.unit_fixed(sku.code, f"{path}.tracking")

    def _taken(self, product: ProductRecord) -> Iterator[Refused]:
        """Barcodes that are another SKU's. What a SKU listed here had before counts as free: it is listed anew."""
        listed = {sku.code for sku in product.skus if sku.barcodes is not None}
        claimed: dict[str, str] = {}
        for at, sku in enumerate(product.skus):
            for barcode_at, barcode in enumerate(sku.barcodes or ()):
                path = f"skus[{at}].barcodes[{barcode_at}].code"
                normal = rules.normal_barcode(barcode.code)
                owner = claimed.get(normal) or self.barcodes.get(normal, sku.code)
                if claimed.get(normal) == sku.code:
                    yield errors.listed_twice(f"Barcode {barcode.code!r}", path)
                elif owner != sku.code and (normal in claimed or owner not in listed):
                    yield errors.barcode_taken(barcode.code, owner, path)
                claimed[normal] = sku.code
