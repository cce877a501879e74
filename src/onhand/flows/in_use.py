"""Which SKUs are counted somewhere already, in the ledger or in an order: their unit and tracking cannot change."""

from __future__ import annotations

from collections.abc import Iterable

from onhand.core.database import Connection
from onhand.orders import queries as orders
from onhand.stock import queries as stock


def skus_in_use(db: Connection, skus: Iterable[int]) -> set[int]:
    """Those of these SKUs that have been moved, promised, announced or ordered."""
    wanted = list(skus)
    return stock.skus_in_use(db, wanted) | orders.skus_owed(db, wanted)
