"""Questions about the catalogue."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from onhand.catalog import queries
from onhand.core.database import Connection
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.core.texts import Code, Currency
from onhand.doors.api.asking import Listed, Question, Reads, Sku, Words, no_such
from onhand.flows.commands import Moment

READS = Reads("Catalogue", "see.products")


class ProductsAsked(Listed, frozen=True, kw_only=True):
    """Which products."""

    search: (
        Annotated[Words, Meta(description="the beginning of a name, code, SKU or barcode, or words of the name")] | None
    ) = None
    category: Annotated[Code, Meta(description="a category's code; those below it count too")] | None = None
    active: Annotated[bool, Meta(description="those on sale, or (false) retired ones")] | None = None


@READS.at("/products", "Products")
def list_products(db: Connection, asked: ProductsAsked) -> Page[queries.ProductAnswer]:
    """In the order of their codes."""
    given = {name: getattr(asked, name) for name in ("search", "category", "active")}
    return queries.list_products(db, **given, after=asked.cursor, most=asked.limit)


class ProductAsked(Question, frozen=True, kw_only=True):
    """Which product."""

    product: Annotated[Code, Meta(description="a product's code")]


@READS.at("/products/{product}", "One product")
def read_product(db: Connection, asked: ProductAsked) -> queries.ProductDetail | Refused:
    """With its SKUs, their barcodes, prices and substitutes."""
    return queries.product_detail(db, asked.product) or no_such("product", asked.product)


class SkuAsked(Question, frozen=True, kw_only=True):
    """Which SKU."""

    sku: Sku


@READS.at("/skus/{sku}", "One SKU")
def read_sku(db: Connection, asked: SkuAsked) -> queries.SkuDetail | Refused:
    """With its barcodes, prices and substitutes. One of a retired product is not `active` either."""
    return queries.sku_detail(db, asked.sku) or no_such("sku", asked.sku)


class PricesAsked(Listed, frozen=True, kw_only=True):
    """Prices of which SKU."""

    sku: Sku
    currency: Currency | None = None
    at: Annotated[Moment, Meta(description="those that hold at this moment, with its zone")] | None = None


@READS.at("/skus/{sku}/prices", "Prices of a SKU")
def list_prices(db: Connection, asked: PricesAsked) -> Page[queries.PriceAnswer] | Refused:
    """Of one base unit, past and to come; each ends where the next of its currency begins."""
    if not queries.skus_by_code(db, [asked.sku]):
        return no_such("sku", asked.sku)
    return queries.prices(db, asked.sku, currency=asked.currency, at=asked.at, after=asked.cursor, most=asked.limit)


class SubstitutesAsked(Listed, frozen=True, kw_only=True):
    """Substitutes of which SKU."""

    sku: Sku


@READS.at("/skus/{sku}/substitutes", "What may be offered instead of a SKU")
def list_substitutes(db: Connection, asked: SubstitutesAsked) -> Page[queries.SubstituteAnswer] | Refused:
    """Best first."""
    if not queries.skus_by_code(db, [asked.sku]):
        return no_such("sku", asked.sku)
    return queries.substitutes(db, asked.sku, after=asked.cursor, most=asked.limit)


class CategoriesAsked(Listed, frozen=True, kw_only=True):
    """Which categories."""

    parent: Annotated[Code, Meta(description="only what hangs directly on this category")] | None = None


@READS.at("/categories", "Categories")
def list_categories(db: Connection, asked: CategoriesAsked) -> Page[queries.CategoryAnswer]:
    """The tree: each category before those below it, siblings by name."""
    return queries.categories(db, parent=asked.parent, after=asked.cursor, most=asked.limit)


class BarcodeAsked(Question, frozen=True, kw_only=True):
    """Which barcode."""

    barcode: Annotated[Code, Meta(description="a GTIN of any length, or a code of our own")]


@READS.at("/barcodes/{barcode}", "What a barcode stands for")
def read_barcode(db: Connection, asked: BarcodeAsked) -> queries.ScannedBarcode | Refused:
    """So many base units of one SKU."""
    return queries.find_by_barcode(db, asked.barcode) or no_such("barcode", asked.barcode)
