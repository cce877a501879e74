"""Who waits although there is stock? Nobody, but for races; the clock asks, and whoever was passed by is served.

Every flow that frees stock serves those who wait for it in the same transaction. Three things can pass somebody by: an
order that begins to wait in the moment in which a SKU arrives at a site that never had it (there was no position yet
that both could lock); more waiting lines than one transaction shall serve; and a policy or a site that has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO
from onhand.flows import workspace
from onhand.flows.commands import ServeWaiting
from onhand.flows.workspace import enter, network
from onhand.orders import queries as order_queries
from onhand.stock import queries as stock_queries

# SKUs looked after in one transaction; the next sweep goes on.
MOST_SKUS = 100


class WaitingServed(msgspec.Struct, frozen=True, tag="served", tag_field="answer"):
    """How many lines had been passed by and have goods now."""

    lines: int


def serve_waiting(db: Connection, asks: Sequence[Ask[ServeWaiting]], now: datetime) -> list[WaitingServed]:
    """Serve those who wait although there is stock, of some SKUs."""
    free = stock_queries.free_of(db, order_queries.skus_waited_for(db))
    passed_by = list(dict.fromkeys(queued.sku for queued in network(db).queue(db, free)))[:MOST_SKUS]
    served = 0
    if passed_by:
        space = enter(db, now, frees={pair: ZERO for pair in free if pair[0] in passed_by})
        workspace.serve_waiting(space)
        served = len({queued.line for queued in space.queue if not space.desk.line(queued.line).backordered})
        space.finish()
    return [WaitingServed(served) for _ in asks]
