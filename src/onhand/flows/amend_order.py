"""A customer changes an order: more or less of a line, a new line, another priority."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from onhand.catalog import queries as catalog
from onhand.catalog.queries import SkuFacts
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.quantity import LARGEST, ZERO, Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import OrderChanged, order_changed
from onhand.flows.cancel_order import give_up
from onhand.flows.commands import AmendOrder, LineChange
from onhand.flows.workspace import (
    Network,
    Workspace,
    enter,
    find_orders,
    known_skus,
    network,
    price_fault,
    queue_channels,
    serve_waiting,
    sku_fault,
)
from onhand.orders import queries as order_queries
from onhand.orders.queries import Channel, Terms
from onhand.orders.rules import Line
from onhand.sourcing.rules import Candidate, Policy, source


@dataclass(slots=True)
class _Known:
    """What a batch of changes is judged by."""

    channels: dict[str, Channel]
    skus: dict[str, SkuFacts]
    decimals: dict[int, int]
    terms: dict[UUID, Terms]
    prices: dict[str, dict[int, Decimal]]
    roads: Network

    def candidates(self, order: UUID, channel: Channel) -> list[Candidate]:
        """The sites that may serve an order, near to where it goes first."""
        there = self.terms[order]
        return self.roads.candidates(channel.id, there.country, there.latitude, there.longitude)


def amend_order(db: Connection, asks: Sequence[Ask[AmendOrder]], now: datetime) -> list[OrderChanged | Refused]:
    """Amend a batch of orders."""
    found = find_orders(db, asks)
    orders = [each for each in found.values() if isinstance(each, UUID)]
    lines = order_queries.skus_of(db, orders)
    known = _know(db, asks, orders, {sku for each in lines.values() for sku in each}, now)
    touched = set(known.decimals) | {each.id for each in known.skus.values()}
    pairs = {(sku, site.id) for sku in touched for site in known.roads.sites.values()}
    space = enter(db, now, named=orders, pairs=pairs, frees=touched)
    known.roads.policies |= network(db, queue_channels(space)).policies
    answers = [_amend(space, ask, found[index], known) for index, ask in enumerate(asks)]
    serve_waiting(space, known.roads, "system")
    space.finish()
    return answers


def _know(
    db: Connection, asks: Sequence[Ask[AmendOrder]], orders: Sequence[UUID], ordered: set[int], now: datetime
) -> _Known:
    channels = order_queries.channels_by_code(db, (ask.command.channel for ask in asks))
    skus = known_skus(db, (change.sku for ask in asks for change in ask.command.lines if change.sku))
    terms = order_queries.terms(db, orders)
    added = [each.id for each in skus.values()]
    prices = {currency: catalog.prices_now(db, added, currency, now) for currency in _currencies(terms) if added}
    roads = network(db, [channel.id for channel in channels.values()])
    return _Known(channels, skus, catalog.decimals_of(db, ordered), terms, prices, roads)


def _currencies(terms: dict[UUID, Terms]) -> set[str]:
    return {each.currency for each in terms.values()}


def _amend(space: Workspace, ask: Ask[AmendOrder], order: UUID | Refused, known: _Known) -> OrderChanged | Refused:
    if isinstance(order, Refused):
        return order
    command = ask.command
    channel = known.channels.get(command.channel)
    if channel is None:
        return Refused("unknown_channel", f"Channel {command.channel!r} takes no orders now.", "channel")
    fault = _fault(space.desk.lines[order], command.lines, known) or _shortage(space, order, command, channel, known)
    if fault:
        return fault
    _apply(space, order, command.lines, channel, known)
    if command.priority is not None:
        space.desk.orders[order].priority = command.priority
    space.tell("order.amended", f"order/{order}", ask.actor, command)
    return order_changed(space, order, command.channel, command.number)


def _fault(lines: Sequence[Line], changes: Sequence[LineChange], known: _Known) -> Refused | None:
    numbered = {line.number: line for line in lines}
    for index, change in enumerate(changes):
        path = f"lines[{index}]"
        if (change.line is None) == (change.sku is None):
            return Refused(
                "which_line", "Name either an existing line's number or the SKU of a new line.", f"{path}.line"
            )
        if change.sku is not None:
            fault = sku_fault(known.skus.get(change.sku), change.sku, change.quantity, path)
            fault = fault or price_fault(change.unit_price, path)
        elif change.line not in numbered:
            return Refused("unknown_line", f"The order has no line {change.line}.", f"{path}.line")
        elif change.line in {each.line for each in changes[:index]}:
            return Refused(
                "line_twice", f"Line {change.line} is changed twice; say once what it shall be.", f"{path}.line"
            )
        else:
            fault = _change_fault(numbered[change.line], change.quantity, known, path)
        if fault:
            return fault
    return None


def _change_fault(line: Line, quantity: Quantity, known: _Known, path: str) -> Refused | None:
    places = known.decimals[line.sku]
    # The size is asked before the decimals: a number too large cannot be rounded.
    if not quantity.is_finite() or not line.shipped <= quantity <= LARGEST or quantity != round(quantity, places):
        detail = (
            f"The new quantity must be a number with at most {places} decimals,"
            f" from {text(line.shipped)} (which have been shipped) to {text(LARGEST)}."
        )
        return Refused("bad_quantity", detail, f"{path}.quantity")
    return None


def _grows(line: Line | None, change: LineChange) -> Quantity:
    return change.quantity - (line.ordered - line.cancelled if line else ZERO)


def _shortage(space: Workspace, order: UUID, command: AmendOrder, channel: Channel, known: _Known) -> Refused | None:
    """Where the channel lets nothing wait, more may only be asked of what is there: all lines of a SKU together."""
    if channel.backorders:
        return None
    numbered = {line.number: line for line in space.desk.lines[order]}
    candidates, policy = known.candidates(order, channel), known.roads.policies[channel.id]
    more: dict[int, Quantity] = defaultdict(Quantity)
    for index, change in enumerate(command.lines):
        line = numbered.get(change.line or 0)
        sku = line.sku if line else known.skus[change.sku or ""].id
        more[sku] += max(_grows(line, change), ZERO)
        short = source([(sku, more[sku])], candidates, policy, space.shelf.available).short[0]
        if short:
            detail = f"Only {text(more[sku] - short)} more can be had."
            return Refused("out_of_stock", detail, f"lines[{index}].quantity")
    return None


def _apply(space: Workspace, order: UUID, changes: Sequence[LineChange], channel: Channel, known: _Known) -> None:
    """Less before more: what a line gives up, another line of the order may have."""
    numbered = {line.number: line for line in space.desk.lines[order]}
    for change in changes:
        line = numbered.get(change.line or 0)
        if line and _grows(line, change) < 0:
            give_up(space, line, -_grows(line, change))
    growing: list[tuple[Line, Quantity]] = []
    for change in changes:
        line = numbered.get(change.line or 0)
        more = _grows(line, change)
        if more > 0:
            growing.append((line or _new_line(space, order, change, known), more))
    _want_more(space, growing, known.candidates(order, channel), known.roads.policies[channel.id])


def _new_line(space: Workspace, order: UUID, change: LineChange, known: _Known) -> Line:
    lines, sku = space.desk.lines[order], known.skus[change.sku or ""].id
    price = change.unit_price
    if price is None:
        price = known.prices.get(known.terms[order].currency, {}).get(sku, ZERO)
    line = Line(new_id(), order, len(lines) + 1, sku, ZERO, unit_price=price)
    lines.append(line)
    space.desk.added.append(line)
    return line


def _want_more(
    space: Workspace, growing: Sequence[tuple[Line, Quantity]], candidates: Sequence[Candidate], policy: Policy
) -> None:
    """What a change adds is sourced as an order of its own would be."""
    decision = source([(line.sku, more) for line, more in growing], candidates, policy, space.shelf.available)
    for line, more in growing:
        line.ordered += more
    for share in decision.shares:
        line = growing[share.index][0]
        space.reserve(line, line.sku, share.site, share.quantity)
    for (line, _), short in zip(growing, decision.short, strict=True):
        if short:
            space.desk.wait(line, short, "amended", space.now)
