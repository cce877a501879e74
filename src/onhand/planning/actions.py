"""How long goods of a category take to be restocked."""

from __future__ import annotations

from datetime import datetime

from onhand.core import events
from onhand.core.database import Connection
from onhand.planning.queries import lead_days

_SET = """
INSERT INTO planning_lead_time (category_id, days) VALUES (%s, %s)
ON CONFLICT (category_id) DO UPDATE SET days = EXCLUDED.days
"""


def set_lead_days(db: Connection, category: int, code: str, days: int | None, *, actor: str, now: datetime) -> None:
    """Say how many days goods of a category take to come; None: as those above it, or as everything."""
    was = lead_days(db, [category]).get(category)
    if was == days:
        return
    if days is None:
        db.execute("DELETE FROM planning_lead_time WHERE category_id = %s", (category,))
    else:
        db.execute(_SET, (category, days))
    data = {"before": {"lead_days": was}, "after": {"lead_days": days}}
    events.record(db, [events.fact("category.lead_days_set", f"category/{code}", actor, data)], now)
