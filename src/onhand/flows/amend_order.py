"""A customer changes an order: more or less of a line, a new line, another priority, another destination."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from onhand.catalog import queries as catalog
from onhand.catalog.queries import SkuFacts
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.quantity import LARGEST, ZERO, Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import OrderChanged, order_changed
from onhand.flows.cancel_order import give_up
from onhand.flows.commands import AmendOrder, Destination, LineChange
from onhand.flows.network import Network, network
from onhand.flows.workspace import (
    Workspace,
    enter,
    find_orders,
    known_skus,
    price_fault,
    released_at,
    sending_sites,
    serve_waiting,
    sku_fault,
)
from onhand.orders import actions as order_actions
from onhand.orders import queries as order_queries
from onhand.orders.actions import NewPlace
from onhand.orders.queries import Channel, Terms
from onhand.orders.rules import Line
from onhand.sourcing.rules import Candidate, Decision, Policy, source
from onhand.stock.rules import Pair


@dataclass(slots=True)
class _Known:
    """What a batch of changes is judged by; ``redirected``: the orders that shall go elsewhere from now on."""

    channels: dict[str, Channel]
    skus: dict[str, SkuFacts]
    decimals: dict[int, int]
    terms: dict[UUID, Terms]
    prices: dict[str, dict[int, Decimal]]
    roads: Network
    redirected: dict[UUID, Destination] = field(default_factory=dict)

    def candidates(self, order: UUID, channel: Channel, ship_to: Destination | None) -> list[Candidate]:
        """The sites that may serve an order, near to where it goes (by this change, or already) first."""
        there = ship_to or self.redirected.get(order) or self.terms[order]
        return self.roads.candidates(channel.id, there.country, there.latitude, there.longitude)


def amend_order(db: Connection, asks: Sequence[Ask[AmendOrder]], now: datetime) -> list[OrderChanged | Refused]:
    """Amend a batch of orders."""
    found = find_orders(db, asks)
    orders = [each for each in found.values() if isinstance(each, UUID)]
    lines = order_queries.lines(db, orders)
    known = _know(db, asks, orders, {line.sku for each in lines.values() for line in each}, now)
    asked = [
        (ask.command.lines, lines[order])
        for ask, order in zip(asks, found.values(), strict=True)
        if isinstance(order, UUID)
    ]
    growing = {sku for changes, each in asked for sku in _asked_skus(changes, each, known)}
    pairs = {(sku, site.id) for sku in growing for site in known.roads.sites.values()}
    frees = released_at(db, (part for changes, each in asked for part in _given_up(changes, each)))
    space = enter(db, now, named=orders, pairs=pairs, frees=frees)
    known.terms = order_queries.terms(db, orders)
    answers = [_amend(space, ask, found[index], known) for index, ask in enumerate(asks)]
    serve_waiting(space)
    order_actions.redirect(db, [_place(order, there) for order, there in known.redirected.items()])
    space.finish()
    return answers


def _place(order: UUID, there: Destination) -> NewPlace:
    return NewPlace(order, there.country, there.postcode, there.address, there.latitude, there.longitude)


def _asked_skus(changes: Sequence[LineChange], lines: Sequence[Line], known: _Known) -> Iterator[int]:
    """The SKUs of which a change may want more."""
    numbered = {line.number: line for line in lines}
    for change in changes:
        if line := numbered.get(change.line or 0):
            yield line.sku
        elif change.sku in known.skus:
            yield known.skus[change.sku].id


def _given_up(changes: Sequence[LineChange], lines: Sequence[Line]) -> Iterator[tuple[Line, Quantity]]:
    """What changes give up of lines."""
    numbered = {line.number: line for line in lines}
    for change in changes:
        line = numbered.get(change.line or 0)
        if line and change.quantity.is_finite():
            yield line, -_grows(line, change)


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
    fault = _fault(space.desk.lines[order], command, known)
    return fault or _change(space, ask, order, channel, known)


def _change(
    space: Workspace, ask: Ask[AmendOrder], order: UUID, channel: Channel, known: _Known
) -> OrderChanged | Refused:
    """Source what is added as an order of its own would be, and carry the change out when that suits the channel."""
    command, policy = ask.command, known.roads.policies[channel.id]
    growing = _growing(space.desk.lines[order], command.lines, known)
    decision = _source(space, order, command, growing, known.candidates(order, channel, command.ship_to), policy)
    if any(decision.short) and not channel.backorders:
        return _out_of_stock(command, growing, decision)
    before = _facts(space, order)
    _apply(space, order, command.lines, decision, known)
    if command.priority is not None:
        space.desk.orders[order].priority = command.priority
    if command.ship_to:
        known.redirected[order] = command.ship_to
    there = _Towards(command.ship_to.country) if command.ship_to else None
    data = _Amended(
        command.channel,
        command.number,
        command.lines,
        command.priority,
        there,
        decision,
        policy,
        before,
        _facts(space, order),
    )
    space.tell("order.amended", f"order/{order}", ask.actor, data)
    return order_changed(space, order, command.channel, command.number)


class _Towards(msgspec.Struct):
    """Where an order goes from now on, as far as the log tells: the log keeps, and a person may be forgotten."""

    country: str


class _Amended(msgspec.Struct):
    """What was changed, and where what was added comes from and why."""

    channel: str
    number: str
    lines: list[LineChange]
    priority: int | None
    ship_to: _Towards | None
    decision: Decision
    policy: Policy
    before: _Facts
    after: _Facts


class _Facts(msgspec.Struct):
    """What an amendment may change: the priority, and how much each line orders and gives up."""

    priority: int
    lines: list[_Ordered]


class _Ordered(msgspec.Struct):
    line: int
    ordered: Quantity
    cancelled: Quantity


def _facts(space: Workspace, order: UUID) -> _Facts:
    lines = [_Ordered(line.number, line.ordered, line.cancelled) for line in space.desk.lines[order]]
    return _Facts(space.desk.orders[order].priority, lines)


def _fault(lines: Sequence[Line], command: AmendOrder, known: _Known) -> Refused | None:
    numbered, changes = {line.number: line for line in lines}, command.lines
    if command.ship_to and not any(line.open for line in lines):
        return Refused("closed", f"Nothing of order {command.number!r} is still to be sent anywhere.", "ship_to")
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


# (place in the command, SKU, how much more)
_Growing = list[tuple[int, int, Quantity]]


def _growing(lines: Sequence[Line], changes: Sequence[LineChange], known: _Known) -> _Growing:
    numbered = {line.number: line for line in lines}
    found = []
    for index, change in enumerate(changes):
        line = numbered.get(change.line or 0)
        if (more := _grows(line, change)) > 0:
            found.append((index, line.sku if line else known.skus[change.sku or ""].id, more))
    return found


def _source(
    space: Workspace,
    order: UUID,
    command: AmendOrder,
    growing: _Growing,
    candidates: Sequence[Candidate],
    policy: Policy,
) -> Decision:
    """Where what is added comes from, all lines together. What the change itself gives up is there to be had."""
    freed: dict[Pair, Quantity] = defaultdict(Quantity)
    for line, quantity in _given_up(command.lines, space.desk.lines[order]):
        for claim, part in space.releasable(line, quantity - line.backordered):
            freed[claim.sku, claim.site] += part
    wanted = [(sku, more) for _, sku, more in growing]

    def available(sku: int, site: int) -> Quantity:
        return space.shelf.available(sku, site) + freed[sku, site]

    return source(wanted, candidates, policy, available, sending=sending_sites(space, order))


def _out_of_stock(command: AmendOrder, growing: _Growing, decision: Decision) -> Refused:
    (index, _, more), short = next((each, short) for each, short in zip(growing, decision.short, strict=True) if short)
    detail = f"Only {text(more - short)} more can be had, {text(more)} were asked; ask for less or another product."
    return Refused("out_of_stock", detail, f"lines[{index}].quantity")


def _apply(space: Workspace, order: UUID, changes: Sequence[LineChange], decision: Decision, known: _Known) -> None:
    """Less before more: what a line gives up, another line of the order may have."""
    numbered = {line.number: line for line in space.desk.lines[order]}
    growing: list[tuple[Line, Quantity]] = []
    for change in changes:
        line = numbered.get(change.line or 0)
        more = _grows(line, change)
        if line and more < 0:
            give_up(space, line, -more)
        elif more > 0:
            growing.append((line or _new_line(space, order, change, known), more))
    for line, more in growing:
        line.ordered += more
    for share in decision.shares:
        line = growing[share.index][0]
        space.reserve(line, line.sku, share.site, share.quantity)
    for (line, _), short in zip(growing, decision.short, strict=True):
        if short:
            space.desk.wait(line, short, "amended", space.now)


def _new_line(space: Workspace, order: UUID, change: LineChange, known: _Known) -> Line:
    lines, sku = space.desk.lines[order], known.skus[change.sku or ""].id
    price = change.unit_price
    if price is None:
        price = known.prices.get(known.terms[order].currency, {}).get(sku, ZERO)
    line = Line(new_id(), order, len(lines) + 1, sku, ZERO, unit_price=price)
    lines.append(line)
    space.desk.added.append(line)
    return line
