"""A customer changes an order: more or less of a line, a new line, another priority."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from onhand.catalog.queries import SkuFacts
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.quantity import ZERO, Quantity, text
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
    queue_channels,
    serve_waiting,
    sku_fault,
)
from onhand.orders import queries as order_queries
from onhand.orders.queries import Channel
from onhand.orders.rules import Line
from onhand.sourcing.rules import source


def amend_order(db: Connection, asks: Sequence[Ask[AmendOrder]], now: datetime) -> list[OrderChanged | Refused]:
    """Amend a batch of orders."""
    found = find_orders(db, asks)
    known = [each for each in found.values() if isinstance(each, UUID)]
    channels = order_queries.channels_by_code(db, (ask.command.channel for ask in asks))
    skus = known_skus(db, (change.sku for ask in asks for change in ask.command.lines if change.sku))
    lines = order_queries.skus_of(db, known)
    touched = {sku for each in lines.values() for sku in each} | {each.id for each in skus.values()}
    roads = network(db, [channel.id for channel in channels.values()])
    pairs = {(sku, site.id) for sku in touched for site in roads.sites.values()}
    space = enter(db, now, named=known, pairs=pairs, frees=touched)
    roads.policies |= network(db, queue_channels(space)).policies
    answers = [_amend(space, ask, found[index], channels, skus, roads) for index, ask in enumerate(asks)]
    serve_waiting(space, roads, "system")
    space.finish()
    return answers


def _amend(
    space: Workspace,
    ask: Ask[AmendOrder],
    order: UUID | Refused,
    channels: dict[str, Channel],
    skus: dict[str, SkuFacts],
    roads: Network,
) -> OrderChanged | Refused:
    if isinstance(order, Refused):
        return order
    command = ask.command
    channel = channels.get(command.channel)
    if channel is None:
        return Refused("unknown_channel", f"Channel {command.channel!r} takes no orders now.", "channel")
    fault = _fault(space.desk.lines[order], command.lines, skus) or _shortage(
        space, order, command, channel, skus, roads
    )
    if fault:
        return fault
    for change in command.lines:
        _apply(space, order, change, channel, skus, roads)
    if command.priority is not None:
        space.desk.orders[order].priority = command.priority
    space.tell("order.amended", f"order/{order}", ask.actor, command)
    return order_changed(space, order, command.channel, command.number)


def _fault(lines: Sequence[Line], changes: Sequence[LineChange], skus: dict[str, SkuFacts]) -> Refused | None:
    numbered = {line.number: line for line in lines}
    for index, change in enumerate(changes):
        path = f"lines[{index}]"
        if (change.line is None) == (change.sku is None):
            return Refused(
                "which_line", "Name either an existing line's number or the SKU of a new line.", f"{path}.line"
            )
        if change.sku is not None:
            fault = sku_fault(skus.get(change.sku), change.sku, change.quantity, path)
            if fault:
                return fault
        elif change.line not in numbered:
            return Refused("unknown_line", f"The order has no line {change.line}.", f"{path}.line")
        else:
            fault = _change_fault(numbered[change.line], change.quantity, path)
            if fault:
                return fault
    return None


def _change_fault(line: Line, quantity: Quantity, path: str) -> Refused | None:
    if not quantity.is_finite() or quantity != round(quantity, 3) or quantity < line.shipped:
        detail = f"The new quantity must be a number and at least {text(line.shipped)}, which have been shipped."
        return Refused("bad_quantity", detail, f"{path}.quantity")
    return None


def _grows(line: Line | None, change: LineChange) -> Quantity:
    return change.quantity - (line.ordered - line.cancelled if line else ZERO)


def _shortage(
    space: Workspace,
    order: UUID,
    command: AmendOrder,
    channel: Channel,
    skus: dict[str, SkuFacts],
    roads: Network,
) -> Refused | None:
    """Where the channel lets nothing wait, more may only be asked of what is there."""
    if channel.backorders:
        return None
    numbered = {line.number: line for line in space.desk.lines[order]}
    for index, change in enumerate(command.lines):
        line = numbered.get(change.line or 0)
        sku = line.sku if line else skus[change.sku or ""].id
        candidates = roads.candidates(channel.id, None, None, None)
        free = sum((space.shelf.available(sku, each.site) for each in candidates), ZERO)
        if _grows(line, change) > free:
            return Refused("out_of_stock", f"Only {text(free)} more can be had.", f"lines[{index}].quantity")
    return None


def _apply(
    space: Workspace,
    order: UUID,
    change: LineChange,
    channel: Channel,
    skus: dict[str, SkuFacts],
    roads: Network,
) -> None:
    lines = space.desk.lines[order]
    line = next((each for each in lines if each.number == change.line), None)
    more = _grows(line, change)
    if line is None:
        line = Line(new_id(), order, len(lines) + 1, skus[change.sku or ""].id, ZERO)
        line.unit_price = change.unit_price if change.unit_price is not None else ZERO
        lines.append(line)
        space.desk.added.append(line)
    if more < 0:
        give_up(space, line, -more)
    elif more > 0:
        _want_more(space, line, more, channel, roads)


def _want_more(space: Workspace, line: Line, more: Quantity, channel: Channel, roads: Network) -> None:
    candidates = roads.candidates(channel.id, None, None, None)
    decision = source([(line.sku, more)], candidates, roads.policies[channel.id], space.shelf.available)
    line.ordered += more
    for share in decision.shares:
        space.reserve(line, line.sku, share.site, share.quantity)
    if decision.short[0]:
        space.desk.wait(line, decision.short[0], "amended", space.now)
