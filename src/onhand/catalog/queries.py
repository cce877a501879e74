"""Questions about the catalogue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any

import msgspec

from onhand.catalog import rules
from onhand.core.database import Connection, statement
from onhand.core.pages import PAGE, Listing, Page

# Fewer characters of a barcode name a country rather than a maker; then only the whole code counts.
BARCODE_BEGINS_AT = 6


@dataclass(frozen=True, slots=True)
class SkuFacts:
    """What a write needs to know of a SKU. ``decimals``: how finely its unit divides; 0 for pieces."""

    id: int
    code: str
    name: str
    unit: str
    decimals: int
    tracking: str
    shelf_life_days: int | None
    active: bool


def skus_by_code(db: Connection, codes: Iterable[str]) -> dict[str, SkuFacts]:
    """The named SKUs by code, in one statement; an unknown code is not in the answer."""
    decimals = rules.decimals
    return {
        code: SkuFacts(sku_id, code, name, unit, decimals(unit), tracking, shelf_life_days, active)
        for sku_id, code, name, unit, tracking, shelf_life_days, active in db.execute(
            statement("catalog", "skus_by_code"), [list(codes)]
        )
    }


def category_ids(db: Connection, codes: Iterable[str]) -> dict[str, int]:
    """The ids of known categories."""
    rows = db.execute("SELECT code, id FROM catalog_category WHERE code = ANY(%s)", [list(codes)])
    return dict(rows.fetchall())


def skus_in_category(db: Connection, code: str, *, most: int) -> list[str] | None:
    """The codes of what is sold of a category and those below it, up to so many; None where there is no such one."""
    branch = [each for (each,) in db.execute(statement("catalog", "category_branch"), [code])]
    if not branch:
        return None
    rows = db.execute(statement("catalog", "skus_in_branch"), {"branch": branch, "most": most})
    return [sku for (sku,) in rows]


def ids_of_skus(db: Connection, codes: list[str]) -> dict[str, int]:
    """The ids of the named SKUs by code; an unknown code is not in the answer."""
    return dict(db.execute("SELECT code, id FROM catalog_sku WHERE code = ANY (%s)", [codes]).fetchall())


def decimals_of(db: Connection, sku_ids: Iterable[int]) -> dict[int, int]:
    """How finely each SKU's unit divides, by SKU id."""
    rows = db.execute("SELECT id, unit FROM catalog_sku WHERE id = ANY(%s)", [list(sku_ids)])
    return {sku: rules.decimals(unit) for sku, unit in rows}


def prices_now(db: Connection, sku_ids: Iterable[int], currency: str, at: datetime) -> dict[int, Decimal]:
    """What one base unit of each SKU costs at a moment, by SKU id; one without a price is not in the answer."""
    wanted = {"skus": list(sku_ids), "currency": currency, "at": at}
    return dict(db.execute(statement("catalog", "prices_now"), wanted))


class ScannedBarcode(msgspec.Struct, frozen=True):
    """What scanning a code means: so many base units of one SKU."""

    code: str
    kind: rules.BarcodeKind
    level: str
    quantity: Decimal
    sku_id: int
    sku: str
    name: str
    unit: str
    product: str
    active: bool


class BarcodeAnswer(msgspec.Struct, frozen=True):
    """A barcode of a SKU; a GTIN is given as 14 digits."""

    code: str
    kind: rules.BarcodeKind
    level: str
    quantity: Decimal


class PriceAnswer(msgspec.Struct, frozen=True):
    """A price of one base unit; ``valid_to`` is where the next begins, None for the last."""

    currency: str
    amount: Decimal
    valid_from: datetime
    valid_to: datetime | None


class SubstituteAnswer(msgspec.Struct, frozen=True):
    """What may be offered instead; rank 1 first."""

    sku: str
    name: str
    rank: int


class SkuDetail(msgspec.Struct, frozen=True):
    """A SKU with all that belongs to it."""

    id: int
    code: str
    name: str
    unit: str
    decimals: int
    tracking: str
    shelf_life_days: int | None
    active: bool
    barcodes: list[BarcodeAnswer]
    prices: list[PriceAnswer]
    substitutes: list[SubstituteAnswer]


class ProductDetail(msgspec.Struct, frozen=True):
    """A product with its SKUs."""

    id: int
    code: str
    name: str
    description: str
    category: str | None
    active: bool
    published: bool
    created_at: datetime
    skus: list[SkuDetail]


class ProductAnswer(msgspec.Struct, frozen=True):
    """A product in a list; ``skus`` is how many it has."""

    id: int
    code: str
    name: str
    category: str | None
    active: bool
    skus: int
    created_at: datetime


class CategoryAnswer(msgspec.Struct, frozen=True):
    """A category; ``depth`` is 0 at the top of the tree."""

    id: int
    code: str
    name: str
    parent: str | None
    depth: int


def find_by_barcode(db: Connection, code: str) -> ScannedBarcode | None:
    """What a scanned or typed code means; None when it is nobody's. A GTIN is found in any of its lengths."""
    row = db.execute(statement("catalog", "find_by_barcode"), [rules.normal_barcode(code)]).fetchone()
    return None if row is None else ScannedBarcode(row[0], rules.barcode_kind(row[0]), *row[1:])


_CATEGORIES = Listing(
    "catalog",
    "categories",
    tuple[list[str]],
    "tree.path > %(k0)s::text[]",
    CategoryAnswer,
    {"parent": "tree.parent = %(parent)s"},
)


def categories(
    db: Connection, *, parent: str | None = None, after: str | None = None, most: int = PAGE
) -> Page[CategoryAnswer]:
    """A page of the tree, or of what hangs on ``parent``: each category before those below it, siblings by name."""
    return _CATEGORIES.page(db, {"parent": parent}, after=after, most=most)


_PRICES = Listing(
    "catalog",
    "prices",
    tuple[str, datetime],
    "(price.currency, price.valid_from) > (%(k0)s, %(k1)s)",
    PriceAnswer,
    {
        "sku": "true",
        "currency": "price.currency = %(currency)s",
        "at": "price.valid_from <= %(at)s AND (price.valid_to IS NULL OR price.valid_to > %(at)s)",
    },
)


def prices(
    db: Connection,
    sku: str,
    *,
    currency: str | None = None,
    at: datetime | None = None,
    after: str | None = None,
    most: int = PAGE,
) -> Page[PriceAnswer]:
    """The prices of a SKU by code, past and to come; ``at`` asks for those that hold at a moment."""
    return _PRICES.page(db, {"sku": sku, "currency": currency, "at": at}, after=after, most=most)


_SUBSTITUTES = Listing(
    "catalog", "substitutes", tuple[int], "substitute.rank > %(k0)s", SubstituteAnswer, {"sku": "true"}
)


def substitutes(db: Connection, sku: str, *, after: str | None = None, most: int = PAGE) -> Page[SubstituteAnswer]:
    """What may be offered instead of a SKU by code, best first."""
    return _SUBSTITUTES.page(db, {"sku": sku}, after=after, most=most)


def list_products(
    db: Connection,
    *,
    search: str | None = None,
    category: str | None = None,
    active: bool | None = None,
    after: str = "",
    most: int = PAGE,
) -> Page[ProductAnswer]:
    """A page of products, in the order of their codes.

    ``search`` is the beginning of a product's code or name, of a SKU's code or of a barcode (six characters of it, or
    the whole of a shorter one), or words of the name;
    ``category`` takes those below it too.
    """
    filters, values = _filters(db, category, active=active)
    values |= {"after": after, "most": most + 1}
    query = statement("catalog", "list_products")
    if search and (text := search.strip()):
        query = query.replace("{filters}", "product.id IN ({found})").replace(
            "{found}", statement("catalog", "search_products")
        )
        values |= _beginnings(text)
    # Not prepared: which index is best depends on what is searched for, so each search deserves its own plan.
    rows = db.execute(query.replace("{filters}", filters), values, prepare=False).fetchall()
    items = [ProductAnswer(*row) for row in rows[:most]]
    return Page(items, items[-1].code if len(rows) > most else None)


def product_detail(db: Connection, code: str) -> ProductDetail | None:
    """A product with its SKUs, their barcodes, prices and substitutes; None when there is none of that code."""
    product = db.execute(statement("catalog", "product"), [code]).fetchone()
    if product is None:
        return None
    skus = db.execute(statement("catalog", "skus_of_product"), [product[0]]).fetchall()
    return ProductDetail(*(*product, _sku_details(db, skus)))


def sku_detail(db: Connection, code: str) -> SkuDetail | None:
    """A SKU with its barcodes, prices and substitutes; None when there is none of that code."""
    skus = db.execute(statement("catalog", "skus_by_code"), [[code]]).fetchall()
    return next(iter(_sku_details(db, skus)), None)


def _sku_details(db: Connection, skus: list[tuple[Any, ...]]) -> list[SkuDetail]:
    """SKUs with what belongs to them: a statement a table, however many SKUs."""
    ids = [sku_id for sku_id, *_ in skus]
    barcodes, prices, substitutes = _barcodes(db, ids), _prices(db, ids), _substitutes(db, ids)
    return [
        SkuDetail(*(*sku[:4], rules.decimals(sku[3]), *sku[4:], barcodes[sku[0]], prices[sku[0]], substitutes[sku[0]]))
        for sku in skus
    ]


def _filters(db: Connection, category: str | None, *, active: bool | None) -> tuple[str, dict[str, Any]]:
    """The filters asked for, as SQL and its values. The branch is looked up first, so the planner knows its size."""
    filters, values = ["product.code > %(after)s"], dict[str, Any]()
    if category:
        filters.append("product.category_id = ANY (%(branch)s)")
        values["branch"] = [row[0] for row in db.execute(statement("catalog", "category_branch"), [category])]
    if active is not None:
        filters.append("product.active = %(active)s")
        values["active"] = active
    return " AND ".join(filters), values


def _beginnings(text: str) -> dict[str, str | None]:
    """What is searched for, as the patterns and words of the search."""
    whole = len(text.replace(" ", "")) < BARCODE_BEGINS_AT
    barcodes = [_escaped(text)] if whole else [_like(beginning) for beginning in rules.barcode_prefixes(text)]
    # A GTIN is kept with zeros before it: what was typed may begin one of 14, 13, 12 or 8 digits.
    names = ("barcode", "barcode_13", "barcode_12", "barcode_8")
    return dict(zip_longest(names, barcodes)) | {"prefix": _like(text), "text": text}


def _like(beginning: str) -> str:
    """A LIKE pattern for what begins so, its wildcards meaning themselves."""
    return _escaped(beginning) + "%"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _barcodes(db: Connection, sku_ids: list[int]) -> defaultdict[int, list[BarcodeAnswer]]:
    rows = db.execute(statement("catalog", "barcodes_of_skus"), [sku_ids])
    found: defaultdict[int, list[BarcodeAnswer]] = defaultdict(list)
    for sku_id, code, level, quantity in rows:
        found[sku_id].append(BarcodeAnswer(code, rules.barcode_kind(code), level, quantity))
    return found


def _prices(db: Connection, sku_ids: list[int]) -> defaultdict[int, list[PriceAnswer]]:
    found: defaultdict[int, list[PriceAnswer]] = defaultdict(list)
    for sku_id, *price in db.execute(statement("catalog", "prices_of_skus"), [sku_ids]):
        found[sku_id].append(PriceAnswer(*price))
    return found


def _substitutes(db: Connection, sku_ids: list[int]) -> defaultdict[int, list[SubstituteAnswer]]:
    found: defaultdict[int, list[SubstituteAnswer]] = defaultdict(list)
    for sku_id, *substitute in db.execute(statement("catalog", "substitutes_of_skus"), [sku_ids]):
        found[sku_id].append(SubstituteAnswer(*substitute))
    return found
