"""Goods are announced, and goods arrive. What arrives goes to those who wait before it goes on sale."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from onhand.catalog.queries import SkuFacts
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import StockChanged, position_now
from onhand.flows.commands import Expect, Receive, ReceivedLine
from onhand.flows.promising import announced, promise_waiting
from onhand.flows.workspace import (
    Foreseen,
    Workspace,
    enter,
    known_skus,
    serve_waiting,
    sku_fault,
)
from onhand.places import queries as places
from onhand.places.rules import Location, Site
from onhand.stock import actions as stock
from onhand.stock import queries as stock_queries
from onhand.stock.actions import Announced, NewLot
from onhand.stock.rules import Moved, OpenSupply, Pair, Place


def expect(db: Connection, asks: Sequence[Ask[Expect]], now: datetime) -> list[StockChanged | Refused]:
    """Announce supplies: inbound from now on, and promised to those who wait for them, as far as they go."""
    skus = known_skus(db, (line.sku for ask in asks for line in ask.command.lines))
    sites = places.all_sites(db)
    faults = [_expect_fault(ask.command, skus, sites) for ask in asks]
    sound = [ask for ask, fault in zip(asks, faults, strict=True) if fault is None]
    pairs = {(skus[line.sku].id, sites[ask.command.site].id) for ask in sound for line in ask.command.lines}
    supplies = [
        Announced(each.kind, each.reference, skus[line.sku].id, sites[each.site].id, line.quantity, line.due)
        for each in (ask.command for ask in sound)
        for line in each.lines
    ]
    more = announced(supplies)
    space = enter(db, now, pairs=pairs, making=True, foresee=lambda _: more)
    for each in supplies:
        space.shelf.expect(each.sku, each.site, each.quantity)
    for ask in sound:
        space.tell("supply.expected", f"supply/{ask.command.site}/{ask.command.reference}", ask.actor, ask.command)
    space.announce(supplies)
    promise_waiting(space)
    answers = [
        fault or _changed(space, ask.command.reference, ask.command.lines, skus, sites[ask.command.site])
        for ask, fault in zip(asks, faults, strict=True)
    ]
    space.finish()
    return answers


def receive(db: Connection, asks: Sequence[Ask[Receive]], now: datetime) -> list[StockChanged | Refused]:
    """Receive a batch of deliveries."""
    yard = _yard(db, asks)
    faults = [_receive_fault(ask.command, yard) for ask in asks]
    sound = [ask for ask, fault in zip(asks, faults, strict=True) if fault is None]
    space = enter(
        db, now, frees=_arriving(sound, yard), making=True, foresee=lambda db: Foreseen(shaken=_shaken(db, sound, yard))
    )
    lots = stock.lots(db, [lot for ask in sound for line in ask.command.lines for lot in _new_lots(line, yard, now)])
    due = _due(db, sound, yard)
    on_hand = stock.lock_pieces(db, lots.values())
    for index, ask in enumerate(asks):
        faults[index] = faults[index] or _serial_fault(ask.command, yard, lots, on_hand)
        if faults[index]:
            continue
        for line in ask.command.lines:
            _receive_line(space, ask, line, yard, lots, due)
        space.tell("stock.received", f"site/{ask.command.site}", ask.actor, ask.command)
    serve_waiting(space)
    _end_broken_promises(space, [supply for supplies in due.values() for supply in supplies])
    answers = [
        fault or _changed(space, ask.command.reference, ask.command.lines, yard.skus, yard.sites[ask.command.site])
        for ask, fault in zip(asks, faults, strict=True)
    ]
    space.finish()
    return answers


# Supplies still to come by (SKU, site, reference), soonest first.
_Due = dict[tuple[int, int, str], list[OpenSupply]]


class _Yard:
    """What a batch of deliveries had to read first."""

    def __init__(
        self, skus: dict[str, SkuFacts], sites: dict[str, Site], locations: dict[tuple[int, str], Location]
    ) -> None:
        self.skus = skus
        self.sites = sites
        self.locations = locations

    def place(self, site: str, code: str) -> Place | None:
        """A location of a site, by code."""
        found = self.locations.get((self.sites[site].id, code))
        return Place(found.id, found.site_id, found.code, found.kind) if found else None


def _yard(db: Connection, asks: Sequence[Ask[Receive]]) -> _Yard:
    codes = {ask.command.site for ask in asks}
    named = {line.location for ask in asks for line in ask.command.lines if line.location}
    return _Yard(
        known_skus(db, (line.sku for ask in asks for line in ask.command.lines)),
        places.all_sites(db),
        places.locations(db, codes, codes={"supplier", "transit", "pick", *named}),
    )


def _arriving(asks: Sequence[Ask[Receive]], yard: _Yard) -> dict[Pair, Quantity]:
    """What comes to each position; what comes to a place from which nothing is sold is not for those who wait."""
    arriving: dict[Pair, Quantity] = defaultdict(Quantity)
    for command in (ask.command for ask in asks):
        for line in command.lines:
            place = yard.place(command.site, line.location or "pick")
            pair = (yard.skus[line.sku].id, yard.sites[command.site].id)
            arriving[pair] += ZERO if place is None or place.unsellable else line.quantity
    return arriving


def _due(db: Connection, asks: Sequence[Ask[Receive]], yard: _Yard) -> _Due:
    """What was announced under the deliveries' references."""
    named = {
        (yard.skus[line.sku].id, yard.sites[ask.command.site].id, ask.command.reference)
        for ask in asks
        if ask.command.reference
        for line in ask.command.lines
    }
    due: _Due = defaultdict(list)
    for supply in stock_queries.supplies_under(db, named):
        due[supply.sku, supply.site, supply.reference].append(supply)
    return due


def _shaken(db: Connection, asks: Sequence[Ask[Receive]], yard: _Yard) -> dict[UUID, Quantity]:
    """How much each supply may fail to keep of what it promises, when goods of it have come and went to others."""
    arriving: dict[tuple[int, int, str], Quantity] = defaultdict(Quantity)
    for command in (ask.command for ask in asks):
        for line in command.lines:
            arriving[yard.skus[line.sku].id, yard.sites[command.site].id, command.reference] += line.quantity
    return {
        supply.id: min(supply.promised, arriving[name] - supply.free)
        for name, supplies in _due(db, asks, yard).items()
        for supply in supplies
    }


def _expect_fault(command: Expect, skus: dict[str, SkuFacts], sites: dict[str, Site]) -> Refused | None:
    if command.site not in sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    faults = (
        sku_fault(skus.get(line.sku), line.sku, line.quantity, f"lines[{index}]")
        for index, line in enumerate(command.lines)
    )
    return next((fault for fault in faults if fault), None)


def _receive_fault(command: Receive, yard: _Yard) -> Refused | None:
    if command.site not in yard.sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    faults = (_line_fault(command, index, yard) for index in range(len(command.lines)))
    return next((fault for fault in faults if fault), None)


def _line_fault(command: Receive, index: int, yard: _Yard) -> Refused | None:
    line, path = command.lines[index], f"lines[{index}]"
    facts = yard.skus.get(line.sku)
    fault = sku_fault(facts, line.sku, line.quantity, path)
    if fault or facts is None:
        return fault
    place = yard.place(command.site, line.location or "pick")
    if place is None or place.virtual:
        return Refused(
            "unknown_location", f"Site {command.site!r} has no location {line.location!r}.", f"{path}.location"
        )
    if facts.tracking == "lot" and not line.lot:
        return Refused("missing_lot", f"SKU {line.sku!r} is tracked by lot; name the lot.", f"{path}.lot")
    if facts.tracking == "serial" and len(set(line.serials)) != line.quantity:
        return Refused("missing_serials", f"Name {text(line.quantity)} different serial numbers.", f"{path}.serials")
    if facts.tracking == "none" and (line.lot or line.serials):
        return Refused("untracked", f"SKU {line.sku!r} is not tracked; leave lot and serials out.", f"{path}.lot")
    return None


def _serial_fault(command: Receive, yard: _Yard, lots: dict[tuple[int, str], int], on_hand: set[int]) -> Refused | None:
    """A serial number is one piece, which cannot arrive where it is already; what is sound counts as arrived."""
    arriving: set[int] = set()
    for index, line in enumerate(command.lines):
        for serial in line.serials:
            piece = lots[yard.skus[line.sku].id, serial]
            if piece in on_hand | arriving:
                detail = f"Serial number {serial!r} is on hand already; move it, or receive the piece under its own."
                return Refused("serial_on_hand", detail, f"lines[{index}].serials")
            arriving.add(piece)
    on_hand |= arriving
    return None


def _new_lots(line: ReceivedLine, yard: _Yard, now: datetime) -> list[NewLot]:
    facts = yard.skus[line.sku]
    expires = line.expires_on
    if expires is None and facts.shelf_life_days:
        expires = (now + timedelta(days=facts.shelf_life_days)).date()
    if facts.tracking == "serial":
        return [NewLot(facts.id, serial, expires, True) for serial in line.serials]
    return [NewLot(facts.id, line.lot, expires, False)] if line.lot else []


def _receive_line(
    space: Workspace, ask: Ask[Receive], line: ReceivedLine, yard: _Yard, lots: dict[tuple[int, str], int], due: _Due
) -> None:
    command, sku, site = ask.command, yard.skus[line.sku].id, yard.sites[ask.command.site].id
    supplier, transit = yard.place(command.site, "supplier"), yard.place(command.site, "transit")
    target = yard.place(command.site, line.location or "pick")
    if supplier is None or transit is None or target is None:
        raise AssertionError("a site has its virtual locations from its first day")
    at = command.at or space.now
    for lot, quantity in _pieces(line, sku, lots):
        sent = _settle(space, due.get((sku, site, command.reference), []), lot, quantity)
        for source, part in ((transit, sent), (supplier, quantity - sent)):
            if part:
                space.shelf.move(Moved(sku, lot, source, target, part, at, "receipt", command.reference, ask.actor))


def _pieces(line: ReceivedLine, sku: int, lots: dict[tuple[int, str], int]) -> list[tuple[int | None, Quantity]]:
    if line.serials:
        return [(lots[sku, serial], Quantity(1)) for serial in line.serials]
    return [(lots[sku, line.lot] if line.lot else None, line.quantity)]


def _settle(space: Workspace, supplies: Sequence[OpenSupply], lot: int | None, quantity: Quantity) -> Quantity:
    """Settle supplies with what has arrived, those of its lot first; returns how much of it was in transit."""
    left, sent = quantity, ZERO
    for supply in sorted(supplies, key=lambda each: each.lot != lot):
        part = min(left, supply.outstanding)
        if part:
            _settle_supply(space, supply, part)
            left -= part
            sent += part if supply.kind == "transfer" else ZERO
    if left and supplies and supplies[-1].kind != "transfer":
        space.shelf.arrive(supplies[-1].id, left)  # more than was announced
    return sent


def _settle_supply(space: Workspace, supply: OpenSupply, quantity: Quantity) -> None:
    if supply.kind != "transfer":
        space.shelf.expect(supply.sku, supply.site, -quantity)
    space.shelf.arrive(supply.id, quantity)
    supply.outstanding -= quantity


def _end_broken_promises(space: Workspace, supplies: Sequence[OpenSupply]) -> None:
    """What has come is given out; a supply that cannot hold all it still promises breaks those made last.

    Whose day that takes was foreseen, and their orders entered: no more can break than what has come.
    """
    broken = {
        supply.id: excess
        for supply in supplies
        if (excess := supply.promised + space.shelf.promised_since(supply.id) - supply.outstanding) > 0
    }
    for peg in space.shelf.still_open(stock_queries.pegs_on(space.db, broken)):
        if peg.supply and (part := min(peg.quantity, broken[peg.supply])):
            space.end_peg(peg, part)
            broken[peg.supply] -= part


def _changed(
    space: Workspace, reference: str, lines: Sequence[object], skus: dict[str, SkuFacts], site: Site
) -> StockChanged:
    codes = dict.fromkeys(getattr(line, "sku") for line in lines)  # noqa: B009
    positions = [position_now(space, (skus[code].id, code), (site.id, site.code)) for code in codes]
    return StockChanged(reference, positions)
