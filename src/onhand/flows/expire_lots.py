"""A lot's last day is over: what is left of it leaves the shelves for quarantine, and nobody is promised it any more.

Picking has left such goods lying since midnight (first expired, first out, but nothing expired). Here the books
follow: a move with the reason ``expired`` takes them out of what is available, and promises that rested on them give
way. The day is that of UTC, as it is for picking.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import Quantity, text
from onhand.flows.answers import PositionNow, StockChanged, position_now
from onhand.flows.commands import ExpireLots
from onhand.flows.give_way import holders, take_promises_back
from onhand.flows.workspace import Workspace, enter
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.stock import queries as stock
from onhand.stock.queries import Expired
from onhand.stock.rules import Bin, Moved, Pair, Place

ACTOR = "system"


def expire_lots(db: Connection, asks: Sequence[Ask[ExpireLots]], now: datetime) -> list[StockChanged]:
    """Sweep away what has expired, a thousand bins at a time."""
    expired = stock.expired(db, now.date())
    losses: dict[Pair, Quantity] = defaultdict(Quantity)
    for each in expired:
        losses[each.sku, each.site] += each.quantity
    pairs = sorted(losses)
    space = enter(db, now, named=holders(db, losses, now), pairs=pairs)
    sites = {site.id: site for site in places.all_sites(db).values()}
    quarantine = _quarantine(db, [sites[site].code for _, site in pairs])
    # Read again, now under the positions' locks: some of it may have been moved or sold off meanwhile.
    lying = stock.lying_at(db, {(each.location, each.sku) for each in expired})
    for each in expired:
        for found in lying[each.location, each.sku]:
            if found.lot == each.lot:
                _set_aside(space, each, found, quarantine[each.site], sites[each.site])
    for pair in pairs:
        take_promises_back(space, pair)
    changed = _changed(space, expired, sites)
    space.finish()
    return [StockChanged("", changed) for _ in asks]


def _quarantine(db: Connection, sites: Sequence[str]) -> dict[int, Place]:
    found = places.locations(db, set(sites), codes={"quarantine"}).values()
    return {each.site_id: Place(each.id, each.site_id, each.code, each.kind) for each in found}


def _set_aside(space: Workspace, each: Expired, found: Bin, target: Place, site: Site) -> None:
    moved = Moved(each.sku, found.lot, found.place, target, found.quantity, space.now, "expired", "", ACTOR)
    space.shelf.move(moved)
    data = {
        "sku": each.sku_code,
        "lot": found.lot_code,
        "expired_on": found.expires_on,
        "quantity": text(found.quantity),
        "source": found.place.code,
        "target": target.code,
    }
    space.tell("stock.expired", f"site/{site.code}", ACTOR, data)


def _changed(space: Workspace, expired: Sequence[Expired], sites: dict[int, Site]) -> list[PositionNow]:
    pairs = dict.fromkeys(((each.sku, each.sku_code), (each.site, sites[each.site].code)) for each in expired)
    return [position_now(space, sku, site) for sku, site in pairs]
