"""Orders: the queue, and everything that was."""

from __future__ import annotations

from typing import Final

from onhand.core.database import Connection, statement
from onhand.insight.lists.columns import Column, Match, Order
from onhand.insight.lists.filtering import like, one_of
from onhand.insight.lists.listing import NOTHING, Condition, Join, Key, Listing

STATES: Final = (
    *("placed", "backordered", "confirmed", "held", "picked", "packed", "part_shipped"),
    *("shipped", "delivered", "returned", "cancelled"),
)
CHANNELS: Final = "SELECT id FROM orders_channel WHERE code = ANY (%(given)s)"
CUSTOMERS: Final = "SELECT id FROM customers_customer WHERE code = ANY (%(given)s)"
MOST_FOUND: Final = 5000

# One look at the lines of each order shown; several columns share it.
_LINES = (
    "LEFT JOIN LATERAL (SELECT count(*) AS lines, sum(line.ordered - line.cancelled) AS pieces,"
    " sum((line.ordered - line.cancelled) * line.unit_price) AS value, sum(line.backordered) AS backordered"
    ' FROM orders_line AS line WHERE line.order_id = "order".id) AS summed ON true'
)
# When the last of the supplies promised to what waits has come; empty unless all that waits is promised.
_PROMISE = (
    "LEFT JOIN LATERAL (SELECT CASE WHEN bool_and(promised.due IS NOT NULL) THEN max(promised.due) END AS due"
    " FROM orders_line AS line"
    " JOIN orders_backorder AS waiting ON waiting.line_id = line.id AND waiting.ended_at IS NULL"
    " LEFT JOIN LATERAL (SELECT max(supply.due) AS due FROM stock_reservation AS claim"
    " JOIN stock_supply AS supply ON supply.id = claim.supply_id"
    " WHERE claim.line_id = line.id AND claim.ended_at IS NULL AND claim.cart IS NULL"
    " HAVING sum(claim.quantity) >= waiting.quantity) AS promised ON true"
    ' WHERE line.order_id = "order".id) AS promise ON true'
)


def _find(db: Connection, text: str) -> Condition:
    """Orders by the beginning of their number, whichever the channel, by customer's code, or by a SKU in them."""
    given = {"prefix": like(text), "text": text, "most": MOST_FOUND}
    found = [order for (order,) in db.execute(statement("insight", "orders_found"), given, prepare=False)]
    return Condition(one_of('"order".id', found)) if found else NOTHING


ORDERS = Listing(
    name="orders",
    table="orders_order",
    alias='"order"',
    key=(Key('"order".id', "uuid"),),
    joins={
        "channel": Join('JOIN orders_channel AS channel ON channel.id = "order".channel_id'),
        "customer": Join('LEFT JOIN customers_customer AS customer ON customer.id = "order".customer_id'),
        "summed": Join(_LINES),
        "promise": Join(_PROMISE),
    },
    columns=(
        Column("number", "text", '"order".number'),
        Column(*("channel", "code", "channel.code", ("channel",)), match=Match('"order".channel_id', lookup=CHANNELS)),
        Column("state", "state", '"order".state', choices=STATES),
        Column(
            *("customer", "code", "customer.code", ("customer",)),
            match=Match('"order".customer_id', lookup=CUSTOMERS),
            empty=True,
        ),
        # Ids begin with the moment in which they were made: the order in which orders came in costs no index.
        Column("received", "moment", '"order".recorded_at', shown=False, sort=Order('"order".id', (), "uuid")),
        Column("placed", "moment", '"order".placed_at', sort=Order(bounded=200_000)),
        Column("lines", "number", "summed.lines", ("summed",), filtered=False),
        Column("pieces", "number", "summed.pieces", ("summed",), filtered=False),
        Column("value", "money", "summed.value", ("summed",), filtered=False, currency='"order".currency'),
        Column("backordered", "number", "summed.backordered", ("summed",), shown=False, filtered=False),
        Column("held", "flag", '"order".held_at IS NOT NULL', label="On hold", shown=False, filtered=False),
        Column("hold_reason", "text", '"order".hold_reason', shown=False, filtered=False),
        Column("priority", "number", '"order".priority', sort=Order(bounded=200_000)),
        Column("country", "code", '"order".country', label="Ship to", empty=True),
        Column("promised_by", "moment", "promise.due", ("promise",), shown=False, filtered=False),
        Column(
            *("sku", "code", "NULL::text", ()),
            label="SKU",
            shown=False,
            match=Match('"order".id', lookup=statement("insight", "orders_of_skus")),
        ),
    ),
    order=("-received",),
    always=("number", "channel"),
    search=_find,
)
