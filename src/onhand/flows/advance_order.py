"""An order takes its next step: confirmed, held, resumed, picked, packed, shipped, delivered, moved up the queue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import OrderChanged, order_changed
from onhand.flows.cancel_order import asked_parts
from onhand.flows.commands import AdvanceOrder
from onhand.flows.workspace import Workspace, enter, find_orders, serve_waiting
from onhand.orders import actions as orders
from onhand.orders import queries as order_queries
from onhand.orders.rules import Line, Order
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.stock import queries as stock_queries
from onhand.stock.rules import Bin, Moved, Pair, Place, Shelf, first_expired_first_out, take


def advance_order(db: Connection, asks: Sequence[Ask[AdvanceOrder]], now: datetime) -> list[OrderChanged | Refused]:
    """Advance a batch of orders. Only shipping and resuming need stock, so only then are positions locked."""
    found = find_orders(db, asks)
    known = [each for each in found.values() if isinstance(each, UUID)]
    steps = {ask.command.step for ask in asks}
    shipping = "ship" in steps
    if "resume" in steps:
        space = _enter_resuming(db, now, known)
    else:
        space = enter(db, now, named=known) if shipping else Workspace(db, now, Shelf({}), orders.lock(db, known))
    dock = _dock(space) if shipping else None
    answers = [_advance(space, ask, found[index], dock) for index, ask in enumerate(asks)]
    if "resume" in steps:
        serve_waiting(space)
    space.finish()
    return answers


def _enter_resuming(db: Connection, now: datetime, named: Sequence[UUID]) -> Workspace:
    """A held order was passed over; when it goes on, what came in meanwhile and lies free is its own."""
    waiting = {line.sku for lines in order_queries.lines(db, named).values() for line in lines if line.backordered}
    pairs = [(sku, site.id) for sku in waiting for site in places.all_sites(db).values()]
    return enter(db, now, named=named, frees=dict.fromkeys(pairs, ZERO), resuming=named)


class _Dock:
    """What a batch can ship from: goods in bins, and the sites' way out to customers."""

    def __init__(self, bins: dict[Pair, list[Bin]], sites: dict[str, Site], ways_out: dict[int, Place]) -> None:
        self.bins = bins
        self.sites = sites
        self.ways_out = ways_out


def _dock(space: Workspace) -> _Dock:
    pairs = {(claim.sku, claim.site) for claims in space.claims.values() for claim in claims if claim.supply is None}
    sites = places.all_sites(space.db)
    wanted = {site for _, site in pairs}
    codes = [site.code for site in sites.values() if site.id in wanted]
    ways_out = {
        location.site_id: Place(location.id, location.site_id, location.code, location.kind)
        for location in places.locations(space.db, codes, codes=["customer"]).values()
    }
    return _Dock(stock_queries.bins(space.db, pairs) if pairs else {}, sites, ways_out)


def _advance(
    space: Workspace, ask: Ask[AdvanceOrder], found: UUID | Refused, dock: _Dock | None
) -> OrderChanged | Refused:
    if isinstance(found, Refused):
        return found
    command, order, lines = ask.command, space.desk.orders[found], space.desk.lines[found]
    before = {"state": space.state(found), "priority": order.priority}
    if command.step == "ship" and dock:
        fault = _ship(space, ask, order, lines, dock)
    else:
        fault = _step(order, lines, command, command.at or space.now)
    if fault:
        return fault
    after = {"state": space.state(found), "priority": order.priority}
    named = {"channel": command.channel, "number": command.number}
    data: dict[str, object] = {**named, "state": after["state"], "before": before, "after": after}
    if command.reason:
        data["reason"] = command.reason
    if command.at:
        data["at"] = command.at
    space.tell(f"order.{command.step}", f"order/{found}", ask.actor, data)
    return order_changed(space, found, command.channel, command.number)


def _step(order: Order, lines: Sequence[Line], command: AdvanceOrder, at: datetime) -> Refused | None:
    """Steps that move no stock."""
    step = command.step
    is_open = any(line.open for line in lines)
    if step == "deliver":
        if not any(line.shipped for line in lines):
            return Refused("not_shipped", "Nothing of this order has been shipped; ship it first.", "step")
        order.delivered_at = at
        return None
    if not is_open:
        return Refused("closed", f"Order {command.number!r} has nothing open to {step}.", "step")
    if step == "priority":
        if command.priority is None:
            return Refused("missing_priority", "Say which priority, from -100 to 100.", "priority")
        order.priority = command.priority
        return None
    return _mark(order, lines, step, at)


def _mark(order: Order, lines: Sequence[Line], step: str, at: datetime) -> Refused | None:
    if step == "hold":
        order.held_at = at
        return None
    if step == "resume":
        order.held_at = None
        return None
    if order.held_at:
        return Refused("held", "The order is held; resume it first.", "step")
    if step in {"pick", "pack"} and not any(line.reserved for line in lines):
        return Refused(
            "nothing_reserved", f"Nothing is reserved that one could {step}; the order waits for stock.", "step"
        )
    if step == "confirm":
        order.confirmed_at = at
    elif step == "pick":
        order.picked_at = at
    else:
        order.packed_at = at
    return None


def _ship(space: Workspace, ask: Ask[AdvanceOrder], order: Order, lines: Sequence[Line], dock: _Dock) -> Refused | None:
    """Settle reservations into moves: out of the bins, first expired first, to the customer."""
    command = ask.command
    if order.held_at:
        return Refused("held", "The order is held; resume it first.", "step")
    if command.site and command.site not in dock.sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    parts = asked_parts(lines, command.lines, "reserved")
    if isinstance(parts, Refused):
        return parts
    site = dock.sites[command.site].id if command.site else None
    settling = _settling(space, parts, site, strict=bool(command.lines))
    if isinstance(settling, Refused):
        return settling
    at = command.at or space.now
    taken = _take_from_bins(settling, dock, at)
    if isinstance(taken, Refused):
        return taken
    for line, where, quantity in settling:
        space.release(line, quantity, "shipped", site=where)
        line.shipped += quantity
    for line, each, quantity in taken:
        way_out = dock.ways_out[each.place.site]
        reference = f"order/{command.channel}/{command.number}"
        space.shelf.move(Moved(line.sku, each.lot, each.place, way_out, quantity, at, "sale", reference, ask.actor))
    order.shipped_at = at
    order.delivered_at = None  # what leaves now is on the road, whatever arrived before
    return None


def _settling(
    space: Workspace, parts: Sequence[tuple[Line, Quantity]], site: int | None, *, strict: bool
) -> list[tuple[Line, int, Quantity]] | Refused:
    """Which claims a shipment settles: (line, site, quantity)."""
    settling = []
    for line, wanted in parts:
        left = wanted
        for claim in space.stock_claims(line.id):
            part = min(claim.quantity, left)
            if part > 0 and site in {None, claim.site}:
                settling.append((line, claim.site, part))
                left -= part
        if left and strict:
            return Refused(
                "not_reserved_there", f"Line {line.number} has {text(wanted - left)} reserved there.", "lines"
            )
    if not settling:
        return Refused(
            "nothing_reserved", "Nothing is reserved that could be shipped; the order waits for stock.", "step"
        )
    return settling


def _take_from_bins(
    settling: Sequence[tuple[Line, int, Quantity]], dock: _Dock, at: datetime
) -> list[tuple[Line, Bin, Quantity]] | Refused:
    """Find the goods; when bins do not hold what is reserved (all else has expired), nothing is taken."""
    needed: dict[Pair, Quantity] = defaultdict(Quantity)
    for line, site, quantity in settling:
        needed[line.sku, site] += quantity
    ordered = {pair: first_expired_first_out(dock.bins.get(pair, []), at.date()) for pair in needed}
    for pair, quantity in needed.items():
        if sum(each.quantity for each in ordered[pair]) < quantity:
            return Refused("expired", "What is left of the goods has expired; replace it before shipping.", "step")
    return [
        (line, each, part)
        for line, site, quantity in settling
        for each, part in take(ordered[line.sku, site], quantity)
    ]
