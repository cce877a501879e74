"""Who waits although there is stock? Nobody, but for races; the clock asks, and whoever was passed by is served.

Every flow that frees stock serves those who wait for it in the same transaction. Three things can pass somebody by: an
order that begins to wait in the moment in which a SKU arrives at a site that never had it (there was no position yet
that both could lock); more waiting lines than one transaction shall serve; and a policy or a site that has changed.

Nor does anybody wait without a day while goods are announced that are promised to nobody, but for the same races, and
for a while: what somebody gave up, or lost to others, is promised anew when the clock asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO
from onhand.flows import workspace
from onhand.flows.commands import ServeWaiting
from onhand.flows.network import network
from onhand.flows.promising import promise_waiting
from onhand.flows.workspace import Foreseen, Workspace, enter
from onhand.orders import queries as order_queries
from onhand.orders.queries import Queued
from onhand.stock import queries as stock_queries

# SKUs looked after in one transaction; the next sweep goes on.
MOST_SKUS = 100


class WaitingServed(msgspec.Struct, frozen=True, tag="served", tag_field="answer"):
    """How many lines had been passed by and have goods now, and how many have a day."""

    lines: int
    promised: int = 0


def serve_waiting(db: Connection, asks: Sequence[Ask[ServeWaiting]], now: datetime) -> list[WaitingServed]:
    """Serve those who wait although there is stock, and promise what comes to those without a day, of some SKUs."""
    roads = network(db)
    free = stock_queries.free_of(db, order_queries.skus_waited_for(db))
    coming = stock_queries.free_to_come(db, order_queries.skus_without_day(db))
    passed_by = _some_skus(roads.queue(db, free))
    without_day = frozenset(_some_skus(roads.without_day(db, coming)))
    if not passed_by and not without_day:
        return [WaitingServed(0) for _ in asks]
    frees = {pair: ZERO for pair in free if pair[0] in passed_by}
    space = enter(db, now, frees=frees, foresee=lambda _: Foreseen(without_day))
    workspace.serve_waiting(space)
    promise_waiting(space)
    served = len({queued.line for queued in space.queue if not space.desk.line(queued.line).backordered})
    space.finish()
    promised = len({queued.line for queued in space.without_day if _has_day(space, queued.line)})
    return [WaitingServed(served, promised) for _ in asks]


def _some_skus(queue: Sequence[Queued]) -> list[int]:
    return list(dict.fromkeys(queued.sku for queued in queue))[:MOST_SKUS]


def _has_day(space: Workspace, line: UUID) -> bool:
    waiting = space.desk.backorders.get(line)
    return waiting is not None and waiting.eta is not None and waiting.quantity > 0
