"""Goods come back from a customer: the sale's move is reversed, and what can be sold is on sale at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import text
from onhand.core.refusals import Refused
from onhand.flows.answers import OrderChanged, order_changed
from onhand.flows.cancel_order import asked_parts
from onhand.flows.commands import TakeBack
from onhand.flows.workspace import Workspace, enter, find_orders, network, queue_channels, serve_waiting
from onhand.orders import queries as order_queries
from onhand.places import queries as places
from onhand.places.rules import Site
from onhand.stock import queries as stock_queries
from onhand.stock.rules import Moved, Place

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
    skus = order_queries.skus_of(db, known)
    pairs = {
        (sku, sites[ask.command.site].id)
        for index, ask in enumerate(asks)
        for order in [found[index]]
        if isinstance(order, UUID)
        for sku in skus.get(order, ())
        if ask.command.site in sites
    }
    space = enter(db, now, named=known, pairs=pairs, frees={sku for sku, _ in pairs}, making=True)
    answers = [_take_back(space, ask, found[index], sites, ends) for index, ask in enumerate(asks)]
    serve_waiting(space, network(db, queue_channels(space)), "system")
    space.finish()
    return answers


def _take_back(
    space: Workspace,
    ask: Ask[TakeBack],
    order: UUID | Refused,
    sites: dict[str, Site],
    ends: dict[tuple[int, str], Place],
) -> OrderChanged | Refused:
    if isinstance(order, Refused):
        return order
    command = ask.command
    if command.site not in sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    parts = asked_parts(space.desk.lines[order], command.lines, "with_customer")
    if isinstance(parts, Refused):
        return parts
    site = sites[command.site].id
    reference = f"order/{command.channel}/{command.number}"
    sold = stock_queries.lots_sold(space.db, reference)
    source, target = ends[site, "customer"], ends[site, _SHELF_FOR[command.condition]]
    at = command.at or space.now
    for line, quantity in parts:
        line.returned += quantity
        lot = next(iter(sold.get(line.sku, ())), None)
        space.shelf.move(Moved(line.sku, lot, source, target, quantity, at, "return", reference, ask.actor))
    data = {
        "reason": command.reason,
        "condition": command.condition,
        "site": command.site,
        "lines": [{"line": line.number, "sku": line.sku, "quantity": text(quantity)} for line, quantity in parts],
    }
    space.tell("order.returned", f"order/{order}", ask.actor, data)
    return order_changed(space, order, command.channel, command.number)
