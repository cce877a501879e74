"""Products: a row a SKU, with what there is of it over all sites."""

from __future__ import annotations

from onhand.catalog.rules import TRACKINGS
from onhand.insight.lists import goods
from onhand.insight.lists.columns import Column, Match, Order
from onhand.insight.lists.listing import Join, Key, Listing

# One look at the positions of each SKU shown, and one at its price; several columns share them.
_HELD = (
    "LEFT JOIN LATERAL (SELECT sum(position.on_hand) AS on_hand, sum(position.available) AS available,"
    " sum(position.reserved) AS reserved, sum(position.inbound) AS inbound, sum(position.in_transit) AS in_transit"
    " FROM stock_position AS position WHERE position.sku_id = sku.id) AS held ON true"
)
_WAITING = (
    "LEFT JOIN LATERAL (SELECT sum(waiting.quantity) AS quantity FROM orders_backorder AS waiting"
    " WHERE waiting.sku_id = sku.id AND waiting.ended_at IS NULL) AS waiting ON true"
)
_PRICE = (
    "LEFT JOIN LATERAL (SELECT price.amount, price.currency FROM catalog_price AS price"
    " WHERE price.sku_id = sku.id AND price.valid_from <= now()"
    " ORDER BY price.currency = (SELECT currency FROM orders_channel WHERE active ORDER BY id LIMIT 1) DESC,"
    " price.valid_from DESC LIMIT 1) AS price ON true"
)


def _sum(name: str, *, shown: bool = True, sort: bool = False) -> Column:
    order = Order(bounded=20_000) if sort else None
    return Column(name, "number", f"coalesce(held.{name}, 0)", ("held",), shown=shown, sort=order)


PRODUCTS = Listing(
    name="products",
    table="catalog_sku",
    alias="sku",
    key=(Key("sku.id"),),
    joins={
        "product": Join("JOIN catalog_product AS product ON product.id = sku.product_id"),
        "category": goods.CATEGORY,
        "held": Join(_HELD),
        "waiting": Join(_WAITING),
        "price": Join(_PRICE),
    },
    columns=(
        Column("sku", "code", "sku.code", label="SKU", sort=Order()),
        Column("product", "code", "product.code", ("product",), shown=False),
        Column("name", "text", "sku.name", sort=Order("lower(sku.name)"), words=goods.SKU_WORDS),
        Column(
            *("category", "code", "category.code", ("category",)),
            match=Match("product.category_id", ("product",), goods.CATEGORY_BRANCHES),
            empty=True,
        ),
        Column("state", "state", goods.STATE, ("product",), choices=goods.STATES),
        Column("tracking", "state", "sku.tracking", shown=False, choices=TRACKINGS),
        Column("unit", "code", "sku.unit", shown=False),
        Column("price", "money", "price.amount", ("price",), filtered=False, currency="price.currency"),
        _sum("on_hand", sort=True),
        _sum("available", sort=True),
        _sum("reserved", shown=False),
        _sum("inbound"),
        _sum("in_transit", shown=False),
        Column("backordered", "number", "coalesce(waiting.quantity, 0)", ("waiting",)),
    ),
    order=("sku",),
    always=("sku", "product"),
    search=goods.search("sku.id", has_sku=True),
)
