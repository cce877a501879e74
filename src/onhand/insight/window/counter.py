"""Who sells in the window, from which sites, and what those can offer now: read from the books, never from a copy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.quantity import ZERO, Quantity
from onhand.flows.network import network
from onhand.insight.window import rules
from onhand.insight.window.rules import Arrival, Offer, Shelf, Word
from onhand.places.rules import Site
from onhand.stock import queries as stock
from onhand.stock.queries import Coming


class Seller(NamedTuple):
    """The channel that sells."""

    channel: int
    code: str
    name: str
    currency: str
    backorders: bool


class Counter(NamedTuple):
    """The channel that sells, and the sites its policy may draw on, in the policy's order, by code."""

    channel: int
    code: str
    name: str
    currency: str
    backorders: bool
    parcels: int
    sites: Mapping[str, Site]

    @property
    def stores(self) -> list[Site]:
        """Where customers may fetch goods."""
        return [site for site in self.sites.values() if site.kind == "store"]


class Offers(NamedTuple):
    """What can be had of a SKU: sent, and fetched at each store that ever had it, by the store's code."""

    send: Offer
    stores: Mapping[str, Offer]


class Words(msgspec.Struct, frozen=True):
    """What is said of a SKU, by way of delivery: sent to the customer, or fetched at a store (by its code)."""

    sku: str
    send: Word
    stores: dict[str, Word]


def seller(db: Connection, wanted: str = "") -> Seller | None:
    """The channel of that code or, without one, the only active channel of kind web; None where there is none."""
    rows = db.execute(
        "SELECT id, code, name, currency, backorders FROM orders_channel"
        " WHERE active AND CASE WHEN %(code)s = '' THEN kind = 'web' ELSE code = %(code)s END LIMIT 2",
        {"code": wanted},
    ).fetchall()
    return Seller(*rows[0]) if len(rows) == 1 else None


def counter(db: Connection, wanted: str = "") -> Counter | None:
    """The same channel, with all that it sells from; None where there is none."""
    found = seller(db, wanted)
    if found is None:
        return None
    roads = network(db, [found.channel])
    policy = roads.policies[found.channel]
    sites = {code: roads.sites[code] for code in policy.sites or sorted(roads.sites) if code in roads.sites}
    return Counter(*found, parcels=policy.most_parcels, sites=sites)


def offers(db: Connection, at: Counter, skus: Collection[str], now: datetime) -> dict[str, Offers]:
    """What can be had of each of these SKUs now; of one nobody knows, or that is not shown in the window, nothing."""
    wanted = sorted(set(skus))
    public = db.execute(
        "SELECT sku.code FROM catalog_sku AS sku JOIN catalog_product AS product ON product.id = sku.product_id"
        " WHERE sku.code = ANY (%s) AND sku.active AND product.active AND product.published",
        (wanted,),
    )
    of_these = offers_of(db, at, [code for (code,) in public], now)
    return {sku: of_these.get(sku) or _offers(at, [], ZERO, now) for sku in wanted}


def offers_of(db: Connection, at: Counter, skus: Collection[str], now: datetime) -> dict[str, Offers]:
    """What can be had of SKUs of which it is known that they are shown in the window."""
    shelves: defaultdict[str, list[Shelf]] = defaultdict(list)
    for row in stock.availability(db, skus=list(skus), sites=list(at.sites), now=now):
        coming = _arrivals(row.coming, at.sites[row.site])
        shelves[row.sku].append(Shelf(row.site, row.available, coming))
    waiting = _waiting(db, [sku for sku, those in shelves.items() if any(each.coming for each in those)])
    return {sku: _offers(at, shelves[sku], waiting.get(sku, ZERO), now) for sku in skus}


def words(found: Mapping[str, Offers]) -> dict[str, Words]:
    """What is said of these offers."""
    return {
        sku: Words(sku, rules.word(each.send), {store: rules.word(offer) for store, offer in each.stores.items()})
        for sku, each in found.items()
    }


def words_now(db: Connection, channel: str, skus: Collection[str], now: datetime) -> dict[str, Words]:
    """What is said now of some SKUs in the window of a channel; nothing where no window is open."""
    at = counter(db, channel)
    return words(offers(db, at, skus, now)) if at else {}


def _offers(at: Counter, shelves: list[Shelf], waiting: Quantity, now: datetime) -> Offers:
    today = min((site.day(now) for site in at.sites.values()), default=now.date())
    stores = {
        shelf.site: rules.fetched(shelf, waiting, today=at.sites[shelf.site].day(now))
        for shelf in shelves
        if at.sites[shelf.site].kind == "store"
    }
    return Offers(rules.sent(shelves, waiting, parcels=at.parcels, today=today), stores)


def _arrivals(coming: Iterable[Coming], site: Site) -> tuple[Arrival, ...]:
    free = ((each.due, each.quantity - each.promised) for each in coming)
    return tuple(Arrival(site.day(due), quantity) for due, quantity in free if quantity > ZERO)


def _waiting(db: Connection, skus: list[str]) -> dict[str, Quantity]:
    """What orders wait for that were promised nothing yet, by SKU."""
    return dict(db.execute(statement("insight", "window_waiting"), [skus]).fetchall()) if skus else {}
