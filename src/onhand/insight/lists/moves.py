"""Moves: the ledger, latest first."""

from __future__ import annotations

from typing import Final

from psycopg import sql

from onhand.core.database import Connection
from onhand.insight.lists import goods
from onhand.insight.lists.columns import Column, Match, Order
from onhand.insight.lists.filtering import FEW, one_of
from onhand.insight.lists.listing import NOTHING, Condition, Join, Key, Listing

LOTS: Final = "SELECT id FROM stock_lot WHERE code = ANY (%(given)s)"
_PLACES_OF_SITES: Final = (
    "SELECT location.id FROM places_location AS location JOIN places_site AS site ON site.id = location.site_id"
    " WHERE site.code = ANY (%(given)s)"
)
_LAY_THERE: Final = "SELECT sku_id FROM stock_balance WHERE location_id = ANY (%s) LIMIT %s"
_PLACES: Final = "SELECT id FROM places_location WHERE code = ANY (%(given)s)"


def _find(db: Connection, text: str) -> Condition:
    """Moves under a reference, else moves of the goods that are found."""
    under = db.execute("SELECT EXISTS (SELECT FROM stock_move WHERE reference = %s AND reference <> '')", [text])
    if under.fetchone() == (True,):
        return Condition(sql.SQL("move.reference = {} AND move.reference <> ''").format(sql.Literal(text)))
    return _of_goods(db, text)


_of_goods = goods.search("move.sku_id")


def _that_lay_there(db: Connection, locations: list[int]) -> sql.Composable:
    """The ledger has no index by location: moves of a place are found through the SKUs that ever lay there, if few."""
    skus = [sku for (sku,) in db.execute(_LAY_THERE, [locations, FEW + 1], prepare=False)]
    if not skus:
        return NOTHING.test
    return one_of("move.sku_id", sorted(set(skus))) if len(skus) <= FEW else sql.SQL("true")


def _end(name: str, location: str, label: str) -> Column:
    """Where a move began or ended: site and location."""
    return Column(
        *(name, "code", f"{location}_site.code || '/' || {location}.code", (f"{location}_site",)),
        label=label,
        match=Match(f"move.{location}_id", lookup=_PLACES, narrow=_that_lay_there),
    )


MOVES = Listing(
    name="moves",
    table="stock_move",
    alias="move",
    key=(Key("move.id"),),
    joins={
        "sku": Join(goods.SKU_OF.format("move")),
        "product": goods.PRODUCT,
        "lot": Join("LEFT JOIN stock_lot AS lot ON lot.id = move.lot_id"),
        "source": Join("JOIN places_location AS source ON source.id = move.source_id"),
        "source_site": Join("JOIN places_site AS source_site ON source_site.id = source.site_id", ("source",)),
        "target": Join("JOIN places_location AS target ON target.id = move.target_id"),
        "target_site": Join("JOIN places_site AS target_site ON target_site.id = target.site_id", ("target",)),
    },
    columns=(
        Column("at", "moment", "move.at", sort=Order()),
        Column("recorded", "moment", "move.recorded_at", shown=False, filtered=False, sort=Order("move.id", (), "id")),
        Column("sku", "code", "sku.code", ("sku",), label="SKU", match=Match("move.sku_id", lookup=goods.SKUS)),
        Column("name", "text", "sku.name", ("sku",), shown=False, words=goods.SKU_WORDS),
        Column(
            *("lot", "code", "lot.code", ("lot",)),
            shown=False,
            match=Match("move.lot_id", lookup=LOTS),
            empty=True,
        ),
        Column("quantity", "number", "move.quantity", sort=Order(bounded=200_000)),
        _end("from", "source", "From"),
        _end("to", "target", "To"),
        Column(
            *("site", "code", "target_site.code", ("target_site",)),
            shown=False,
            match=Match("(move.source_id = ANY ({ids}) OR move.target_id = ANY ({ids}))", (), _PLACES_OF_SITES),
        ),
        Column("reason", "code", "move.reason"),
        Column("reference", "text", "move.reference"),
        Column("actor", "text", "move.actor", shown=False),
    ),
    order=("-at",),
    always=("sku",),
    search=_find,
)
