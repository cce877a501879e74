"""A customer gives up what they ordered, by themselves: theirs alone, and only what nobody has picked yet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.flows.answers import OrderChanged
from onhand.flows.cancel_order import asked_parts, cancel, cancelled
from onhand.flows.commands import CancelOwn
from onhand.flows.workspace import Workspace
from onhand.orders import queries as orders
from onhand.orders.rules import cancellable


def cancel_own(db: Connection, asks: Sequence[Ask[CancelOwn]], now: datetime) -> list[OrderChanged | Refused]:
    """Cancel a batch of customers' own orders, or lines of them.

    Refuses ``unknown_order`` also where an order is somebody else's, and ``picked`` what has been taken from the shelf.
    """
    owners = orders.owners(db, [(ask.command.channel, ask.command.number) for ask in asks])

    def decide(space: Workspace, ask: Ask[CancelOwn], order: UUID | Refused) -> OrderChanged | Refused:
        if isinstance(order, Refused):
            return order
        if owners.get(order) not in ask.command.customers:
            return Refused("unknown_order", f"There is no order {ask.command.number!r} of yours.", "number")
        return _too_late(space, ask.command, order) or cancel(space, ask, order)

    return cancelled(db, asks, now, decide)


def _too_late(space: Workspace, command: CancelOwn, order: UUID) -> Refused | None:
    """What is asked for has been picked already, or a part of it."""
    lines, picked = space.desk.lines[order], space.desk.orders[order].picked_at is not None
    parts = asked_parts(lines, command.lines, "open")
    if isinstance(parts, Refused) or all(quantity <= cancellable(line, picked=picked) for line, quantity in parts):
        return None
    return Refused(
        "picked", "The goods have been taken from the shelf already; write to the shop, or send them back.", "lines"
    )
