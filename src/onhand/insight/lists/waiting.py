"""Who waits, and who holds what: backorders, longest waiting first, and open claims, latest first."""

from __future__ import annotations

from typing import Final

from onhand.insight.lists import goods
from onhand.insight.lists.columns import Column, Match, Order
from onhand.insight.lists.listing import Join, Key, Listing
from onhand.insight.lists.orders import CHANNELS, CUSTOMERS

CAUSES: Final = ("out_of_stock", "stock_lost", "amended")
_BOUNDED = Order(bounded=200_000)
_CHANNEL = Join('JOIN orders_channel AS channel ON channel.id = "order".channel_id', ("order",))
_CUSTOMER = Join('LEFT JOIN customers_customer AS customer ON customer.id = "order".customer_id', ("order",))

BACKORDERS = Listing(
    name="backorders",
    table="orders_backorder",
    alias="waiting",
    key=(Key("waiting.id", "uuid"),),
    joins={
        "sku": Join(goods.SKU_OF.format("waiting")),
        "product": goods.PRODUCT,
        "line": Join("JOIN orders_line AS line ON line.id = waiting.line_id"),
        "order": Join('JOIN orders_order AS "order" ON "order".id = waiting.order_id'),
        "channel": _CHANNEL,
        "customer": _CUSTOMER,
        "promised": Join(
            "LEFT JOIN LATERAL (SELECT sum(claim.quantity) AS quantity, max(supply.due) AS due"
            " FROM stock_reservation AS claim JOIN stock_supply AS supply ON supply.id = claim.supply_id"
            " WHERE claim.line_id = waiting.line_id AND claim.ended_at IS NULL AND claim.cart IS NULL)"
            " AS promised ON true"
        ),
    },
    columns=(
        Column("since", "moment", "waiting.since", sort=Order()),
        Column("number", "text", '"order".number', ("order",), label="Order"),
        Column(
            *("channel", "code", "channel.code", ("channel",)),
            match=Match('"order".channel_id', ("order",), CHANNELS),
        ),
        Column("line", "number", "line.number", ("line",), shown=False, filtered=False),
        Column("sku", "code", "sku.code", ("sku",), label="SKU", match=Match("waiting.sku_id", lookup=goods.SKUS)),
        Column("name", "text", "sku.name", ("sku",), words=goods.SKU_WORDS),
        Column("quantity", "number", "waiting.quantity", sort=_BOUNDED),
        Column("priority", "number", "waiting.priority", sort=_BOUNDED),
        Column("cause", "state", "waiting.cause", choices=CAUSES),
        Column(
            *("promised_by", "moment", "CASE WHEN promised.quantity >= waiting.quantity THEN promised.due END"),
            ("promised",),
            empty=True,
        ),
        Column(
            *("value", "money", "waiting.quantity * line.unit_price", ("line", "order")),
            filtered=False,
            currency='"order".currency',
        ),
        Column(
            *("customer", "code", "customer.code", ("customer",)),
            shown=False,
            match=Match('"order".customer_id', ("order",), CUSTOMERS),
            empty=True,
        ),
    ),
    order=("since",),
    within="waiting.ended_at IS NULL",
    always=("number", "channel", "sku"),
    search=goods.search("waiting.sku_id"),
)

RESERVATIONS = Listing(
    name="reservations",
    table="stock_reservation",
    alias="claim",
    key=(Key("claim.id", "uuid"),),
    joins={
        "sku": Join(goods.SKU_OF.format("claim")),
        "product": goods.PRODUCT,
        "site": Join("JOIN places_site AS site ON site.id = claim.site_id"),
        "line": Join("LEFT JOIN orders_line AS line ON line.id = claim.line_id"),
        "order": Join('LEFT JOIN orders_order AS "order" ON "order".id = line.order_id', ("line",)),
        "channel": Join('LEFT JOIN orders_channel AS channel ON channel.id = "order".channel_id', ("order",)),
        "customer": _CUSTOMER,
        "supply": Join("LEFT JOIN stock_supply AS supply ON supply.id = claim.supply_id"),
    },
    columns=(
        Column("made", "moment", "claim.made_at", sort=Order("claim.id", (), "uuid")),
        Column("sku", "code", "sku.code", ("sku",), label="SKU", match=Match("claim.sku_id", lookup=goods.SKUS)),
        Column("site", "code", "site.code", ("site",), match=Match("claim.site_id", lookup=goods.SITES)),
        Column("quantity", "number", "claim.quantity", sort=_BOUNDED),
        Column("number", "text", '"order".number', ("order",), label="Order", filtered=False),
        Column("channel", "code", "channel.code", ("channel",), filtered=False),
        Column("customer", "code", "customer.code", ("customer",), filtered=False),
        Column("cart", "text", "claim.cart", empty=True),
        Column("expires", "moment", "claim.expires_at", shown=False, empty=True),
        Column("supply", "text", "supply.reference", ("supply",), label="On what is to come", filtered=False),
        Column("due", "moment", "supply.due", ("supply",), shown=False, filtered=False),
        Column("incoming", "flag", "claim.supply_id IS NOT NULL", label="On goods to come", shown=False),
    ),
    order=("-made",),
    within="claim.ended_at IS NULL",
    always=("sku", "site", "number", "channel", "cart"),
    search=goods.search("claim.sku_id"),
)
