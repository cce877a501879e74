"""What will happen to stock that somebody watches becomes alerts: goods that run out, deliveries that are late.

All positions with a threshold are gone through every so often, a page at a time. What is below its threshold is
brought in line on the way, so that alerts are right even where an event of before was never followed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from onhand.core.database import Connection
from onhand.core.quantity import text
from onhand.flows.alerting import Everybody, stir
from onhand.messages.alerts import actions, rules
from onhand.messages.alerts.actions import Name, Situation
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.planning import queries
from onhand.planning import rules as planning
from onhand.planning.queries import Place, Watched

START: Final[Place] = (0, 0)


def foresee(
    db: Connection, now: datetime, *, after: Place = START, most: int = queries.PAGE, pushes: bool = True
) -> Place | None:
    """Go through the next positions that are watched; answers where to go on, None at the end. Commits."""
    with db.transaction():
        found = queries.watched(db, now, after=after, most=most)
        if not found:
            return None
        sites = places.all_sites(db)
        situations = [each for row in found for each in _situations(row, sites, now)]
        open_now = {each.name for each in situations}
        over = [name for row in found for name in _names(row) if name not in open_now]
        closed = actions.close_all(db, over, now)
        opened = actions.open_all(db, situations)
        actions.announce(db, len(opened), closed, now)
        stir(db, Everybody(db, pushes=pushes), opened, now)
    return (found[-1].sku_id, found[-1].site_id) if len(found) == most else None


def _names(row: Watched) -> list[Name]:
    return [Name(kind, row.sku, row.site) for kind in rules.KINDS]


def _situations(row: Watched, sites: dict[str, Site], now: datetime) -> Sequence[Situation]:
    """What there is to say of a position just now."""
    zone = ZoneInfo(sites[row.site].time_zone) if row.site in sites else ZoneInfo("UTC")
    found = []
    available = row.running.available
    if row.below_since:
        facts = {"available": text(available), "threshold": text(row.threshold)}
        nothing = available <= 0
        urgency = rules.urgency("below_threshold", nothing_left=nothing)
        found.append(Situation(Name("below_threshold", row.sku, row.site), row.below_since, urgency, facts))
    if out := planning.run_out(row.running, now):
        facts = {
            "available": text(available),
            "date": out.at.astimezone(zone).date().isoformat(),
            "restocked": out.restocked.astimezone(zone).date().isoformat(),
            "a_day": f"{out.a_day:.1f}",
        }
        found.append(Situation(Name("will_run_out", row.sku, row.site), now, rules.urgency("will_run_out"), facts))
    if row.overdue and planning.is_late(row.overdue, now):
        facts = {"reference": row.overdue_document, "due": row.overdue.astimezone(zone).date().isoformat()}
        found.append(Situation(Name("supply_late", row.sku, row.site), now, rules.urgency("supply_late"), facts))
    return found
