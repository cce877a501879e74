"""What waits for goods, and what no longer does."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from onhand.core.database import Connection, statement


class Backlog(msgspec.Struct, frozen=True):
    """Pieces that order lines wait for now, and pieces given to waiting lines since a moment of the event log."""

    waiting: Decimal
    served: Decimal


def last_event(db: Connection) -> int:
    """The number of the last event, to count from."""
    row = db.execute("SELECT coalesce(max(seq), 0) FROM core_event").fetchone()
    return int(row[0]) if row else 0


def backlog(db: Connection, since: int) -> Backlog:
    """The backlog now, and what was served after the event numbered ``since``."""
    row = db.execute(statement("insight", "backlog"), (since,)).fetchone()
    return Backlog(*row) if row else Backlog(Decimal(0), Decimal(0))
