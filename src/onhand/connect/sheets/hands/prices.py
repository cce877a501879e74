"""Prices: a row is a price of one SKU in one currency, from a moment on or from now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from onhand.catalog import actions as catalog
from onhand.catalog.records import PriceRecord
from onhand.connect.sheets.hands.hand import Bearer, Hand, Left, Logged, Refusals, Row, left, told
from onhand.core.database import Connection


class Prices(Hand):
    """Carries prices."""

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Set prices."""
        records = [
            PriceRecord(row.said["sku"], row.said["currency"], row.said["amount"], row.said.get("valid_from"))
            for row in rows
        ]
        return told(rows, catalog.set_prices(db, records, bearer.now, actor=bearer.actor))

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Take prices away: what was before holds again. Orders keep what they were placed at."""
        catalog.remove_prices(db, [_old(thing) for thing in things], actor=bearer.actor)
        return {}

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """A price that was added goes; one that was replaced gets its amount again."""
        replaced = [thing for thing in things if thing.before and thing.before["begins"] == thing.image.facts["begins"]]
        added = [thing for thing in things if thing not in replaced]
        catalog.remove_prices(db, [_old(thing) for thing in added], actor=bearer.actor)
        records = [
            PriceRecord(thing.before["sku"], thing.before["currency"], thing.before["amount"], _old(thing).valid_from)
            for thing in replaced
            if thing.before
        ]
        return left(replaced, catalog.set_prices(db, records, bearer.now, actor=bearer.actor))


def _old(thing: Logged) -> catalog.OldPrice:
    facts = thing.image.facts
    return catalog.OldPrice(facts["sku"], facts["currency"], datetime.fromisoformat(facts["begins"]))
