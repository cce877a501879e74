"""Products and barcodes: a row is a SKU, or a barcode of one; a product's rows are saved as one record."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from onhand.catalog import actions as catalog
from onhand.catalog.records import (
    BarcodeRecord,
    CategoryRecord,
    ProductRecord,
    SkuPriceRecord,
    SkuRecord,
)
from onhand.connect.sheets import images
from onhand.connect.sheets.hands.hand import IN_USE, Bearer, Hand, Left, Logged, Refusals, Row
from onhand.connect.sheets.trades import TRADES
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.flows.in_use import skus_depended_on, skus_in_use


class Products(Hand):
    """Carries SKUs with their products."""

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Save each product with those of its SKUs that are in the batch."""
        categories = _Categories(db, bearer, (row.said["category"] for row in rows if row.said.get("category")))
        grouped: dict[str, list[Row]] = {}
        for row in rows:
            grouped.setdefault(row.value("product", row.said["sku"]), []).append(row)
        records = [_product(code, each, categories) for code, each in grouped.items()]
        return _saved(db, records, list(grouped.values()), bearer)

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Remove SKUs nothing depends on, and products left without any."""
        codes = {thing.number: thing.found_by["sku"] for thing in things}
        gone = catalog.remove_skus(db, codes.values(), depended_on=skus_depended_on, actor=bearer.actor)
        return {number: IN_USE for number, code in codes.items() if code not in gone}

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Save SKUs and products as they were; prices that were added go, and what was before holds again."""
        rows = [Row(thing.number, thing.before or {}, thing.image) for thing in things]
        grouped: dict[str, list[Row]] = {}
        for row in rows:
            grouped.setdefault(row.said["product"], []).append(row)
        records = [_as_it_was(code, each) for code, each in grouped.items()]
        refusals = _saved(db, records, list(grouped.values()), bearer)
        catalog.remove_prices(db, [price for row in rows if (price := _added_price(row))], actor=bearer.actor)
        return {number: refusal.detail for number, refusal in refusals.items()}


class Barcodes(Hand):
    """Carries barcodes, each added to what its SKU has already."""

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Save each SKU with its barcodes and those of the batch."""
        return _save_barcodes(db, rows, bearer)

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Take barcodes away again; nothing depends on one."""
        pairs = [(thing.found_by["sku"], thing.found_by["barcode"]) for thing in things]
        catalog.remove_barcodes(db, pairs, actor=bearer.actor)
        return {}

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Give barcodes the level and quantity they had."""
        rows = [Row(thing.number, thing.before or {}, thing.image) for thing in things]
        return {number: refusal.detail for number, refusal in _save_barcodes(db, rows, bearer).items()}


class _Categories:
    """Categories by code or name; those that are not there are made, where that was allowed (a check saw to it)."""

    def __init__(self, db: Connection, bearer: Bearer, wanted: Iterable[str]) -> None:
        found = db.execute("SELECT code, name FROM catalog_category ORDER BY code DESC").fetchall()
        self._codes = {name.lower(): code for code, name in found} | {code.lower(): code for code, _ in found}
        missing = dict.fromkeys(each for each in wanted if each.lower() not in self._codes)
        if missing and bearer.new_categories:
            self._make(db, list(missing), bearer)

    def _make(self, db: Connection, names: list[str], bearer: Bearer) -> None:
        taken = set(self._codes.values())
        records = []
        for name in names:
            if name.lower() not in self._codes:
                code = _free_code(name, taken)
                taken.add(code)
                self._codes[name.lower()] = code
                records.append(CategoryRecord(code, name))
        catalog.save_categories(db, records, actor=bearer.actor)

    def code(self, said: str) -> str:
        """The code of a category called so; an unknown one is refused by its room, by the word that was said."""
        return str(self._codes.get(said.lower(), said))


def _free_code(name: str, taken: set[str]) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    stem = re.sub(r"[^a-z0-9]+", "-", bare.lower()).strip("-")[:56] or "category"
    code, number = stem, 1
    while code in taken:
        number += 1
        code = f"{stem}-{number}"
    return code


def _product(code: str, rows: Sequence[Row], categories: _Categories) -> ProductRecord:
    """A product as its rows say, over what it is now; the first row that says something counts."""
    image = rows[0].image.facts

    def first(name: str) -> Any:
        return next((row.said[name] for row in rows if row.said.get(name) is not None), image.get(name))

    category = next((categories.code(row.said["category"]) for row in rows if row.said.get("category")), None)
    return ProductRecord(
        code,
        first("name"),
        first("description") or "",
        category or image.get("category"),
        active=image.get("product_active") is not False,
        skus=[_sku(row) for row in rows],
    )


def _sku(row: Row) -> SkuRecord:
    days = row.value("shelf_life_days")
    price = row.said.get("price")
    return SkuRecord(
        row.said["sku"],
        _sku_name(row),
        row.value("unit", "each"),
        row.value("tracking", "none"),
        int(days) if days is not None else None,
        active=row.value("active", otherwise=True),
        barcodes=_with_barcode(row.image.facts.get("barcodes") or [], row.said.get("barcode")),
        prices=None if price is None else [SkuPriceRecord(row.said["currency"], price)],
    )


def _sku_name(row: Row) -> str | None:
    """The variant's own name; None where it is the product's, and so follows it."""
    if said := row.said.get("sku_name"):
        return str(said)
    facts = row.image.facts
    return None if facts.get("sku_name") in {None, facts.get("name")} else str(facts["sku_name"])


def _with_barcode(there: list[dict[str, Any]], code: str | None) -> list[BarcodeRecord] | None:
    """The barcodes a SKU has and one more; None where nothing is to be changed."""
    if code is None or any(each["code"] == code for each in there):
        return None
    return [*_barcodes(there), BarcodeRecord(code)]


def _barcodes(there: Iterable[dict[str, Any]]) -> list[BarcodeRecord]:
    return [BarcodeRecord(each["code"], each["level"], Decimal(each["quantity"])) for each in there]


def _as_it_was(code: str, rows: Sequence[Row]) -> ProductRecord:
    was = rows[0].said
    return ProductRecord(
        code,
        was["name"],
        was["description"] or "",
        was["category"],
        active=was["product_active"],
        skus=[_sku_as_it_was(row) for row in rows],
    )


def _sku_as_it_was(row: Row) -> SkuRecord:
    was, now = row.said, row.image.facts
    replaced = was["price"] is not None and now["price"] != was["price"] and now["price_from"] == was["price_from"]
    return SkuRecord(
        was["sku"],
        was["sku_name"],
        was["unit"],
        was["tracking"],
        was["shelf_life_days"],
        active=was["active"],
        barcodes=_barcodes(was["barcodes"] or []),
        prices=[SkuPriceRecord(was["currency"], was["price"], _moment(was["price_from"]))] if replaced else None,
    )


def _added_price(row: Row) -> catalog.OldPrice | None:
    was, now = row.said, row.image.facts
    if now["price_from"] is None or now["price_from"] == was["price_from"]:
        return None
    return catalog.OldPrice(was["sku"], was["currency"], _moment(now["price_from"]))


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _saved(db: Connection, records: list[ProductRecord], groups: list[list[Row]], bearer: Bearer) -> Refusals:
    """Save products; the row at fault is told the refusal, the others of its product that they wait for it."""
    answers = catalog.save_products(db, records, bearer.now, in_use=skus_in_use, actor=bearer.actor)
    refusals: Refusals = {}
    for answer, rows in zip(answers, groups, strict=True):
        if isinstance(answer, Refused):
            guilty = rows[_place(answer.field)] if len(rows) > _place(answer.field) else rows[0]
            other = Refused("product_not_whole", f"Row {guilty.number} of the same product was refused; mend that one.")
            refusals |= {row.number: answer if row is guilty else other for row in rows}
    return refusals


def _place(path: str) -> int:
    """Which SKU of its product a refusal is about: ``skus[2].unit`` → 2."""
    found = re.match(r"skus\[(\d+)\]", path)
    return int(found.group(1)) if found else 0


def _save_barcodes(db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
    by_sku: dict[str, list[Row]] = {}
    for row in rows:
        by_sku.setdefault(row.said["sku"], []).append(row)
    found = images.of_things(db, TRADES["products"], {at: {"sku": sku} for at, sku in enumerate(by_sku)})
    by_product: dict[str, list[tuple[images.Image, list[Row]]]] = {}
    for at, each in enumerate(by_sku.values()):
        by_product.setdefault(found[at].facts["product"], []).append((found[at], each))
    records = [_with_barcodes(code, skus) for code, skus in by_product.items()]
    answers = catalog.save_products(db, records, bearer.now, in_use=skus_in_use, actor=bearer.actor)
    refusals: Refusals = {}
    for answer, skus in zip(answers, by_product.values(), strict=True):
        if isinstance(answer, Refused):
            refusals |= {row.number: answer for _, each in skus for row in each}
    return refusals


def _with_barcodes(code: str, skus: Sequence[tuple[images.Image, list[Row]]]) -> ProductRecord:
    facts = skus[0][0].facts
    return ProductRecord(
        code,
        facts["name"],
        facts["description"] or "",
        facts["category"],
        active=facts["product_active"],
        skus=[_sku_with_barcodes(image.facts, rows) for image, rows in skus],
    )


def _sku_with_barcodes(facts: dict[str, Any], rows: Sequence[Row]) -> SkuRecord:
    printed = {each.code: each for each in _barcodes(facts["barcodes"] or [])}
    for row in rows:
        code = row.said["barcode"]
        printed[code] = BarcodeRecord(code, row.value("level", "each"), Decimal(row.value("quantity", 1)))
    return SkuRecord(
        facts["sku"],
        facts["sku_name"],
        facts["unit"],
        facts["tracking"],
        facts["shelf_life_days"],
        active=facts["active"],
        barcodes=list(printed.values()),
    )
