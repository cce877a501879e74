"""When goods are lost, promises give way: first those of carts, then those of the latest order lines, which wait."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from onhand.core.database import Connection
from onhand.core.quantity import text
from onhand.core.refusals import Stale
from onhand.flows.workspace import Workspace
from onhand.orders import queries as orders
from onhand.stock import queries as stock
from onhand.stock.rules import Pair


def holders(db: Connection, pairs: Iterable[Pair]) -> set[UUID]:
    """The orders that hold promises at these positions; to be entered, so that they can give way."""
    claims = stock.weakest_claims(db, sorted(set(pairs)))
    return set(orders.orders_of_lines(db, [claim.line for claim in claims if claim.line]).values())


def take_promises_back(space: Workspace, pair: Pair) -> None:
    """End the weakest claims at a position until no more is promised than is there.

    A claim of an order that was not entered was made after the holders were read: ``Stale``, once more.
    """
    position = space.shelf.positions[pair]
    weakest = stock.weakest_claims(space.db, [pair]) if position.available < 0 else []
    for claim in weakest:
        missing = -position.available
        if missing <= 0:
            return
        part = min(claim.quantity, missing)
        if space.shelf.is_over(claim):
            continue
        if claim.line is None:
            space.shelf.end(claim, "released", space.now, part)
            continue
        if claim.line not in space.desk.by_id:
            raise Stale
        line = space.desk.line(claim.line)
        held = next(each for each in space.stock_claims(line.id) if each.id == claim.id)
        space.end_claim(line, held, part)
        space.desk.wait(line, part, "stock_lost", space.now)
        data = {"line": line.number, "quantity": text(part), "cause": "stock_lost"}
        space.tell("order.backordered", f"order/{line.order}", "system", data)
