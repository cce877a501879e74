"""A customer orders: what is there is reserved, the rest waits where the channel allows it, or the order is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from onhand.access.privacy.vault import Vault, enroll
from onhand.catalog import queries as catalog
from onhand.catalog.queries import SkuFacts
from onhand.core import events
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.ids import new_id
from onhand.core.quantity import ZERO, Quantity, text
from onhand.core.refusals import Refused, Stale, refused
from onhand.customers import queries as customers
from onhand.flows.commands import Destination, FetchOrder, PlaceOrder
from onhand.flows.network import Network, network
from onhand.flows.workspace import changed, crossed, known_skus, lapse, price_fault, sku_fault
from onhand.orders import actions as orders
from onhand.orders import queries as order_queries
from onhand.orders import secrets
from onhand.orders.actions import NewBackorder, NewOrder, coarse
from onhand.orders.queries import Channel
from onhand.orders.rules import Line
from onhand.orders.rules import Order as OrderFacts
from onhand.orders.rules import state as state_of
from onhand.sourcing.rules import Candidate, Decision, Policy, source
from onhand.stock import actions as stock
from onhand.stock import queries as stock_queries
from onhand.stock.rules import Claim, OpenSupply, Pair, Shelf, come_by, promise


class PlacedLine(msgspec.Struct, frozen=True):
    """What became of a line: how much is reserved, how much waits, and until when if that is known."""

    line: int
    sku: str
    ordered: Decimal
    reserved: Decimal
    backordered: Decimal
    eta: datetime | None = None


class OrderPlaced(msgspec.Struct, frozen=True, tag="placed", tag_field="answer"):
    """The order is taken, and this much of it is certain."""

    id: UUID
    channel: str
    number: str
    state: str
    lines: list[PlacedLine]


Answers = list[OrderPlaced | Refused]
Faults = Sequence[Refused | None]


@dataclass(slots=True)
class _Known:
    """What a batch had to read before it could lock anything."""

    channels: dict[str, Channel]
    skus: dict[str, SkuFacts]
    customers: dict[str, int]
    taken: dict[tuple[str, str], UUID]
    roads: Network
    prices: dict[str, dict[int, Decimal]]
    vault: Vault | None


@dataclass(slots=True)
class _Taking:
    """A batch of orders being taken."""

    known: _Known
    shelf: Shelf
    now: datetime
    carts: dict[str, list[Claim]]
    supplies: dict[int, list[OpenSupply]]
    orders: list[NewOrder]
    lines: list[Line]
    waits: list[NewBackorder]
    facts: list[events.Fact]


def place_order(db: Connection, asks: Sequence[Ask[PlaceOrder]], now: datetime) -> Answers:
    """Take a batch of orders; each sees what the ones before it have taken.

    Most orders want what is there in plenty: they are decided at a glance, and lock their positions only to claim.
    When anything is short, held by a cart, or gone meanwhile, the whole batch is decided under the locks.
    """
    known = _know(db, [ask.command for ask in asks], now)
    faults = [_fault(ask.command, known) for ask in asks]
    sound = [ask.command for ask, fault in zip(asks, faults, strict=True) if fault is None]
    return _at_a_glance(db, asks, faults, sound, known, now) or _under_locks(db, asks, faults, sound, known, now)


def _at_a_glance(
    db: Connection,
    asks: Sequence[Ask[PlaceOrder]],
    faults: Faults,
    sound: Sequence[PlaceOrder],
    known: _Known,
    now: datetime,
) -> Answers | None:
    """Decide without locks, claim under them; None when that will not do, with nothing written."""
    if not sound or any(each.cart for each in sound):
        return None
    shelf = stock.glance(db, _pairs(sound, known))
    if stock_queries.expired_claims(db, now, skus={sku for sku, _ in shelf.positions}):
        return None  # what carts held for too long is freed first: it may change which site is best
    afresh = replace(known, taken=dict(known.taken))
    taking = _Taking(afresh, shelf, now, {}, {}, [], [], [], [])
    answers = [fault or _take(ask, taking) for ask, fault in zip(asks, faults, strict=True)]
    short = any(refused(answer) and answer.code == "out_of_stock" for answer in answers)
    if short or taking.waits:
        return None
    try:
        with db.transaction():
            orders.place(db, taking.orders, taking.lines, [], known.vault)
            events.record(db, taking.facts + changed(db, taking.shelf), now)
            crossings = stock.claim_late(db, taking.shelf, now)
            events.record(db, crossed(db, crossings), now)
    except stock.TooLate:
        return None
    return answers


def _under_locks(
    db: Connection,
    asks: Sequence[Ask[PlaceOrder]],
    faults: Faults,
    sound: Sequence[PlaceOrder],
    known: _Known,
    now: datetime,
) -> Answers:
    if known.vault:
        known.vault.forget_made()
    taking = _open(db, sound, known, now)
    answers = [fault or _take(ask, taking) for ask, fault in zip(asks, faults, strict=True)]
    news = taking.facts + changed(db, taking.shelf)
    crossings = stock.write(db, taking.shelf, now)
    orders.place(db, taking.orders, taking.lines, taking.waits, known.vault)
    events.record(db, news + crossed(db, crossings), now)
    return answers


def _pairs(commands: Sequence[PlaceOrder], known: _Known) -> set[Pair]:
    """Every position the orders may draw on."""
    return {
        (known.skus[line.sku].id, candidate.site)
        for each in commands
        for candidate in _candidates(each, known.channels[each.channel], known)
        for line in each.lines
    }


def _know(db: Connection, commands: Sequence[PlaceOrder], now: datetime) -> _Known:
    channels = order_queries.channels_by_code(db, (each.channel for each in commands))
    skus = known_skus(db, (line.sku for each in commands for line in each.lines))
    people = customers.ids_by_code(db, (each.customer for each in commands if each.customer))
    taken = order_queries.ids_by_number(db, [(each.channel, each.number) for each in commands])
    roads = network(db, [channel.id for channel in channels.values()])
    prices = _prices(db, commands, channels, skus, now)
    return _Known(channels, skus, people, taken, roads, prices, _vault(db, commands, people))


def _vault(db: Connection, commands: Sequence[PlaceOrder], people: dict[str, int]) -> Vault | None:
    """The keys of customers whose orders name a place; before anything is locked. None where no order does."""
    named = [each for each in commands if _names_a_place(each)]
    if not named:
        return None
    return enroll(db, (f"customer/{each.customer}" for each in named if each.customer in people))


def _prices(
    db: Connection,
    commands: Sequence[PlaceOrder],
    channels: dict[str, Channel],
    skus: dict[str, SkuFacts],
    now: datetime,
) -> dict[str, dict[int, Decimal]]:
    """List prices, by currency and SKU, of the lines that name no price of their own."""
    wanted: dict[str, set[int]] = {}
    for each in commands:
        channel = channels.get(each.channel)
        for line in each.lines:
            if channel and line.unit_price is None and line.sku in skus:
                wanted.setdefault(each.currency or channel.currency, set()).add(skus[line.sku].id)
    return {currency: catalog.prices_now(db, ids, currency, now) for currency, ids in wanted.items()}


def _fault(command: PlaceOrder, known: _Known) -> Refused | None:
    """What is wrong with an order in itself; None when it can be tried."""
    if command.channel not in known.channels:
        return Refused("unknown_channel", f"There is no channel {command.channel!r}.", "channel")
    if (command.channel, command.number) in known.taken:
        return Refused(
            "number_taken", f"Channel {command.channel!r} already has an order {command.number!r}.", "number"
        )
    if command.customer and command.customer not in known.customers:
        return Refused("unknown_customer", f"There is no customer {command.customer!r}.", "customer")
    place = _fetched_at(command)
    if place and not _candidates(command, known.channels[command.channel], known):
        detail = f"Nothing of channel {command.channel!r} can be fetched at {place!r}; name another site."
        return Refused("unknown_site", detail, "collect_at")
    for index, line in enumerate(command.lines):
        path = f"lines[{index}]"
        fault = sku_fault(known.skus.get(line.sku), line.sku, line.quantity, path) or price_fault(line.unit_price, path)
        if fault:
            return fault
    return None


def _open(db: Connection, commands: Sequence[PlaceOrder], known: _Known, now: datetime) -> _Taking:
    """Lock every position the batch may draw on, and read what else it decides by."""
    carts = {each.cart for each in commands if each.cart}
    held = stock_queries.cart_claims(db, carts)
    shelf = stock.lock(db, {(claim.sku, claim.site) for claim in held} | _pairs(commands, known))
    lapse(db, shelf, now)
    by_cart: dict[str, list[Claim]] = {cart: [] for cart in carts}
    for claim in stock_queries.cart_claims(db, carts):
        if (claim.sku, claim.site) not in shelf.positions:
            raise Stale
        if claim.cart and claim.expires_at and claim.expires_at > now:
            by_cart[claim.cart].append(claim)
    return _Taking(known, shelf, now, by_cart, _supplies(db, shelf), [], [], [], [])


def _supplies(db: Connection, shelf: Shelf) -> dict[int, list[OpenSupply]]:
    """What is still to come of SKUs that could be promised against it."""
    coming = {sku for (sku, _), position in shelf.positions.items() if position.inbound + position.in_transit > 0}
    found: dict[int, list[OpenSupply]] = {}
    for supply in stock_queries.open_supplies(db, coming) if coming else []:
        if (supply.sku, supply.site) in shelf.positions:
            found.setdefault(supply.sku, []).append(supply)
    return found


def _candidates(command: PlaceOrder, channel: Channel, known: _Known) -> list[Candidate]:
    there = command.ship_to or Destination("ZZ")
    country = there.country if command.ship_to else None
    found = known.roads.candidates(channel.id, country, there.latitude, there.longitude)
    place = _fetched_at(command)
    return [each for each in found if each.code == place] if place else found


def _fetched_at(command: PlaceOrder) -> str | None:
    """The site where the customer fetches the goods; None when they are sent."""
    return command.collect_at if isinstance(command, FetchOrder) else None


def _take(ask: Ask[PlaceOrder], taking: _Taking) -> OrderPlaced | Refused:
    """Decide about one order; the shelf remembers what it takes."""
    command, known = ask.command, taking.known
    name = (command.channel, command.number)
    if name in known.taken:
        return Refused("number_taken", "The same number stands twice in this batch.", "number")
    channel = known.channels[command.channel]
    policy = known.roads.policies[channel.id]
    candidates = _candidates(command, channel, known)
    wanted = [(known.skus[line.sku].id, line.quantity) for line in command.lines]
    held = taking.carts.pop(command.cart, []) if command.cart else []
    for claim in held:
        taking.shelf.end(claim, "taken_over", taking.now)
    decision = source(wanted, candidates, policy, taking.shelf.available)
    if any(decision.short) and (_fetched_at(command) or not channel.backorders):
        for claim in held:
            taking.shelf.restore(claim)
        taking.carts[command.cart or ""] = held
        return _out_of_stock(command, decision)
    known.taken[name] = order = new_id()
    return _record(ask, taking, order, channel, decision, policy)


def _out_of_stock(command: PlaceOrder, decision: Decision) -> Refused:
    index = next(i for i, short in enumerate(decision.short) if short)
    line = command.lines[index]
    left = text(line.quantity - decision.short[index])
    detail = (
        f"Only {left} of {line.sku!r} can be had, {text(line.quantity)} were ordered; order less or another product."
    )
    return Refused("out_of_stock", detail, f"lines[{index}].quantity")


def _record(
    ask: Ask[PlaceOrder], taking: _Taking, order: UUID, channel: Channel, decision: Decision, policy: Policy
) -> OrderPlaced:
    command = ask.command
    lines = _lines(command, taking, order, channel)
    _reserve(lines, decision, taking)
    sites = {candidate.site for candidate in _candidates(command, channel, taking.known)}
    etas = _backorder(lines, decision, command.priority, taking, sites)
    state = state_of(OrderFacts(order), lines)
    there = command.ship_to
    taking.orders.append(
        NewOrder(
            order,
            channel.id,
            command.number,
            taking.known.customers.get(command.customer or ""),
            command.currency or channel.currency,
            there.country if there else None,
            *_sealed(order, command, taking.known),
            *(coarse(there.latitude, there.longitude) if there else (None, None)),
            command.priority,
            state,
            command.placed_at or taking.now,
        )
    )
    taking.lines += lines
    _tell(ask, taking, order, decision, policy, state)
    shown = [
        PlacedLine(line.number, wanted.sku, line.ordered, line.reserved, line.backordered, eta)
        for line, wanted, eta in zip(lines, command.lines, etas, strict=True)
    ]
    return OrderPlaced(order, command.channel, command.number, state, shown)


def _lines(command: PlaceOrder, taking: _Taking, order: UUID, channel: Channel) -> list[Line]:
    prices = taking.known.prices.get(command.currency or channel.currency, {})
    lines = []
    for number, wanted in enumerate(command.lines, start=1):
        sku = taking.known.skus[wanted.sku].id
        price = wanted.unit_price if wanted.unit_price is not None else prices.get(sku, ZERO)
        lines.append(Line(new_id(), order, number, sku, wanted.quantity, unit_price=price))
    return lines


def _reserve(lines: Sequence[Line], decision: Decision, taking: _Taking) -> None:
    for share in decision.shares:
        line = lines[share.index]
        taking.shelf.reserve(line.sku, share.site, share.quantity, taking.now, line=line.id)
        line.reserved += share.quantity


def _backorder(
    lines: Sequence[Line], decision: Decision, priority: int, taking: _Taking, sites: set[int]
) -> list[datetime | None]:
    """What is short waits, pegged to what is still to come; the moment by which it has come, where known."""
    etas: list[datetime | None] = []
    for line, short in zip(lines, decision.short, strict=True):
        eta = _peg(line, short, taking, sites) if short else None
        etas.append(eta)
        if short:
            line.backordered = short
            taking.waits.append(
                NewBackorder(new_id(), line.id, line.order, line.sku, short, priority, taking.now, "out_of_stock", eta)
            )
    return etas


def _peg(line: Line, short: Quantity, taking: _Taking, sites: set[int]) -> datetime | None:
    """Promise supplies to a line, soonest first; when all of it is promised, the last one's day is the answer.

    Only what comes to ``sites``, which serve the line's channel: the batch may have locked others for others.
    """
    parts = promise(taking.supplies.get(line.sku, []), short, sites)
    for supply, part in parts:
        taking.shelf.peg(supply.id, supply.sku, supply.site, part, taking.now, line=line.id)
        supply.promised += part
    return come_by(((part, supply.due) for supply, part in parts), short)


def _sealed(order: UUID, command: PlaceOrder, known: _Known) -> secrets.Place:
    """Postcode and address as they are kept, under the customer's key or, of a guest, under the order's own."""
    there, vault = command.ship_to, known.vault
    if vault is None or not _names_a_place(command) or there is None:
        return secrets.Place("", "")
    subject = secrets.subject(order, command.customer)
    if not command.customer:
        vault.make(subject)
    return secrets.Place(
        vault.seal(subject, secrets.POSTCODE, there.postcode), vault.seal(subject, secrets.ADDRESS, there.address)
    )


def _names_a_place(command: PlaceOrder) -> bool:
    """Whether an order says where somebody lives, and not the country alone."""
    return bool(command.ship_to and (command.ship_to.postcode or command.ship_to.address))


class _Sourced(msgspec.Struct, omit_defaults=True):
    """Why this site and not that one: the inputs, what was considered, and the policy's version."""

    channel: str
    number: str
    state: str
    lines: list[tuple[str, str]]
    decision: Decision
    policy_version: int
    placed_at: datetime | None = None
    collect_at: str | None = None


def _tell(ask: Ask[PlaceOrder], taking: _Taking, order: UUID, decision: Decision, policy: Policy, state: str) -> None:
    command = ask.command
    lines = [(line.sku, text(line.quantity)) for line in command.lines]
    data = _Sourced(command.channel, command.number, state, lines, decision, policy.version, command.placed_at)
    data.collect_at = _fetched_at(command)
    taking.facts.append(events.fact("order.placed", f"order/{order}", ask.actor, data))
