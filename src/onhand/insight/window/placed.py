"""An order as its customer may see it: its lines, what waits and until when, how far it has come."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from onhand.core.database import Connection, statement
from onhand.orders import queries as orders
from onhand.orders.queries import OrderView


class Placed(NamedTuple):
    """An order. ``waits``: by line, the day by which what it waits for is promised, None where nobody knows."""

    order: OrderView
    packed: bool
    waits: dict[int, datetime | None]


def placed(db: Connection, channel: str, number: str) -> Placed | None:
    """An order by its channel and number; None when there is none."""
    order = orders.ids_by_number(db, [(channel, number)]).get((channel, number))
    if order is None:
        return None
    (view,) = orders.views(db, [order])
    (packed,) = db.execute("SELECT packed_at IS NOT NULL FROM orders_order WHERE id = %s", [order]).fetchone() or (0,)
    waits = db.execute(statement("insight", "waits_of_order"), [order]).fetchall()
    return Placed(view, bool(packed), {row[0]: row[-1] for row in waits})


def fetched_at(db: Connection, channel: str, number: str) -> str:
    """The site where an order is fetched, as it was placed; empty when it is sent, or there is none."""
    order = orders.ids_by_number(db, [(channel, number)]).get((channel, number))
    return orders.fetched_at(db, [order]).get(order, "") if order else ""
