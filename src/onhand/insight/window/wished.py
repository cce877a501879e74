"""What is back of what somebody wants to be told of: how many can be had, by SKU."""

from __future__ import annotations

from datetime import datetime

from onhand.core.database import Connection, statement
from onhand.core.quantity import Quantity
from onhand.insight.window.counter import Counter, offers

MOST_AT_ONCE = 200


def back(db: Connection, at: Counter, now: datetime) -> dict[str, Quantity]:
    """The SKUs that are back, and how many of each can be sent."""
    asked = {"sites": [site.id for site in at.sites.values()], "most": MOST_AT_ONCE}
    skus = [sku for (sku,) in db.execute(statement("insight", "window_wished"), asked)]
    found = offers(db, at, skus, now) if skus else {}
    return {sku: each.send.free for sku, each in found.items() if each.send.free > 0}
