"""Answers ready to be read out: where a SKU is to be had and from when, and what an order's line waits for.

Facts only; the sentences are the doors'. A supply's *free* part is what is to come of it and promised to nobody.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from onhand.catalog import queries as catalog
from onhand.core.database import Connection, statement
from onhand.insight.desk.finding import ROOM
from onhand.insight.order_page import Held
from onhand.orders import queries as orders
from onhand.orders.queries import LineView, OrderView
from onhand.places.queries import all_sites
from onhand.places.rules import Site, distance_km
from onhand.stock import queries as stock
from onhand.stock.queries import Availability

MOST_IN_QUEUE: Final = 1000
MOST_INSTEAD: Final = 5
NONE: Final = Decimal(0)


class Here(msgspec.Struct, frozen=True):
    """So much is available at a site; ``km`` from where the customer is, if that is known."""

    site: str
    name: str
    available: Decimal
    km: float | None = None


class Comes(msgspec.Struct, frozen=True):
    """So much comes to a site on a day, and so much of it is still free."""

    site: str
    name: str
    due: datetime
    quantity: Decimal
    free: Decimal


class Instead(msgspec.Struct, frozen=True):
    """What may be offered instead, where it is available."""

    sku: str
    name: str
    available: Decimal
    sites: list[Here]


class GoodsAnswer(msgspec.Struct, frozen=True):
    """Whether a SKU is to be had: ``here`` at the site asked for, ``there`` at others, nearest first."""

    sku: str
    name: str
    unit: str
    product_active: bool
    available: Decimal
    here: Here | None
    there: list[Here]
    coming: list[Comes]
    instead: list[Instead]


class Wait(msgspec.Struct, frozen=True):
    """What a line waits for. ``eta``: when all of it is promised to have come; ``place`` in a queue of ``waiting``.

    A place above ``MOST_IN_QUEUE`` is not counted on.
    """

    quantity: Decimal
    since: datetime
    cause: str
    eta: datetime | None
    place: int
    waiting: int


class LineAnswer(msgspec.Struct, frozen=True):
    """An order's line: how it stands, what it waits for, what comes next of its SKU, what could be taken instead."""

    line: LineView
    name: str
    held: list[Held]
    wait: Wait | None
    coming: list[Comes]
    instead: list[Instead]


class OrderAnswer(msgspec.Struct, frozen=True):
    """An order, line by line."""

    order: OrderView
    lines: list[LineAnswer]


def goods_answer(db: Connection, sku: str, *, site: str | None, now: datetime) -> GoodsAnswer | None:
    """The answer for a SKU, for a customer at a site or (None) nowhere in particular; None when there is no SKU."""
    detail = catalog.sku_detail(db, sku)
    if detail is None:
        return None
    sites = all_sites(db)
    shelf = _Shelf(db, [sku], sites, now)
    near = shelf.places(sku, sites.get(site) if site else None)
    return GoodsAnswer(
        sku=sku,
        name=detail.name or sku,
        unit=detail.unit,
        product_active=detail.active,
        available=sum((each.available for each in near), NONE),
        here=next((each for each in near if each.site == site), None),
        there=[each for each in near if each.site != site],
        coming=shelf.coming(sku),
        instead=shelf.instead(sku),
    )


def order_answer(db: Connection, channel: str, number: str, *, now: datetime) -> OrderAnswer | None:
    """The answer for each line of an order; None when there is no such order."""
    order = orders.ids_by_number(db, [(channel, number)]).get((channel, number))
    if order is None:
        return None
    (view,) = orders.views(db, [order])
    waits = _waits(db, view)
    held: dict[int, list[Held]] = defaultdict(list)
    for each in (Held(*row) for row in db.execute(statement("insight", "claims_of_order"), [order])):
        held[each.line].append(each)
    # Only what waits is asked of the shelves: for all else the order itself is the answer.
    waiting = [line.sku for line in view.lines if line.line in waits]
    shelf = _Shelf(db, waiting, all_sites(db), now)
    names = _names(db, [line.sku for line in view.lines])
    lines = [
        LineAnswer(
            line,
            names.get(line.sku) or line.sku,
            held[line.line],
            waits.get(line.line),
            shelf.coming(line.sku) if line.line in waits else [],
            shelf.instead(line.sku) if line.line in waits else [],
        )
        for line in view.lines
    ]
    return OrderAnswer(view, lines)


def _waits(db: Connection, order: OrderView) -> dict[int, Wait]:
    """What an order's lines wait for, by the line's number."""
    given = {"order": order.id, "most": MOST_IN_QUEUE}
    found = {line: facts for line, *facts in db.execute(statement(ROOM, "queue_places"), given)}
    numbers = {line.id: line.number for line in orders.lines(db, [order.id])[order.id]}
    return {numbers[line]: _wait(facts) for line, facts in found.items()}


def _wait(facts: list[Any]) -> Wait:
    _sku, quantity, since, cause, eta, ahead, waiting = facts
    return Wait(quantity, since, cause, eta, ahead + 1, max(waiting, ahead + 1))


def _names(db: Connection, skus: Iterable[str]) -> dict[str, str]:
    rows = db.execute("SELECT code, name FROM catalog_sku WHERE code = ANY (%s)", [sorted(set(skus))])
    return dict(rows.fetchall())


class _Shelf:
    """What is available and what comes of some SKUs, and of what may stand in for them; read in two statements."""

    def __init__(self, db: Connection, skus: Iterable[str], sites: Mapping[str, Site], now: datetime) -> None:
        wanted = sorted(set(skus))
        self.sites = sites
        self._instead: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for sku, other, name in db.execute(statement(ROOM, "substitutes"), {"skus": wanted}) if wanted else ():
            self._instead[sku].append((other, name))
        others = {other for each in self._instead.values() for other, _ in each}
        self._at: dict[str, list[Availability]] = defaultdict(list)
        for each in stock.availability(db, skus=[*wanted, *sorted(others - set(wanted))], now=now) if wanted else ():
            if self.sites[each.site].active:
                self._at[each.sku].append(each)

    def places(self, sku: str, near: Site | None = None) -> list[Here]:
        """Where a SKU is available: nearest first where it is known from where, else where there is most of it."""
        found = [self._here(each, near) for each in self._at[sku] if each.available > 0]
        far = float("inf")
        return sorted(found, key=lambda each: (far if each.km is None else each.km, -each.available, each.site))

    def _here(self, at: Availability, near: Site | None) -> Here:
        site = self.sites[at.site]
        return Here(at.site, site.name, at.available, _km(near, site) if near else None)

    def coming(self, sku: str) -> list[Comes]:
        """What comes of a SKU, soonest first."""
        found = [
            Comes(at.site, self.sites[at.site].name, each.due, each.quantity, max(each.quantity - each.promised, NONE))
            for at in self._at[sku]
            for each in at.coming
            if each.quantity > 0
        ]
        return sorted(found, key=lambda each: (each.due, each.site))

    def instead(self, sku: str) -> list[Instead]:
        """What may be offered instead and is available, best first."""
        found = [(other, name, self.places(other)) for other, name in self._instead[sku]]
        return [
            Instead(other, name or other, sum((each.available for each in places), NONE), places)
            for other, name, places in found
            if places
        ][:MOST_INSTEAD]


def _km(one: Site, other: Site) -> float | None:
    if one.coordinates is None or other.coordinates is None:
        return None
    return distance_km(one.coordinates, other.coordinates)
