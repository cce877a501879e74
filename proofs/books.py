"""What the real books say, read in the words of the model: codes instead of ids, whole numbers, everything at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from onhand.core.database import Connection
from proofs.model.things import LineName, Name, Promise

_POSITIONS = """
SELECT sku.code, site.code, on_hand, unsellable, reserved, inbound, promised, in_transit
FROM stock_position JOIN catalog_sku sku ON sku.id = sku_id JOIN places_site site ON site.id = site_id
"""
_BALANCES = """
SELECT site.code, location.code, sku.code, lot.code, quantity, virtual
FROM stock_balance JOIN places_location location ON location.id = location_id
JOIN places_site site ON site.id = location.site_id JOIN catalog_sku sku ON sku.id = sku_id
LEFT JOIN stock_lot lot ON lot.id = lot_id
WHERE quantity <> 0
"""
_CLAIMS = """
SELECT sku.code, site.code, claim.quantity, made_at, channel.code, "order".number, line.number, cart, expires_at,
       claim.id, supply_id IS NOT NULL
FROM stock_reservation claim JOIN catalog_sku sku ON sku.id = claim.sku_id JOIN places_site site ON site.id = site_id
LEFT JOIN orders_line line ON line.id = line_id LEFT JOIN orders_order "order" ON "order".id = line.order_id
LEFT JOIN orders_channel channel ON channel.id = channel_id
WHERE claim.ended_at IS NULL
"""
_LINES = """
SELECT channel.code, "order".number, line.number, "order".state, "order".priority, ordered, reserved,
       backordered, shipped, cancelled, returned, waiting.quantity, waiting.priority, waiting.since,
       waiting.id, waiting.eta
FROM orders_line line JOIN orders_order "order" ON "order".id = line.order_id
JOIN orders_channel channel ON channel.id = channel_id
LEFT JOIN orders_backorder waiting ON waiting.line_id = line.id AND waiting.ended_at IS NULL
ORDER BY "order".id, line.number
"""
_SUPPLIES = """
SELECT supply.kind, reference, sku.code, site.code, due, lot.code, sum(quantity - received), sum(promised)
FROM stock_supply supply JOIN catalog_sku sku ON sku.id = supply.sku_id JOIN places_site site ON site.id = site_id
LEFT JOIN stock_lot lot ON lot.id = lot_id
WHERE closed_at IS NULL
GROUP BY 1, 2, 3, 4, 5, 6
"""
_THRESHOLDS = """
SELECT sku.code, site.code, quantity, crossed_at IS NOT NULL
FROM stock_threshold JOIN catalog_sku sku ON sku.id = sku_id JOIN places_site site ON site.id = site_id
"""
_DAYS_TOLD = "SELECT count(*) FROM core_event WHERE kind = 'order.promised'"
_CROSSINGS = "SELECT count(*) FROM core_event WHERE kind IN ('stock.below_threshold', 'stock.above_threshold')"


def whole(number: Decimal | None) -> int:
    """A quantity of the books; the model deals in whole pieces only, so must they."""
    if number is None:
        return 0
    if number != int(number):
        raise AssertionError(f"{number} is not a whole number")
    return int(number)


@dataclass
class Books:
    """The books at one moment."""

    positions: dict[tuple[str, str], tuple[int, ...]]
    goods: dict[tuple[str, str, str, str | None], int]
    away: dict[tuple[str, str], int]
    transit: dict[tuple[str, str, str | None], int]
    promises: list[Promise]
    pegs: dict[LineName, int]
    pegs_at: dict[tuple[LineName, str], int]
    lines: dict[LineName, tuple[Any, ...]]
    states: dict[Name, tuple[str, int]]
    waiting: dict[LineName, tuple[int, int, datetime, UUID]]
    days: dict[LineName, datetime | None]
    supplies: dict[tuple[Any, ...], tuple[int, int]]
    thresholds: dict[tuple[str, str], tuple[int, bool]]
    crossings: int
    days_told: int


def read(db: Connection) -> Books:
    """Read everything the model knows about."""
    goods, away, transit = _balances(db)
    promises, pegs_at = _claims(db)
    lines, states, waiting, days = _lines(db)
    return Books(
        {(sku, site): tuple(map(whole, figures)) for sku, site, *figures in db.execute(_POSITIONS)},
        goods,
        away,
        transit,
        promises,
        _by_line(pegs_at),
        pegs_at,
        lines,
        states,
        waiting,
        days,
        {tuple(row[:6]): tuple(map(whole, row[6:])) for row in db.execute(_SUPPLIES)},  # type: ignore[misc]
        {(sku, site): (whole(quantity), below) for sku, site, quantity, below in db.execute(_THRESHOLDS)},
        (db.execute(_CROSSINGS).fetchone() or (0,))[0],
        (db.execute(_DAYS_TOLD).fetchone() or (0,))[0],
    )


def _balances(db: Connection) -> tuple[Any, Any, Any]:
    goods: dict[tuple[str, str, str, str | None], int] = {}
    away: dict[tuple[str, str], int] = defaultdict(int)
    transit: dict[tuple[str, str, str | None], int] = {}
    for site, location, sku, lot, quantity, virtual in db.execute(_BALANCES):
        if not virtual:
            goods[site, location, sku, lot] = whole(quantity)
        elif location == "transit":
            transit[site, sku, lot] = whole(quantity)
        else:
            away[location, sku] += whole(quantity)
    return goods, {key: quantity for key, quantity in away.items() if quantity}, transit


def _by_line(pegs_at: dict[tuple[LineName, str], int]) -> dict[LineName, int]:
    pegs: dict[LineName, int] = defaultdict(int)
    for (line, _), quantity in pegs_at.items():
        pegs[line] += quantity
    return dict(pegs)


def _claims(db: Connection) -> tuple[list[Promise], dict[tuple[LineName, str], int]]:
    promises: list[Promise] = []
    pegs: dict[tuple[LineName, str], int] = defaultdict(int)
    for sku, site, quantity, made, channel, number, line, cart, until, claim, pegged in db.execute(_CLAIMS):
        name = (channel, number, line) if channel else None
        if pegged and name:
            pegs[name, site] += whole(quantity)
        else:
            promises.append(Promise(sku, site, whole(quantity), made, name, cart, until, claim))
    return sorted(promises, key=lambda each: (each.made_at, each.id)), dict(pegs)


def _lines(db: Connection) -> tuple[Any, Any, Any, Any]:
    lines: dict[LineName, tuple[Any, ...]] = {}
    states: dict[Name, tuple[str, int]] = {}
    waiting: dict[LineName, tuple[int, int, datetime, UUID]] = {}
    days: dict[LineName, datetime | None] = {}
    for channel, number, line, state, priority, *rest in db.execute(_LINES):
        lines[channel, number, line] = tuple(map(whole, rest[:6]))
        states[channel, number] = (state, priority)
        if rest[6] is not None:
            waiting[channel, number, line] = (whole(rest[6]), *rest[7:10])
            days[channel, number, line] = rest[10]
    return lines, states, waiting, days
