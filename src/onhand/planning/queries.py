"""The figures of positions that somebody watches, many at once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from onhand.core.database import Connection, statement
from onhand.planning import rules
from onhand.planning.rules import Running

PAGE = 2000
Place = tuple[int, int]


class Watched(NamedTuple):
    """A position with a threshold: who it is, how it runs, and whether it is below; the oldest overdue delivery."""

    sku_id: int
    site_id: int
    sku: str
    site: str
    threshold: Decimal
    below_since: datetime | None
    running: Running
    overdue: datetime | None
    overdue_document: str


def watched(db: Connection, now: datetime, *, after: Place = (0, 0), most: int = PAGE) -> list[Watched]:
    """Positions with a threshold after this one, in the order of their SKUs and sites."""
    values = {
        "now": now,
        "week": now - rules.WEEK,
        "month": now - rules.MONTH,
        "sku": after[0],
        "site": after[1],
        "most": most,
        "lead": rules.LEAD_DAYS,
    }
    return [_watched(*row) for row in db.execute(statement("planning", "watched"), values)]


def _watched(*row: Any) -> Watched:
    sku_id, site_id, sku, site, threshold, below_since, *runs, overdue, document = row
    return Watched(sku_id, site_id, sku, site, threshold, below_since, Running(*runs), overdue, document)


def lead_days(db: Connection, categories: Iterable[int]) -> dict[int, int]:
    """What was said of these categories themselves."""
    rows = db.execute(
        "SELECT category_id, days FROM planning_lead_time WHERE category_id = ANY(%s)", (list(categories),)
    )
    return dict(rows.fetchall())
