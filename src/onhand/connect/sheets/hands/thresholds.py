"""Thresholds: a row says below how much of a SKU at a site somebody wants to be told; nothing of 0."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from psycopg import sql

from onhand.connect.sheets.hands.hand import Bearer, Hand, Left, Logged, Refusals, Row, left, told
from onhand.connect.sheets.staging import batch
from onhand.core.asks import Ask
from onhand.core.database import Connection, statement
from onhand.flows.commands import SetThreshold
from onhand.flows.set_threshold import set_threshold
from onhand.stock import actions as stock_actions

POSITIONS_AT_ONCE = 10_000


class Thresholds(Hand):
    """Carries thresholds."""

    def prepare(self, db: Connection, rows: sql.Composable) -> None:
        """Make positions for SKUs new to a site: the flow would commit in the midst of a batch to do so."""
        pairs = db.execute(sql.SQL(statement("connect.sheets", "pairs_of_stock")).format(rows=rows)).fetchall()
        for start in range(0, len(pairs), POSITIONS_AT_ONCE):
            with batch(db):
                stock_actions.make(db, pairs[start : start + POSITIONS_AT_ONCE])

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Set every threshold to what its row says."""
        asks = [Ask(_threshold(row.said, row.said["quantity"]), bearer.actor) for row in rows]
        return told(rows, set_threshold(db, asks, bearer.now))

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Take away what was set where nothing was set before."""
        return _set_back(db, things, bearer)

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Set what was set before."""
        return _set_back(db, things, bearer)


def _threshold(where: dict[str, Any], quantity: Decimal) -> SetThreshold:
    return SetThreshold(where["site"], where["sku"], quantity or None)


def _set_back(db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
    asks = [
        Ask(_threshold(each.found_by, Decimal(each.before["quantity"]) if each.before else Decimal(0)), bearer.actor)
        for each in things
    ]
    return left(things, set_threshold(db, asks, bearer.now))
