"""What a batch works on, locked in the one order of the house: positions, then orders.

A flow that touches orders cannot know which positions to lock before it has read their claims, and may not read to
decide before it has locked. So it reads twice: once without locks to learn what to lock, once under the locks to
decide. When the second reading names a position the first did not, somebody was faster: ``Stale``, and the writer
runs the batch again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from onhand.catalog import queries as catalog
from onhand.catalog.queries import SkuFacts
from onhand.core import events
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity, fault, text
from onhand.core.refusals import Refused, Stale
from onhand.flows.commands import OrderNamed
from onhand.orders import actions as orders
from onhand.orders import queries as order_queries
from onhand.orders import rules as order_rules
from onhand.orders.actions import Desk
from onhand.orders.queries import Queued
from onhand.orders.rules import Line
from onhand.places import queries as places
from onhand.places.rules import COUNTRY_CENTRES, Site, distance_km
from onhand.sourcing import queries as sourcing
from onhand.sourcing.rules import Candidate, Policy
from onhand.stock import actions as stock
from onhand.stock import queries as stock_queries
from onhand.stock.rules import Claim, Crossing, Pair, Shelf


@dataclass(slots=True)
class Workspace:
    """Everything a batch has locked and read, and what it records about it."""

    db: Connection
    now: datetime
    shelf: Shelf
    desk: Desk = field(default_factory=Desk)
    claims: dict[UUID, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    queue: list[Queued] = field(default_factory=list)
    facts: list[events.Fact] = field(default_factory=list)

    def tell(self, kind: str, subject: str, actor: str, data: object) -> None:
        """Record something that happened."""
        self.facts.append(events.fact(kind, subject, actor, data))

    def stock_claims(self, line: UUID) -> list[Claim]:
        """A line's claims on stock, oldest first."""
        return [claim for claim in self.claims[line] if claim.supply is None]

    def pegs(self, line: UUID) -> list[Claim]:
        """A line's claims on goods still to come."""
        return [claim for claim in self.claims[line] if claim.supply is not None]

    def release(self, line: Line, quantity: Quantity, outcome: str, *, site: int | None = None) -> list[Claim]:
        """End claims on stock worth so much of a line (at one site, or wherever); returns the parts that ended."""
        ended = []
        for claim in list(self.stock_claims(line.id)):
            if quantity <= 0:
                break
            if site is None or claim.site == site:
                part = min(claim.quantity, quantity)
                self._end(claim, outcome, part)
                quantity -= part
                ended.append(claim._replace(quantity=part))
        line.reserved -= sum((claim.quantity for claim in ended), ZERO)
        return ended

    def unpeg(self, line: Line, quantity: Quantity, outcome: str = "released") -> None:
        """A line needs so much less of what is still to come: latest promises go first."""
        excess = sum((peg.quantity for peg in self.pegs(line.id)), ZERO) - (line.backordered - quantity)
        for peg in reversed(self.pegs(line.id)):
            if excess <= 0:
                return
            part = min(peg.quantity, excess)
            self._end(peg, outcome, part)
            excess -= part

    def end_claim(self, line: Line, claim: Claim, quantity: Quantity) -> None:
        """A line loses so much of one of its claims on stock."""
        self._end(claim, "released", quantity)
        line.reserved -= quantity

    def end_peg(self, peg: Claim, quantity: Quantity) -> None:
        """So much of a supply's promise is over: the goods have arrived."""
        if quantity > 0:
            self._end(peg, "arrived", quantity)

    def reserve(self, line: Line, sku: int, site: int, quantity: Quantity) -> None:
        """A line claims stock."""
        self.claims[line.id].append(self.shelf.reserve(sku, site, quantity, self.now, line=line.id))
        line.reserved += quantity

    def finish(self) -> None:
        """Write everything, each table once, and record what happened."""
        states = {order.id: order_rules.state(order, self.desk.lines[order.id]) for order in self.desk.orders.values()}
        crossings = stock.write(self.db, self.shelf, self.now)
        orders.write(self.db, self.desk, states, self.now)
        self.facts += [crossed(crossing) for crossing in crossings]
        events.record(self.db, self.facts, self.now)

    def state(self, order: UUID) -> str:
        """The state an order is in by now."""
        return order_rules.state(self.desk.orders[order], self.desk.lines[order])

    def _end(self, claim: Claim, outcome: str, quantity: Quantity) -> None:
        rest = self.shelf.end(claim, outcome, self.now, quantity)
        held = self.claims[claim.line] if claim.line else []
        held[held.index(claim) : held.index(claim) + 1] = [rest] if rest else []


def crossed(crossing: Crossing) -> events.Fact:
    """A threshold was crossed: an event, once."""
    kind = "stock.below_threshold" if crossing.below else "stock.above_threshold"
    data = {
        "sku": crossing.sku,
        "site": crossing.site,
        "available": text(crossing.available),
        "threshold": text(crossing.threshold),
    }
    return events.fact(kind, f"position/{crossing.sku}/{crossing.site}", "system", data)


def enter(
    db: Connection,
    now: datetime,
    *,
    named: Iterable[UUID] = (),
    pairs: Iterable[Pair] = (),
    frees: Iterable[int] = (),
    queueing: bool = False,
    making: bool = False,
) -> Workspace:
    """Lock what a batch needs: these positions, those the named orders claim, and those who wait for what is freed.

    ``frees``: SKUs of which stock may become free; with ``queueing`` also all SKUs the named orders claim.
    ``making``: positions that do not exist yet are made.
    What carts held for longer than they asked for is free before anything is decided.
    """
    named, pairs = list(named), list(pairs)
    lines = order_queries.line_ids(db, named)
    claims = stock_queries.claims_of(db, lines)
    freeing = set(frees) | ({claim.sku for claim in claims} if queueing else set())
    waiting = order_queries.queue(db, freeing)
    claims += stock_queries.claims_of(db, {queued.line for queued in waiting} - set(lines))
    wanted = {*pairs, *((claim.sku, claim.site) for claim in claims)}
    shelf = stock.lock_making(db, wanted) if making else stock.lock(db, wanted)
    if pairs or freeing:
        lapse(db, shelf, now)
    waiting = order_queries.queue(db, freeing)
    desk = orders.lock(db, [*named, *(queued.order for queued in waiting)])
    space = Workspace(db, now, shelf, desk, queue=waiting)
    _read_claims(space, {*named})
    return space


def _read_claims(space: Workspace, named: set[UUID]) -> None:
    """Read the claims again, now under their locks; what does not fit was changed meanwhile.

    Of orders that are here only because they wait, the other lines are nobody's business.
    """
    waiting = {queued.line for queued in space.queue}
    lines = {
        line.id: line
        for order, each in space.desk.lines.items()
        for line in each
        if order in named or line.id in waiting
    }
    for claim in stock_queries.claims_of(space.db, lines):
        if (claim.sku, claim.site) not in space.shelf.positions:
            raise Stale
        if claim.line:
            space.claims[claim.line].append(claim)
    for line in lines.values():
        if line.reserved != sum((claim.quantity for claim in space.stock_claims(line.id)), ZERO):
            raise Stale


def lapse(db: Connection, shelf: Shelf, now: datetime) -> None:
    """Free what carts held for longer than they asked for, at the locked positions, before anything is decided."""
    skus = {sku for sku, _ in shelf.positions}
    for claim in stock_queries.expired_claims(db, now, skus=skus) if skus else []:
        if (claim.sku, claim.site) in shelf.positions:
            shelf.end(claim, "expired", now)


@dataclass(slots=True)
class Network:
    """The sites, and how each channel chooses among them."""

    sites: dict[str, Site]
    by_id: dict[int, Site]
    policies: dict[int, Policy]
    distances: dict[tuple[int, Any], float | None] = field(default_factory=dict)

    def candidates(
        self, channel: int, country: str | None, latitude: float | None, longitude: float | None
    ) -> list[Candidate]:
        """The sites that may serve a channel, with their distance to a destination."""
        policy = self.policies[channel]
        codes = policy.sites or sorted(self.sites)
        sites = [self.sites[code] for code in codes if code in self.sites]
        return [Candidate(site.id, site.code, self._distance(site, country, latitude, longitude)) for site in sites]

    def _distance(
        self, site: Site, country: str | None, latitude: float | None, longitude: float | None
    ) -> float | None:
        key = (site.id, (country, latitude, longitude))
        if key not in self.distances:
            self.distances[key] = _measure(site, country, latitude, longitude)
        return self.distances[key]


def _measure(site: Site, country: str | None, latitude: float | None, longitude: float | None) -> float | None:
    there = (latitude, longitude) if latitude is not None and longitude is not None else None
    target = there or COUNTRY_CENTRES.get(country or "")
    if target is None or site.coordinates is None:
        return None
    # A parcel that stays in the country is nearer than the middle of the country may suggest.
    if there is None and site.country == country:
        return 0.0
    return round(distance_km(site.coordinates, target), 1)


def network(db: Connection, channels: Iterable[int]) -> Network:
    """Read the active sites and the policies of these channels."""
    sites = {code: site for code, site in places.all_sites(db).items() if site.active}
    return Network(sites, {site.id: site for site in sites.values()}, sourcing.policies(db, channels))


def serve_waiting(space: Workspace, roads: Network, actor: str) -> None:
    """Give what the batch has freed to those who wait: by priority, then by age, in the same transaction."""
    for queued in space.queue:
        line = space.desk.line(queued.line)
        if space.desk.orders[queued.order].held_at or line.backordered <= 0:
            continue
        for candidate in roads.candidates(queued.channel, queued.country, queued.latitude, queued.longitude):
            give = min(space.shelf.available(queued.sku, candidate.site), line.backordered)
            if give > 0:
                space.unpeg(line, give, "arrived")
                space.reserve(line, queued.sku, candidate.site, give)
                space.desk.stop_waiting(line, give, "served")
                data = {"line": line.number, "sku": queued.sku, "site": candidate.site, "quantity": text(give)}
                space.tell("order.backorder_served", f"order/{queued.order}", actor, data)


def queue_channels(space: Workspace) -> set[int]:
    """The channels of those who wait."""
    return {queued.channel for queued in space.queue}


def known_skus(db: Connection, codes: Iterable[str]) -> dict[str, SkuFacts]:
    """SKUs by code, in one question."""
    return catalog.skus_by_code(db, set(codes))


def sku_fault(facts: SkuFacts | None, code: str, quantity: Quantity, path: str) -> Refused | None:
    """Refuse an unknown or retired SKU, or a quantity its unit cannot have."""
    if facts is None:
        return Refused(
            "unknown_sku", f"There is no SKU {code!r}; check the code or create the product first.", f"{path}.sku"
        )
    if not facts.active:
        return Refused(
            "retired_sku", f"SKU {code!r} is no longer sold; reactivate it or choose another.", f"{path}.sku"
        )
    wrong = fault(quantity, places=facts.decimals)
    if wrong:
        return Refused("bad_quantity", f"The quantity of {code!r} {wrong}; it was {quantity}.", f"{path}.quantity")
    return None


def price_fault(price: Decimal | None, path: str) -> Refused | None:
    """Refuse a price nobody can pay."""
    if price is None or (price.is_finite() and ZERO <= price < 10**10):
        return None
    return Refused("bad_price", "A unit price must be a number from 0 to 9999999999.", f"{path}.unit_price")


def find_orders(db: Connection, asks: Sequence[Ask[Any]]) -> dict[int, UUID | Refused]:
    """The order each ask is about, by the ask's place in the batch, or the refusal of one nobody knows."""
    commands: list[OrderNamed] = [ask.command for ask in asks]
    ids = order_queries.ids_by_number(db, list({(each.channel, each.number) for each in commands}))
    return {
        index: ids.get((each.channel, each.number))
        or Refused("unknown_order", f"There is no order {each.number!r} in channel {each.channel!r}.", "number")
        for index, each in enumerate(commands)
    }
