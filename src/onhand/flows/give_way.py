"""When goods are lost, promises give way: first those of carts, then those of the latest order lines, which wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity, text
from onhand.core.refusals import Stale
from onhand.flows.workspace import Workspace
from onhand.orders import queries as orders
from onhand.stock import queries as stock
from onhand.stock.rules import Pair


def holders(db: Connection, losses: Mapping[Pair, Quantity], now: datetime) -> set[UUID]:
    """The orders that have to give way if so much is lost at positions; to be entered. None, where enough lies free."""
    free = stock.free_at(db, losses, now)
    missing = {pair: lost - free.get(pair, ZERO) for pair, lost in losses.items() if lost > free.get(pair, ZERO)}
    claims = stock.weakest_claims(db, missing, now)
    return set(orders.orders_of_lines(db, [claim.line for claim in claims if claim.line]).values())


def take_promises_back(space: Workspace, pair: Pair) -> None:
    """End the weakest claims at a position until no more is promised than is there.

    A claim of an order that was not entered was made after the holders were read: ``Stale``, once more.
    """
    position = space.shelf.positions[pair]
    if position.available >= 0:
        return
    for claim in stock.weakest_claims(space.db, {pair: -position.available}, space.now):
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
