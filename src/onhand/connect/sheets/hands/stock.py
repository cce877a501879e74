"""Opening stock: a row says how many of a SKU (and lot) lie at a location, and the ledger is brought there by counting.

Lots that do not lie there yet are received, everything else is adjusted to what was counted; all of it names the
import. Saying the same twice moves nothing. An undo adjusts back, unless that would take away what has been promised.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from psycopg import sql

from onhand.connect.sheets.hands.hand import Bearer, Hand, Left, Logged, Refusals, Row, left, told
from onhand.connect.sheets.staging import batch
from onhand.core.asks import Ask
from onhand.core.database import Connection, statement
from onhand.flows.adjust import adjust
from onhand.flows.commands import Adjust, Receive, ReceivedLine
from onhand.flows.receive import receive
from onhand.flows.workspace import known_skus
from onhand.stock import actions as stock_actions
from onhand.stock import queries as stock

POSITIONS_AT_ONCE = 10_000
REASON = "opening stock"
UNDO_REASON = "undo of an import"
# Nothing that lies at these can have been promised.
UNSELLABLE = ("quarantine", "damaged")
PROMISED = "what lies there has been promised; cancel those orders or adjust it by hand"


class Stock(Hand):
    """Carries counts of stock."""

    def prepare(self, db: Connection, rows: sql.Composable) -> None:
        """Make positions for SKUs new to a site: the flows would commit in the midst of a batch to do so."""
        query = sql.SQL(statement("connect.sheets", "pairs_of_stock")).format(rows=rows)
        pairs = db.execute(query).fetchall()
        for start in range(0, len(pairs), POSITIONS_AT_ONCE):
            with batch(db):
                stock_actions.make(db, pairs[start : start + POSITIONS_AT_ONCE])

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Bring every balance to what its row says."""
        arriving = [row for row in rows if row.said.get("lot") and not row.image.known]
        counted = [row for row in rows if row not in arriving]
        refusals: Refusals = {}
        if arriving:
            facts = known_skus(db, (row.said["sku"] for row in arriving))
            asks = [Ask(_arrival(row, facts[row.said["sku"]].tracking, bearer), bearer.actor) for row in arriving]
            refusals |= told(arriving, receive(db, asks, bearer.now))
        if counted:
            adjusts = [Ask(_count(row.said, row.said["quantity"], REASON, bearer), bearer.actor) for row in counted]
            refusals |= told(counted, adjust(db, adjusts, bearer.now))
        return refusals

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Adjust to nothing what lay nowhere before."""
        return _adjust_back(db, things, bearer)

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Adjust to what lay there before."""
        return _adjust_back(db, things, bearer)


def _arrival(row: Row, tracking: str, bearer: Bearer) -> Receive:
    said, quantity = row.said, row.said["quantity"]
    serials = [said["lot"]] if tracking == "serial" else []
    line = ReceivedLine(
        said["sku"],
        quantity,
        None if serials else said["lot"],
        said.get("expires_on"),
        serials,
        said["location"],
    )
    return Receive(said["site"], [line], bearer.reference)


def _count(where: dict[str, Any], quantity: Decimal, reason: str, bearer: Bearer) -> Adjust:
    return Adjust(
        where["site"],
        where["location"],
        where["sku"],
        reason,
        counted=quantity,
        lot=where.get("lot"),
        reference=bearer.reference,
    )


def _adjust_back(db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
    promised = _promised(db, things, bearer)
    free = [thing for thing in things if thing.number not in promised]
    asks = [Ask(_count(thing.found_by, _before(thing), UNDO_REASON, bearer), bearer.actor) for thing in free]
    return promised | (left(free, adjust(db, asks, bearer.now)) if asks else {})


def _before(thing: Logged) -> Decimal:
    return Decimal(thing.before["quantity"]) if thing.before else Decimal(0)


def _promised(db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
    """Things whose taking back would break a promise: the first that fit within what is free go, the others stay."""
    skus = sorted({thing.found_by["sku"] for thing in things})
    free: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for each in stock.availability(db, skus=skus, now=bearer.now):
        free[each.sku, each.site] = each.available
    found: Left = {}
    for thing in things:
        where = thing.found_by["sku"], thing.found_by["site"]
        less = Decimal(thing.image.facts["quantity"]) - _before(thing)
        if thing.image.facts["kind"] in UNSELLABLE:
            continue
        if less > free[where]:
            found[thing.number] = PROMISED
        else:
            free[where] -= less
    return found
