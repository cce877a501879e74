"""Questions about alerts: single ones, and how many wait for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from onhand.core.database import Connection, statement

MOST_COUNTED = 100


class AlertView(msgspec.Struct, frozen=True):
    """An alert: what it is about, the figures it follows from, and what became of it."""

    id: int
    kind: str
    sku: str
    site: str
    urgency: int
    facts: dict[str, str]
    opened_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    snoozed_until: datetime | None
    snoozed_by: str
    escalated_at: datetime | None
    escalated_to: str
    closed_at: datetime | None

    @property
    def waits(self) -> bool:
        """Whether somebody may still act upon it."""
        return self.closed_at is None and self.acknowledged_at is None


def alerts(db: Connection, ids: Sequence[int]) -> list[AlertView]:
    """These alerts, whatever became of them."""
    return [AlertView(*row) for row in db.execute(statement("messages", "alerts"), (list(ids),))]


def waiting(db: Connection, sites: Sequence[str] | None) -> int:
    """Upon how many alerts nobody has acted at these sites (None: all); counted up to a hundred."""
    values = {"sites": None if sites is None else list(sites), "most": MOST_COUNTED}
    row = db.execute(statement("messages", "alerts_waiting"), values).fetchone()
    return int(row[0]) if row else 0
