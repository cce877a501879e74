"""Customers: who looks after them, what they are worth, and what waits for them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from psycopg import sql

from onhand.core.database import Connection
from onhand.customers import queries as customers
from onhand.customers import secrets
from onhand.customers.rules import ELSE, PRIORITIES, VALUED_OVER, WORTHS
from onhand.insight.lists.columns import Column, Order
from onhand.insight.lists.filtering import array
from onhand.insight.lists.listing import NOTHING, Condition, Join, Key, Listing, Row

MOST_FOUND: Final = 500
CLASSES: Final = ("A", "B", "C", "none")
OPEN: Final = "('placed', 'backordered', 'confirmed', 'held', 'picked', 'packed', 'part_shipped')"

# The rule of ``customers.rules``, once more in SQL: a test holds them to each other.
_WORTHS = ", ".join(f"('{code}', {worth.a}, {worth.b})" for code, worth in WORTHS.items())
_BOUGHT = (
    f"LEFT JOIN LATERAL (SELECT CASE WHEN bool_or(spent.amount >= coalesce(worth.a, {ELSE.a})) THEN 'A'"
    f" WHEN bool_or(spent.amount >= coalesce(worth.b, {ELSE.b})) THEN 'B' WHEN bool_or(spent.amount > 0) THEN 'C'"
    " ELSE 'none' END AS class, (array_agg(spent.amount ORDER BY spent.amount DESC))[1] AS amount,"
    " (array_agg(spent.currency ORDER BY spent.amount DESC))[1] AS currency"
    ' FROM (SELECT "order".currency, sum((line.ordered - line.cancelled - line.returned) * line.unit_price) AS amount'
    ' FROM orders_order AS "order" JOIN orders_line AS line ON line.order_id = "order".id'
    f' WHERE "order".customer_id = customer.id AND "order".placed_at >= now() - interval \'{VALUED_OVER.days} days\''
    ' AND "order".state <> \'cancelled\' GROUP BY "order".currency) AS spent'
    f" LEFT JOIN (VALUES {_WORTHS}) AS worth (currency, a, b) ON worth.currency = spent.currency) AS bought ON true"
)
_WAITS = (
    'LEFT JOIN LATERAL (SELECT count(DISTINCT "order".id) AS orders, sum(line.backordered) AS quantity'
    ' FROM orders_order AS "order" JOIN orders_line AS line ON line.order_id = "order".id'
    f' WHERE "order".customer_id = customer.id AND "order".state IN {OPEN}) AS open ON true'
)
_DUE = (
    "LEFT JOIN LATERAL (SELECT min(supply.due) AS due"
    ' FROM orders_order AS "order" JOIN orders_line AS line ON line.order_id = "order".id AND line.backordered > 0'
    " JOIN stock_reservation AS claim ON claim.line_id = line.id AND claim.ended_at IS NULL AND claim.cart IS NULL"
    " JOIN stock_supply AS supply ON supply.id = claim.supply_id"
    f' WHERE "order".customer_id = customer.id AND "order".state IN {OPEN}) AS next ON true'
)


def _find(db: Connection, text: str) -> Condition:
    """Customers by whatever is known of them: code, address, telephone number, words of the name."""
    found = customers.ids_found(db, text, MOST_FOUND)
    return Condition(sql.SQL("customer.id = ANY ({})").format(array(found))) if found else NOTHING


def _opened(db: Connection, rows: Sequence[Row]) -> list[Row]:
    """Rows with names as they were said."""
    names = secrets.names(db, [(row["customer"], row.cells.get("name") or "") for row in rows])
    return [Row(row.key, row.cells | {"name": names.get(row["customer"], "")}) for row in rows]


CUSTOMERS = Listing(
    name="customers",
    table="customers_customer",
    alias="customer",
    key=(Key("customer.id"),),
    joins={"bought": Join(_BOUGHT), "open": Join(_WAITS), "next": Join(_DUE)},
    columns=(
        Column("customer", "code", "customer.code", sort=Order()),
        Column("name", "text", "customer.name", filtered=False),
        Column("class", "state", "bought.class", ("bought",), filtered=False, choices=CLASSES),
        Column(
            *("bought", "money", "bought.amount", ("bought",)),
            label="Bought in 12 months",
            filtered=False,
            currency="bought.currency",
        ),
        Column("open_orders", "number", "open.orders", ("open",), filtered=False),
        Column("waits", "number", "coalesce(open.quantity, 0)", ("open",), label="Pieces waiting", filtered=False),
        Column("promised_by", "moment", "next.due", ("next",), label="Next promised", filtered=False),
        Column("priority", "state", "customer.priority", choices=PRIORITIES),
        Column("representative", "code", "customer.representative", label="Looked after by", empty=True),
        Column("language", "code", "customer.language", shown=False, empty=True),
        Column("country", "code", "customer.country", shown=False, empty=True),
        Column("known_since", "moment", "customer.created_at", shown=False),
    ),
    order=("customer",),
    always=("customer",),
    search=_find,
    opened=_opened,
)
