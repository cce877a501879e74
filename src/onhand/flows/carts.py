"""Carts set stock aside for a while: held, released, or free again by the clock."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from onhand.catalog.queries import SkuFacts
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import Quantity, text
from onhand.core.refusals import Refused, Stale
from onhand.flows.answers import CartHeld, position_now
from onhand.flows.commands import ExpireCarts, HoldCart, ReleaseCart
from onhand.flows.network import Network, network
from onhand.flows.workspace import (
    Workspace,
    enter,
    known_skus,
    serve_waiting,
    sku_fault,
)
from onhand.orders import queries as order_queries
from onhand.orders.queries import Channel
from onhand.sourcing.rules import Candidate, source
from onhand.stock import queries as stock_queries
from onhand.stock.rules import Claim, Pair


def hold_cart(db: Connection, asks: Sequence[Ask[HoldCart]], now: datetime) -> list[CartHeld | Refused]:
    """Set stock aside for a batch of carts; a cart asked for again holds only what it asks for now."""
    channels = order_queries.channels_by_code(db, (ask.command.channel for ask in asks))
    skus = known_skus(db, (line.sku for ask in asks for line in ask.command.lines))
    roads = network(db, [channel.id for channel in channels.values()])
    faults = [_fault(ask.command, channels, skus) for ask in asks]
    sound = [ask.command for ask, fault in zip(asks, faults, strict=True) if fault is None]
    held = stock_queries.cart_claims(db, [each.cart for each in sound])
    pairs = {(claim.sku, claim.site) for claim in held}
    for each in sound:
        sites = [candidate.site for candidate in _candidates(each, channels[each.channel], roads)]
        pairs |= {(skus[line.sku].id, site) for line in each.lines for site in sites}
    space = enter(db, now, pairs=pairs, frees=_held_at(held))
    before = _still_held(space, [each.cart for each in sound])
    answers: list[CartHeld | Refused] = []
    for ask, fault in zip(asks, faults, strict=True):
        if fault:
            answers.append(fault)
            continue
        channel = channels[ask.command.channel]
        wanted = [(skus[line.sku].id, line.quantity) for line in ask.command.lines]
        candidates = _candidates(ask.command, channel, roads)
        answers.append(_hold(space, ask, wanted, candidates, before, roads, channel))
    serve_waiting(space)
    space.finish()
    return answers


def _fault(command: HoldCart, channels: dict[str, Channel], skus: dict[str, SkuFacts]) -> Refused | None:
    if command.channel not in channels:
        return Refused("unknown_channel", f"There is no channel {command.channel!r}.", "channel")
    faults = (
        sku_fault(skus.get(line.sku), line.sku, line.quantity, f"lines[{index}]")
        for index, line in enumerate(command.lines)
    )
    return next((fault for fault in faults if fault), None)


def _candidates(command: HoldCart, channel: Channel, roads: Network) -> list[Candidate]:
    there = command.ship_to
    if there is None:
        return roads.candidates(channel.id, None, None, None)
    return roads.candidates(channel.id, there.country, there.latitude, there.longitude)


def _still_held(space: Workspace, carts: Sequence[str]) -> dict[str, list[Claim]]:
    held: dict[str, list[Claim]] = {}
    for claim in stock_queries.cart_claims(space.db, carts):
        if (claim.sku, claim.site) not in space.shelf.positions:
            raise Stale
        if claim.cart and claim.expires_at and claim.expires_at > space.now:
            held.setdefault(claim.cart, []).append(claim)
    return held


def _hold(
    space: Workspace,
    ask: Ask[HoldCart],
    wanted: list[tuple[int, Quantity]],
    candidates: list[Candidate],
    before: dict[str, list[Claim]],
    roads: Network,
    channel: Channel,
) -> CartHeld | Refused:
    command, had = ask.command, before.pop(ask.command.cart, [])
    for claim in had:
        space.shelf.end(claim, "released", space.now)
    decision = source(wanted, candidates, roads.policies[channel.id], space.shelf.available)
    if any(decision.short):
        for claim in had:
            space.shelf.restore(claim)
        before[command.cart] = had
        index = next(i for i, short in enumerate(decision.short) if short)
        line = command.lines[index]
        left = text(line.quantity - decision.short[index])
        return Refused("out_of_stock", f"Only {left} of {line.sku!r} can be had now.", f"lines[{index}].quantity")
    until = space.now + timedelta(minutes=command.minutes)
    made = []
    for share in decision.shares:
        sku = wanted[share.index][0]
        made.append(
            space.shelf.reserve(sku, share.site, share.quantity, space.now, cart=command.cart, expires_at=until)
        )
    before[command.cart] = made
    space.tell("cart.held", f"cart/{command.cart}", ask.actor, {"until": until, "lines": command.lines})
    codes = {each.site: each.code for each in candidates}
    shown = [
        position_now(space, (wanted[i][0], command.lines[i].sku), (share.site, codes[share.site]))
        for i, share in ((share.index, share) for share in decision.shares)
    ]
    return CartHeld(command.cart, shown)


def release_cart(db: Connection, asks: Sequence[Ask[ReleaseCart]], now: datetime) -> list[CartHeld | Refused]:
    """Free what a batch of carts held; it goes to those who wait."""
    carts = [ask.command.cart for ask in asks]
    claims = stock_queries.cart_claims(db, carts)
    space = _free(db, now, claims, "released", carts)
    released = {claim.cart for claim in claims}
    for ask in asks:
        if ask.command.cart in released:
            space.tell("cart.released", f"cart/{ask.command.cart}", ask.actor, {})
    space.finish()
    return [
        CartHeld(cart) if cart in released else Refused("unknown_cart", f"Cart {cart!r} holds nothing.", "cart")
        for cart in carts
    ]


def expire_carts(db: Connection, asks: Sequence[Ask[ExpireCarts]], now: datetime) -> list[CartHeld]:
    """Sweep away the holds whose time is up; what they held goes to those who wait."""
    claims = stock_queries.expired_claims(db, now)
    carts = sorted({claim.cart for claim in claims if claim.cart})
    space = _free(db, now, claims, "expired", carts)
    space.finish()
    return [CartHeld("") for _ in asks]


def _free(db: Connection, now: datetime, claims: Sequence[Claim], outcome: str, carts: Sequence[str]) -> Workspace:
    space = enter(db, now, frees=_held_at(claims))
    for claim in stock_queries.cart_claims(db, carts):
        if (claim.sku, claim.site) not in space.shelf.positions:
            raise Stale
        lapsed = claim.expires_at is not None and claim.expires_at <= now
        if (outcome == "released" or lapsed) and not space.shelf.is_over(claim):
            space.shelf.end(claim, outcome, now)
    serve_waiting(space)
    return space


def _held_at(claims: Sequence[Claim]) -> dict[Pair, Quantity]:
    held: dict[Pair, Quantity] = defaultdict(Quantity)
    for claim in claims:
        held[claim.sku, claim.site] += claim.quantity
    return held
