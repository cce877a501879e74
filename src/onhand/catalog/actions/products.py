"""Save products with all that belongs to them: SKUs, barcodes, prices."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from onhand.catalog import checks, rules
from onhand.catalog.actions.prices import NewPrice, write_prices
from onhand.catalog.claims import Claims, OldSku
from onhand.catalog.records import Change, ProductRecord, SavedProduct, SkuRecord
from onhand.core.batch import Answers, Diary, columns, in_order, moment, rounds, take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused

# Asked about SKUs (ids) whose unit or tracking would change; answers those with stock history, which may not.
InUse = Callable[[Connection, list[int]], set[int]]


def _nothing_in_use(_db: Connection, _sku_ids: list[int]) -> set[int]:
    return set()


def save_products(
    db: Connection,
    products: Sequence[ProductRecord],
    now: datetime | None = None,
    *,
    in_use: InUse = _nothing_in_use,
    actor: str = "system",
) -> list[SavedProduct | Refused]:
    """Create or update products by code, each whole or not at all.

    ``now``: when a price without a date begins; the transaction's own moment by default.

    Refuses, in this order: what is unsound in itself (``listed_twice``, ``unknown_unit``, ``bad_barcode``,
    ``bad_quantity``, ``bad_price``), then ``unknown_category``, ``sku_of_other_product``, ``unit_fixed`` and
    ``barcode_taken``. An earlier record of the batch has the better claim to a code.
    """
    take_turns(db, "catalog")
    now = moment(db, now)
    diary = Diary(actor, now)
    answers: Answers[SavedProduct] = {
        at: fault for at, product in enumerate(products) if (fault := checks.product_fault(product, now))
    }
    sound = [at for at in range(len(products)) if at not in answers]
    for turn in rounds(sound, [product.code for product in products]):
        answers |= _save_round(db, {at: products[at] for at in turn}, in_use, diary)
    diary.write(db)
    return in_order(answers)


def _save_round(
    db: Connection, products: dict[int, ProductRecord], in_use: InUse, diary: Diary
) -> Answers[SavedProduct]:
    """Save products no two of which have the same code."""
    claims = _load(db, list(products.values()), in_use)
    faults: dict[int, Refused] = {}
    for at, product in products.items():
        if fault := next(claims.conflicts(product), None):
            faults[at] = fault
        else:
            claims.claim(product)
    return faults | _write(db, {at: product for at, product in products.items() if at not in faults}, claims, diary)


def _load(db: Connection, products: list[ProductRecord], in_use: InUse) -> Claims:
    skus = [sku for product in products for sku in product.skus]
    categories = db.execute(
        "SELECT code, id FROM catalog_category WHERE code = ANY (%s)", [[product.category for product in products]]
    )
    old_skus = db.execute(statement("catalog", "skus_with_products"), [[sku.code for sku in skus]])
    barcodes = db.execute(
        statement("catalog", "barcode_owners"),
        {
            "barcodes": [rules.normal_barcode(barcode.code) for sku in skus for barcode in sku.barcodes or ()],
            "skus": [sku.code for sku in skus if sku.barcodes is not None],
        },
    )
    known = {code: OldSku(*old) for code, *old in old_skus}
    return Claims(dict(categories), known, dict(barcodes), _fixed_skus(db, skus, known, in_use))


def _fixed_skus(db: Connection, skus: list[SkuRecord], known: dict[str, OldSku], in_use: InUse) -> frozenset[int]:
    """SKUs that are to be counted in another way, and have been counted already."""
    recounted = [
        old.id
        for sku in skus
        if (old := known.get(sku.code)) is not None and (old.unit, old.tracking) != (sku.unit, sku.tracking)
    ]
    return frozenset(in_use(db, recounted)) if recounted else frozenset()


def _write(db: Connection, products: dict[int, ProductRecord], claims: Claims, diary: Diary) -> dict[int, SavedProduct]:
    """Write accepted products, outermost table first; one statement a table."""
    saved = _write_products(db, list(products.values()), claims)
    skus = [(product, sku) for product in products.values() for sku in product.skus]
    sku_ids, changed, befores = _write_skus(db, skus, {code: written.id for code, written in saved.items()})
    changed |= _write_barcodes(db, skus, sku_ids) | _write_prices(db, skus, sku_ids, diary)
    touched = {product.code for product, sku in skus if sku_ids[sku.code] in changed}
    answers = {}
    for at, product in products.items():
        written = saved[product.code]
        below = written.change == "unchanged" and product.code in touched
        answers[at] = answer = SavedProduct(product.code, written.id, "changed" if below else written.change)
        before = written.before and written.before | {"skus": [befores[sku.code] for sku in product.skus]}
        diary.note("product.saved", f"product/{product.code}", answer.change, product, before)
    return answers


class _Written(NamedTuple):
    """What became of a product's own row, and how it was before."""

    id: int
    change: Change
    before: dict[str, Any] | None


def _write_products(db: Connection, products: list[ProductRecord], claims: Claims) -> dict[str, _Written]:
    rows = [
        (
            product.code,
            product.name,
            product.description,
            claims.categories.get(product.category or ""),
            product.active,
            product.published,
        )
        for product in products
    ]
    wanted = columns(rows, "code", "name", "description", "category_id", "active", "published")
    saved = db.execute(statement("catalog", "save_products"), wanted)
    return {code: _Written(*written) for code, *written in saved}


Skus = list[tuple[ProductRecord, SkuRecord]]


def _write_skus(
    db: Connection, skus: Skus, product_ids: dict[str, int]
) -> tuple[dict[str, int], set[int], dict[str, Any]]:
    """Write SKUs; answers their ids by code, which of them were not so before, and how each was, by code."""
    rows = [
        (
            sku.code,
            product_ids[product.code],
            sku.name or product.name,
            sku.unit,
            sku.tracking,
            sku.shelf_life_days,
            sku.active,
        )
        for product, sku in skus
    ]
    wanted = columns(rows, "code", "product_id", "name", "unit", "tracking", "shelf_life_days", "active")
    saved = db.execute(statement("catalog", "save_skus"), wanted).fetchall()
    ids = {code: sku_id for code, sku_id, _, _ in saved}
    changed = {sku_id for _, sku_id, changed, _ in saved if changed}
    return ids, changed, {code: before for code, _, _, before in saved}


def _write_barcodes(db: Connection, skus: Skus, sku_ids: dict[str, int]) -> set[int]:
    """Replace the barcodes of SKUs that list them: first those not listed go, so that another SKU may take them."""
    listed = [(sku_ids[sku.code], sku.barcodes) for _, sku in skus if sku.barcodes is not None]
    rows = [
        (rules.normal_barcode(barcode.code), sku_id, barcode.level, barcode.quantity)
        for sku_id, barcodes in listed
        for barcode in barcodes
    ]
    wanted = columns(rows, "code", "sku_id", "level", "quantity") | {"skus": [sku_id for sku_id, _ in listed]}
    changed = db.execute(statement("catalog", "drop_barcodes"), wanted).fetchall()
    changed += db.execute(statement("catalog", "save_barcodes"), wanted).fetchall()
    return {sku_id for (sku_id,) in changed}


def _write_prices(db: Connection, skus: Skus, sku_ids: dict[str, int], diary: Diary) -> set[int]:
    prices = [
        NewPrice(sku.code, sku_ids[sku.code], price.currency, price.amount, price.valid_from)
        for _, sku in skus
        for price in sku.prices or ()
    ]
    written = write_prices(db, prices, diary.now, diary)
    return {price.sku_id for price, became in zip(prices, written, strict=True) if became.change != "unchanged"}
