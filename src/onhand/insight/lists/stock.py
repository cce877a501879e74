"""Stock: a row a SKU and site."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec

from onhand.core.database import Connection
from onhand.insight.lists import goods
from onhand.insight.lists.columns import Column, Match, Order
from onhand.insight.lists.listing import Join, Key, Listing, Row
from onhand.stock import queries as ledger

_FIGURES = ("on_hand", "unsellable", "reserved", "available")
# Nothing is kept by quantity: an index over what every sale changes would cost every sale its cheap update.
_BOUNDED = Order(bounded=200_000)


def _quantity(name: str, label: str = "", *, shown: bool = True) -> Column:
    return Column(name, "number", f"position.{name}", label=label, shown=shown, sort=_BOUNDED, today=True)


def _then(db: Connection, rows: Sequence[Row], at: datetime) -> list[Row]:
    """The rows with what the books say of a past moment; what they do not say is left empty."""
    skus = sorted({row["sku"] for row in rows})
    then = {(past.sku, past.site): past for past in ledger.as_of(db, skus=skus, at=at)} if skus else {}
    return [_as_then(row, then.get((row["sku"], row["site"]))) for row in rows]


def _as_then(row: Row, past: ledger.Past | None) -> Row:
    known = {name: getattr(past, name) if past else Decimal(0) for name in _FIGURES}
    cells = {name: known.get(name) if STOCK.by_name[name].today else value for name, value in row.cells.items()}
    return msgspec.structs.replace(row, cells=cells)


STOCK = Listing(
    name="stock",
    table="stock_position",
    alias="position",
    key=(Key("position.sku_id"), Key("position.site_id")),
    joins={
        "sku": Join(goods.SKU_OF.format("position")),
        "product": goods.PRODUCT,
        "category": goods.CATEGORY,
        "site": Join("JOIN places_site AS site ON site.id = position.site_id"),
        "threshold": Join(
            "LEFT JOIN stock_threshold AS threshold"
            " ON threshold.sku_id = position.sku_id AND threshold.site_id = position.site_id"
        ),
        "last": Join(
            "LEFT JOIN LATERAL (SELECT move.at FROM stock_move AS move, (SELECT ARRAY("
            "SELECT id FROM places_location WHERE site_id = position.site_id) AS ids) AS here"
            " WHERE move.sku_id = position.sku_id"
            " AND (move.source_id = ANY (here.ids) OR move.target_id = ANY (here.ids))"
            " ORDER BY move.at DESC LIMIT 1) AS last ON true"
        ),
    },
    columns=(
        Column(
            *("sku", "code", "sku.code", ("sku",)),
            label="SKU",
            sort=Order(),
            match=Match("position.sku_id", lookup=goods.SKUS),
        ),
        Column("name", "text", "sku.name", ("sku",), sort=Order("lower(sku.name)"), words=goods.SKU_WORDS),
        Column("product", "code", "product.code", ("product",), shown=False),
        Column(
            *("category", "code", "category.code", ("category",)),
            match=Match("product.category_id", ("product",), goods.CATEGORY_BRANCHES),
            empty=True,
        ),
        Column("state", "state", goods.STATE, ("product",), shown=False, choices=goods.STATES),
        Column("site", "code", "site.code", ("site",), match=Match("position.site_id", lookup=goods.SITES)),
        Column(
            *("region", "code", "site.region", ("site",)),
            shown=False,
            match=Match("position.site_id", lookup=goods.SITES_IN),
        ),
        _quantity("on_hand"),
        _quantity("unsellable", shown=False),
        _quantity("reserved"),
        _quantity("available"),
        _quantity("inbound"),
        _quantity("promised", shown=False),
        _quantity("in_transit", shown=False),
        Column(*("threshold", "number", "threshold.quantity", ("threshold",)), shown=False, filtered=False, today=True),
        Column(
            *("below", "flag", "threshold.crossed_at IS NOT NULL", ("threshold",)),
            label="Below threshold",
            shown=False,
            today=True,
        ),
        Column("last_moved", "moment", "last.at", ("last",), shown=False, filtered=False, today=True),
    ),
    order=("sku",),
    always=("sku", "site"),
    search=goods.search("sku.id"),
    past=_then,
)
