"""What a batch works on, locked in the one order of the house: positions, then orders.

A flow that touches orders cannot know which positions to lock before it has read their claims, and may not read to
decide before it has locked. So it reads twice: once without locks to learn what to lock, once under the locks to
decide. When the second reading names a position the first did not, somebody was faster: ``Stale``, and the writer
runs the batch again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, NamedTuple
from uuid import UUID

from onhand.catalog import queries as catalog
from onhand.catalog.queries import SkuFacts
from onhand.core import events
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity, fault, text
from onhand.core.refusals import Refused, Stale
from onhand.flows.commands import OrderNamed
from onhand.flows.network import Network, network, turn
from onhand.orders import actions as orders
from onhand.orders import queries as order_queries
from onhand.orders import rules as order_rules
from onhand.orders.actions import Desk, Waiting
from onhand.orders.queries import Queued
from onhand.orders.rules import Line
from onhand.sourcing.rules import source
from onhand.stock import actions as stock
from onhand.stock import queries as stock_queries
from onhand.stock.actions import Announced
from onhand.stock.rules import Claim, Crossing, OpenSupply, Pair, Shelf, come_by


class Foreseen(NamedTuple):
    """What a batch may change of the promises on goods to come, at most.

    ``skus``: what is to come of these is given to whoever waits without a day; ``more``: so much will be announced
    besides. ``shaken``: supplies that may lose so much of what they promise, or (all of it) come on another day.
    """

    skus: frozenset[int] = frozenset()
    more: Mapping[Pair, Quantity] = {}
    shaken: Mapping[UUID, Quantity] = {}


# Asked twice: before anything is locked, to learn what to lock, and under the positions' locks.
Foresee = Callable[[Connection], Foreseen]
NOTHING_FORESEEN: Final = Foreseen()


@dataclass(slots=True)
class Workspace:
    """Everything a batch has locked and read, and what it records about it."""

    db: Connection
    now: datetime
    shelf: Shelf
    desk: Desk = field(default_factory=Desk)
    claims: dict[UUID, list[Claim]] = field(default_factory=lambda: defaultdict(list))
    queue: list[Queued] = field(default_factory=list)
    roads: Network | None = None
    reach: dict[Pair, Quantity] = field(default_factory=dict)
    supplies: dict[int, list[OpenSupply]] = field(default_factory=lambda: defaultdict(list))
    without_day: list[Queued] = field(default_factory=list)
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
        parts = list(self.releasable(line, quantity, site=site))
        for claim, part in parts:
            self._end(claim, outcome, part)
        line.reserved -= sum((part for _, part in parts), ZERO)
        return [claim._replace(quantity=part) for claim, part in parts]

    def releasable(
        self, line: Line, quantity: Quantity, *, site: int | None = None
    ) -> Iterator[tuple[Claim, Quantity]]:
        """Which claims on stock would end, and how much of each, if so much of a line were released: oldest first."""
        for claim in self.stock_claims(line.id):
            part = min(claim.quantity, quantity) if site in {None, claim.site} else ZERO
            if part > 0:
                quantity -= part
                yield claim, part

    def unpeg(self, line: Line, quantity: Quantity, outcome: str = "released") -> None:
        """A line needs so much less of what is still to come: what has arrived goes first, then latest promises."""
        pegs = self.pegs(line.id)[::-1]
        excess = sum((peg.quantity for peg in pegs), ZERO) - (line.backordered - quantity)
        for peg in sorted(pegs, key=lambda each: not self.shelf.has_arrived(each.supply)):
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
        """So much of a supply's promise is over, whoever holds it: the goods have arrived."""
        self._end(peg, "arrived", quantity)

    def break_peg(self, peg: Claim, quantity: Quantity) -> None:
        """So much of a supply's promise is over, whoever holds it: the goods will not come."""
        self._end(peg, "released", quantity)

    def announce(self, announced: Sequence[Announced]) -> None:
        """Goods are to come: recorded as supplies that are promised to nobody yet."""
        for supply, each in zip(stock.announce(self.db, announced), announced, strict=True):
            facts = (each.kind, each.reference, each.due, each.quantity, ZERO, each.lot)
            self.supplies[each.sku].append(OpenSupply(supply, each.sku, each.site, *facts))

    def peg(self, line: Line, supply: OpenSupply, quantity: Quantity) -> None:
        """A line is promised goods still to come."""
        peg = self.shelf.peg(supply.id, supply.sku, supply.site, quantity, self.now, line=line.id)
        self.claims[line.id].append(peg)
        supply.promised += quantity
        self.desk.stirred.add(line.id)

    def reserve(self, line: Line, sku: int, site: int, quantity: Quantity) -> None:
        """A line claims stock."""
        self.claims[line.id].append(self.shelf.reserve(sku, site, quantity, self.now, line=line.id))
        line.reserved += quantity

    def finish(self) -> None:
        """Write everything, each table once, and record what happened."""
        self._say_days()
        states = {order.id: order_rules.state(order, self.desk.lines[order.id]) for order in self.desk.orders.values()}
        self.facts += changed(self.db, self.shelf)
        crossings = stock.write(self.db, self.shelf, self.now)
        orders.write(self.db, self.desk, states, self.now)
        self.facts += crossed(self.db, crossings)
        events.record(self.db, self.facts, self.now)

    def state(self, order: UUID) -> str:
        """The state an order is in by now."""
        return order_rules.state(self.desk.orders[order], self.desk.lines[order])

    def _end(self, claim: Claim, outcome: str, quantity: Quantity) -> None:
        rest = self.shelf.end(claim, outcome, self.now, quantity)
        held = self.claims.get(claim.line, []) if claim.line else []
        if claim in held:
            held[held.index(claim) : held.index(claim) + 1] = [rest] if rest else []
        if claim.supply and claim.line:
            self._lose(claim.line, claim.supply, claim.sku, quantity)

    def _lose(self, line: UUID, supply: UUID, sku: int, quantity: Quantity) -> None:
        if line not in self.desk.by_id:
            raise Stale  # whose promise it is was not foreseen: it was made after that was read
        self.desk.stirred.add(line)
        for each in self.supplies.get(sku, []):
            if each.id == supply:
                each.promised -= quantity

    def _say_days(self) -> None:
        """Who still waits and has another day than before, or none any more, is told of once."""
        waiting = [each for line in self.desk.stirred if (each := self.desk.backorders.get(line)) and each.quantity]
        dues = self._dues(waiting)
        changed = []
        for each in waiting:
            was, pegs = each.eta, self.pegs(each.line)
            each.eta = come_by(((peg.quantity, dues[peg.supply]) for peg in pegs if peg.supply), each.quantity)
            if each.eta != was:
                changed.append((each, was))
        names = order_queries.names_of_lines(self.db, [each.line for each, _ in changed])
        for each, was in sorted(changed, key=lambda change: change[0].id):
            # A line that is new in this batch has no name yet, and no day.
            data = {**names[each.line]._asdict(), "before": {"eta": was}, "after": {"eta": each.eta}}
            self.tell("order.promised", f"order/{each.order}", "system", data)

    def _dues(self, waiting: Iterable[Waiting]) -> dict[UUID, datetime]:
        """On which day what is promised to lines is due; what the batch itself announces or moves goes before."""
        known = {supply.id: supply.due for supplies in self.supplies.values() for supply in supplies}
        pegged = {peg.supply for each in waiting for peg in self.pegs(each.line) if peg.supply}
        return stock_queries.dues(self.db, pegged - known.keys()) | known


def changed(db: Connection, shelf: Shelf) -> list[events.Fact]:
    """Whose figures a batch changes: one event, however many they are, for whoever watches or copies availability.

    It says which, not what: who hears of it reads the figures, and so has never older ones than the books.
    """
    names = stock_queries.names_of(db, [pair for pair, _ in shelf.changed()])
    return [events.fact("stock.changed", "stock", "system", {"positions": names})] if names else []


def crossed(db: Connection, crossings: Sequence[Crossing]) -> list[events.Fact]:
    """Thresholds were crossed: an event each, once."""
    if not crossings:
        return []
    codes = stock_queries.codes_of(db, [(each.sku, each.site) for each in crossings])
    return [_crossing(each, *codes[each.sku, each.site]) for each in crossings]


def _crossing(crossing: Crossing, sku: str, site: str) -> events.Fact:
    kind = "stock.below_threshold" if crossing.below else "stock.above_threshold"
    data = {
        "sku": sku,
        "site": site,
        "available": text(crossing.available),
        "threshold": text(crossing.threshold),
    }
    return events.fact(kind, f"position/{sku}/{site}", "system", data)


def enter(
    db: Connection,
    now: datetime,
    *,
    named: Iterable[UUID] = (),
    pairs: Iterable[Pair] = (),
    frees: Mapping[Pair, Quantity] | None = None,
    resuming: Iterable[UUID] = (),
    making: bool = False,
    foresee: Foresee | None = None,
) -> Workspace:
    """Lock what a batch needs: these positions, those the named orders claim, and those who wait for what is freed.

    ``frees``: how much may become free at a position, at most. So far, and no farther, the queue is read: those whom
    this, with what lies free there already, can reach. ``resuming``: orders that wait on hold and may go on.
    ``making``: positions that do not exist yet are made. ``foresee``: what may change of the promises on goods to
    come; those whom that concerns are entered, too, and no others.
    What carts held for longer than they asked for is free before anything is decided.
    """
    named, pairs, frees, resuming = list(named), list(pairs), frees or {}, list(resuming)
    roads = network(db) if frees or foresee else None
    claims = stock_queries.claims_of(db, order_queries.line_ids(db, named))
    coming = foresee(db) if foresee else NOTHING_FORESEEN
    supplies = stock_queries.open_supplies(db, coming.skus) if coming.skus else []
    if roads:
        reach = _reach(frees, stock_queries.free_at(db, frees, now))
        waiting = roads.queue(db, reach, resuming, named) if frees else []
        waiting += _without_day(db, roads, coming, supplies)
        claims += stock_queries.claims_of(db, {queued.line for queued in waiting})
    wanted = {*pairs, *frees, *coming.more, *((each.sku, each.site) for each in claims)}
    wanted |= {(each.sku, each.site) for each in supplies}
    shelf = stock.lock_making(db, wanted) if making else stock.lock(db, wanted)
    if pairs or frees:
        lapse(db, shelf, now)
    space = Workspace(db, now, shelf, roads=roads)
    if roads and frees:
        space.reach = _reach(frees, {pair: shelf.available(*pair) for pair in frees})
        space.queue = roads.queue(db, space.reach, resuming, named)
    if roads and foresee:
        _read_promises(space, roads, foresee(db))
    entered = [*space.queue, *space.without_day]
    space.desk = orders.lock(db, [*named, *(queued.order for queued in entered)])
    _read_claims(space, {*named})
    return space


def _without_day(db: Connection, roads: Network, coming: Foreseen, supplies: Iterable[OpenSupply]) -> list[Queued]:
    """Whom it concerns what comes: who waits without a day within reach, and who may lose what was promised."""
    reach: dict[Pair, Quantity] = defaultdict(Quantity, coming.more)
    for supply in supplies:
        reach[supply.sku, supply.site] += max(supply.free, ZERO)
    shaken = order_queries.places_of(db, stock_queries.holders_of_pegs(db, coming.shaken))
    found = {queued.line: queued for queued in [*roads.without_day(db, reach), *shaken]}
    return sorted(found.values(), key=turn)


def _read_promises(space: Workspace, roads: Network, coming: Foreseen) -> None:
    """Read again what comes and whom that concerns, now under the positions' locks."""
    supplies = stock_queries.open_supplies(space.db, coming.skus) if coming.skus else []
    if any((each.sku, each.site) not in space.shelf.positions for each in supplies):
        raise Stale
    for supply in supplies:
        space.supplies[supply.sku].append(supply)
    space.without_day = _without_day(space.db, roads, coming, supplies)


def released_at(db: Connection, parts: Iterable[tuple[Line, Quantity]]) -> dict[Pair, Quantity]:
    """Where lines would free stock, and how much at most, if so much of each were given up now.

    A line may be named several times. What only waits is given up first, and frees nothing.
    """
    given_up: dict[UUID, Quantity] = defaultdict(Quantity)
    waiting: dict[UUID, Quantity] = {}
    for line, quantity in parts:
        given_up[line.id] += max(quantity, ZERO)
        waiting[line.id] = line.backordered
    wanted = {line: quantity - waiting[line] for line, quantity in given_up.items() if quantity > waiting[line]}
    freed: dict[Pair, Quantity] = defaultdict(Quantity)
    for claim in stock_queries.claims_of(db, wanted):
        if claim.line and claim.supply is None:
            part = min(claim.quantity, wanted[claim.line])
            freed[claim.sku, claim.site] += part
            wanted[claim.line] -= part
    return {pair: quantity for pair, quantity in freed.items() if quantity}


def _reach(frees: Mapping[Pair, Quantity], free: Mapping[Pair, Quantity]) -> dict[Pair, Quantity]:
    return {pair: quantity + free.get(pair, ZERO) for pair, quantity in frees.items()}


def _read_claims(space: Workspace, named: set[UUID]) -> None:
    """Read the claims again, now under their locks; what does not fit was changed meanwhile.

    Of orders that are here only because they wait, the other lines are nobody's business.
    """
    waiting = {queued.line for queued in [*space.queue, *space.without_day]}
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


def serve_waiting(space: Workspace, actor: str = "system") -> None:
    """Give what the batch has freed to those who wait: by priority, then by age, in the same transaction."""
    roads = space.roads
    if roads is None:
        return
    if any(space.shelf.available(*pair) > most for pair, most in space.reach.items()):
        raise Stale  # more became free than was foreseen: what frees it had changed before it was locked
    for queued in space.queue:
        line = space.desk.line(queued.line)
        if line.backordered > 0 and not space.desk.orders[queued.order].held_at:
            _serve(space, roads, queued, line, actor)


def _serve(space: Workspace, roads: Network, queued: Queued, line: Line, actor: str) -> None:
    """Give to one line what its channel's policy lets it have."""
    candidates = roads.candidates(queued.channel, queued.country, queued.latitude, queued.longitude)
    able = [each for each in candidates if space.shelf.available(line.sku, each.site) > 0]
    if not able:
        return
    policy = roads.policies[queued.channel]
    sending = sending_sites(space, line.order) if policy.most_parcels < len(candidates) else set()
    wanted = [(line.sku, line.backordered)]
    for share in source(wanted, able, policy, space.shelf.available, sending=sending).shares:
        space.unpeg(line, share.quantity, "arrived")
        space.reserve(line, line.sku, share.site, share.quantity)
        space.desk.stop_waiting(line, share.quantity, "served")
        data = {"line": line.number, "sku": line.sku, "site": share.site, "quantity": text(share.quantity)}
        space.tell("order.backorder_served", f"order/{line.order}", actor, data)


def sending_sites(space: Workspace, order: UUID) -> set[int]:
    """The sites that hold goods for an order, and so will send it a parcel anyway; what has left does not count."""
    lines = [line.id for line in space.desk.lines[order]]
    for claim in stock_queries.claims_of(space.db, [line for line in lines if line not in space.claims]):
        if claim.line:
            space.claims[claim.line].append(claim)
    return {claim.site for line in lines for claim in space.stock_claims(line)}


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
