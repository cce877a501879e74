"""Cases: what customers asked for, those whose first answer is due soonest on top."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from psycopg import sql

from onhand.core.database import Connection
from onhand.customers import queries as customers
from onhand.customers.rules import PRIORITIES
from onhand.customers.service import queries as service
from onhand.customers.service.rules import STATES
from onhand.insight.lists.columns import Column, Match, Order
from onhand.insight.lists.filtering import array
from onhand.insight.lists.listing import NOTHING, Condition, Join, Key, Listing, Row
from onhand.insight.lists.orders import CUSTOMERS
from onhand.orders import queries as orders

MOST_FOUND: Final = 500
_UNANSWERED = "ticket.answered_at IS NULL AND ticket.closed_at IS NULL"


def _find(db: Connection, text: str) -> Condition:
    """Cases by their number, by their customer (whatever is known of them), or by the number of their order."""
    number = text.removeprefix("#")
    found = (
        [sql.SQL("ticket.id = {}").format(sql.Literal(int(number)))] if number.isdecimal() and len(number) < 19 else []
    )
    if known := customers.ids_found(db, text, MOST_FOUND):
        found.append(sql.SQL("ticket.customer_id = ANY ({})").format(array(known)))
    if named := orders.with_number_ids(db, text, MOST_FOUND):
        found.append(sql.SQL("ticket.order_id = ANY ({})").format(array(named)))
    return Condition(sql.SQL("({})").format(sql.SQL(" OR ").join(found))) if found else NOTHING


def _opened(db: Connection, rows: Sequence[Row]) -> list[Row]:
    """Rows with their subjects as they were written; what opens them does not leave this place."""
    kept = [(row.cells["customer"], row.cells["order_id"], row.cells.get("subject", "")) for row in rows]
    texts = service.subjects(db, kept)
    return [
        Row(row.key, {name: value for name, value in row.cells.items() if name != "order_id"} | {"subject": text})
        for row, text in zip(rows, texts, strict=True)
    ]


CASES = Listing(
    name="cases",
    table="customers_case",
    alias="ticket",
    key=(Key("ticket.id"),),
    joins={
        "customer": Join("LEFT JOIN customers_customer AS customer ON customer.id = ticket.customer_id"),
        "order": Join('LEFT JOIN orders_order AS "order" ON "order".id = ticket.order_id'),
    },
    columns=(
        Column("number", "code", "ticket.id::text", filtered=False, sort=Order("ticket.id", (), "id")),
        Column("subject", "text", "ticket.subject", label="About", filtered=False),
        Column(
            *("customer", "code", "customer.code", ("customer",)),
            match=Match("ticket.customer_id", lookup=CUSTOMERS),
            empty=True,
        ),
        Column("order", "text", '"order".number', ("order",), filtered=False),
        Column("order_id", "code", "ticket.order_id", shown=False, filtered=False),
        Column("state", "state", "ticket.state", choices=STATES),
        Column("priority", "state", "ticket.priority", choices=PRIORITIES),
        Column("owner", "code", "ticket.owner", label="In whose hands", empty=True),
        Column(
            *("due", "moment", f"CASE WHEN {_UNANSWERED} THEN ticket.due_at END"),
            label="Answer due",
            sort=Order(nullable=True),
        ),
        Column("overdue", "flag", f"({_UNANSWERED} AND ticket.due_at < now())", label="Answer overdue"),
        Column("opened", "moment", "ticket.opened_at", sort=Order(bounded=200_000)),
        Column("answered", "moment", "ticket.answered_at", label="Answered on", shown=False),
        Column("closed", "moment", "ticket.closed_at", label="Closed on", shown=False),
    ),
    order=("due", "-number"),
    always=("number", "customer", "order_id"),
    search=_find,
    opened=_opened,
)
