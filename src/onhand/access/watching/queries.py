"""Questions about alerts."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from onhand.access.watching.memory import Evidence
from onhand.core.database import Connection
from onhand.core.pages import Listing, Page


class AlertView(msgspec.Struct, frozen=True):
    """An alert as it is shown: what it says, the events that show it, and what became of it."""

    id: int
    kind: str
    who: str
    severity: str
    state: str
    facts: dict[str, Any]
    evidence: list[Evidence]
    began_at: datetime
    last_at: datetime
    raised_at: datetime
    looked_at: datetime | None
    looked_by: str
    closed_at: datetime | None
    closed_by: str
    note: str


def _alert(*row: Any) -> AlertView:
    columns = [*row]
    columns[6] = msgspec.convert(columns[6], list[Evidence])
    return AlertView(*columns)


ALERTS = Listing(
    "access.watching",
    "alerts",
    tuple[int],
    "id < %(k0)s",
    _alert,
    {"id": "id = %(id)s", "state": "state = %(state)s", "open": "state <> 'closed'", "who": "who = %(who)s"},
)


def alerts(
    db: Connection, *, state: str | None = None, who: str | None = None, after: str | None = None, most: int = 50
) -> Page[AlertView]:
    """Alerts, latest first: all, those of a state (``unclosed``: open or looked at), those about somebody."""
    wanted: dict[str, Any] = {"who": who, **({"open": True} if state == "unclosed" else {"state": state})}
    return ALERTS.page(db, wanted, after=after, most=most)


def alert(db: Connection, number: int) -> AlertView | None:
    """One alert."""
    return next(iter(ALERTS.page(db, {"id": number}).items), None)


def unclosed(db: Connection) -> int:
    """How many alerts wait for somebody."""
    row = db.execute("SELECT count(*) FROM access_watching_alert WHERE state <> 'closed'").fetchone()
    return int(row[0]) if row else 0
