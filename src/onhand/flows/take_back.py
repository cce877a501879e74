"""Goods come back from a customer: the sale's move is reversed, and what can be sold is on sale at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import OrderChanged, order_changed
from onhand.flows.cancel_order import asked_parts
from onhand.flows.commands import TakeBack
from onhand.flows.workspace import Workspace, enter, find_orders, serve_waiting
from onhand.orders import queries as order_queries
from onhand.orders.rules import Line
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.stock import actions as stock
from onhand.stock import queries as stock_queries
from onhand.stock.queries import Out
from onhand.stock.rules import Moved, Pair, Place

_SHELF_FOR = {"saleable": "pick", "quarantine": "quarantine", "damaged": "damaged"}


def take_back(db: Connection, asks: Sequence[Ask[TakeBack]], now: datetime) -> list[OrderChanged | Refused]:
    """Take back a batch of returns."""
    found = find_orders(db, asks)
    known = [each for each in found.values() if isinstance(each, UUID)]
    sites = places.all_sites(db)
    ends = {
        (location.site_id, location.code): Place(location.id, location.site_id, location.code, location.kind)
        for location in places.locations(
            db, {ask.command.site for ask in asks}, codes={"customer", *_SHELF_FOR.values()}
        ).values()
    }
    lines = order_queries.lines(db, known)
    frees: dict[Pair, Quantity] = defaultdict(Quantity)
    for index, ask in enumerate(asks):
        order = found[index]
        if isinstance(order, UUID) and ask.command.site in sites:
            for sku, quantity in _coming_back(ask.command, lines[order]):
                frees[sku, sites[ask.command.site].id] += quantity
    space = enter(db, now, named=known, frees=frees, making=True)
    out = stock_queries.with_customers(db, [_reference(ask.command) for ask in asks])
    on_hand = stock.lock_pieces(db, [each.lot for held in out.values() for each in held if each.lot])
    grounds = _Grounds(sites, ends, out, on_hand)
    answers = [_take_back(space, ask, found[index], grounds) for index, ask in enumerate(asks)]
    serve_waiting(space)
    space.finish()
    return answers


def _coming_back(command: TakeBack, lines: Sequence[Line]) -> Iterator[tuple[int, Quantity]]:
    """What comes back of which SKUs, as (SKU, how much of it is for sale again)."""
    numbered = {line.number: line for line in lines}
    for part in command.lines:
        if part.line in numbered:
            sound = command.condition == "saleable" and part.quantity.is_finite()
            yield numbered[part.line].sku, max(part.quantity, ZERO) if sound else ZERO


@dataclass(slots=True)
class _Grounds:
    """What returns are judged by: the sites and their places, what customers have, and the pieces already on hand."""

    sites: dict[str, Site]
    ends: dict[tuple[int, str], Place]
    out: dict[tuple[str, int], list[Out]]
    on_hand: set[int]

    def choose(self, reference: str, parts: Sequence[tuple[Line, Quantity]]) -> list[tuple[int, Out, Quantity]]:
        """Which goods come back, as (SKU, what is out, how much of it): those that left first."""
        return [
            (line.sku, each, part)
            for line, quantity in parts
            for each, part in _first_out(self.out.get((reference, line.sku), []), quantity)
        ]


def _first_out(out: list[Out], quantity: Quantity) -> Iterator[tuple[Out, Quantity]]:
    for each in out:
        part = min(each.quantity, quantity)
        if part > 0:
            each.quantity -= part
            quantity -= part
            yield each, part
    if quantity:
        raise AssertionError(f"{quantity} more come back than have left")


def _reference(command: TakeBack) -> str:
    return f"order/{command.channel}/{command.number}"


def _take_back(
    space: Workspace, ask: Ask[TakeBack], order: UUID | Refused, grounds: _Grounds
) -> OrderChanged | Refused:
    if isinstance(order, Refused):
        return order
    command = ask.command
    if command.site not in grounds.sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    parts = asked_parts(space.desk.lines[order], command.lines, "with_customer")
    if isinstance(parts, Refused):
        return parts
    site, reference = grounds.sites[command.site].id, _reference(command)
    goods = grounds.choose(reference, parts)
    if any(each.lot in grounds.on_hand for _, each, _ in goods):
        for _, each, part in goods:
            each.quantity += part
        return Refused("serial_on_hand", "The serial number that was sold is on hand already; count it first.", "lines")
    source, target = grounds.ends[site, "customer"], grounds.ends[site, _SHELF_FOR[command.condition]]
    at = command.at or space.now
    before = space.state(order)
    for line, quantity in parts:
        line.returned += quantity
    for sku, each, part in goods:
        space.shelf.move(Moved(sku, each.lot, source, target, part, at, "return", reference, ask.actor))
    grounds.on_hand |= {each.lot for _, each, _ in goods if each.piece and each.lot}
    data = {
        "channel": command.channel,
        "number": command.number,
        "reason": command.reason,
        "before": {"state": before},
        "after": {"state": space.state(order)},
        "condition": command.condition,
        "site": command.site,
        "at": at,
        "lines": [{"line": line.number, "sku": line.sku, "quantity": text(quantity)} for line, quantity in parts],
    }
    space.tell("order.returned", f"order/{order}", ask.actor, data)
    return order_changed(space, order, command.channel, command.number)
