"""Goods change places: within a site, or from one site to another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from onhand.catalog.queries import SkuFacts
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import StockChanged, position_now
from onhand.flows.commands import MovedLine, MoveStock, Transfer
from onhand.flows.promising import promise_waiting
from onhand.flows.workspace import Foreseen, Workspace, enter, known_skus, serve_waiting, sku_fault
from onhand.places import queries as places
from onhand.places.rules import Location, Site
from onhand.stock import queries as stock_queries
from onhand.stock.actions import Announced
from onhand.stock.rules import Bin, Moved, Pair, Place, first_expired_first_out, take


class Ground:
    """The SKUs, sites and locations a batch of moves names, and what lies there."""

    def __init__(self, db: Connection, lines: Iterable[MovedLine], ends: Iterable[tuple[str, str]]) -> None:
        """Read what is named; ``ends`` are (site, location) codes."""
        ends = set(ends)
        self.skus: dict[str, SkuFacts] = known_skus(db, (line.sku for line in lines))
        self.sites: dict[str, Site] = places.all_sites(db)
        self._locations: dict[tuple[int, str], Location] = places.locations(
            db, {site for site, _ in ends}, codes={code for _, code in ends}
        )
        self.bins: dict[tuple[int, int], list[Bin]] = {}

    def place(self, site: str, code: str) -> Place | None:
        """A location of a site, by their codes."""
        found = self._locations.get((self.sites[site].id, code)) if site in self.sites else None
        return Place(found.id, found.site_id, found.code, found.kind) if found else None

    def lay_out(self, db: Connection, source_skus: Iterable[tuple[int, int]]) -> None:
        """Read what lies at (location, sku); their positions must be locked."""
        self.bins = stock_queries.lying_at(db, source_skus)

    def lay_down(self, place: Place, sku: int, moved: Bin, quantity: Quantity) -> None:
        """So much out of a bin lies at a place from now on; a later move of the batch may find it there."""
        arrived = Bin(place, moved.lot, moved.lot_code, moved.expires_on, quantity)
        self.bins.setdefault((place.id, sku), []).append(arrived)


def line_fault(ground: Ground, lines: Sequence[MovedLine]) -> Refused | None:
    """What is wrong with the lines of a move in themselves."""
    faults = (
        sku_fault(ground.skus.get(line.sku), line.sku, line.quantity, f"lines[{index}]")
        for index, line in enumerate(lines)
    )
    return next((fault for fault in faults if fault), None)


def find_goods(ground: Ground, place: Place, lines: Sequence[MovedLine]) -> list[tuple[int, Bin, Quantity]] | Refused:
    """Take the lines' goods from what lies at a place, soonest expiry first; nothing is taken when one falls short.

    Lines that name their lot choose first, so that the others do not take it from them.
    """
    taken: list[tuple[int, Bin, Quantity]] = []
    for index, line in sorted(enumerate(lines), key=lambda each: each[1].lot is None):
        parts = take(_lying(ground, place, line), line.quantity)
        taken += [(ground.skus[line.sku].id, each, part) for each, part in parts]
        have = sum((part for _, part in parts), ZERO)
        if have < line.quantity:
            for _, each, part in taken:
                each.quantity += part
            detail = f"Only {text(have)} of {line.sku!r} lie at {place.code!r}; move less or count the place."
            return Refused("not_there", detail, f"lines[{index}].quantity")
    return taken


def _lying(ground: Ground, place: Place, line: MovedLine) -> list[Bin]:
    # Expired goods may be moved, if only to quarantine: hence no day is held against them.
    lying = ground.bins.get((place.id, ground.skus[line.sku].id), [])
    return first_expired_first_out((each for each in lying if line.lot in {None, each.lot_code}), date.min)


def move_stock(db: Connection, asks: Sequence[Ask[MoveStock]], now: datetime) -> list[StockChanged | Refused]:
    """Move goods within sites. What is promised cannot be moved out of sale."""
    commands = [ask.command for ask in asks]
    ends = {(each.site, code) for each in commands for code in (each.source, each.target)}
    ground = Ground(db, (line for each in commands for line in each.lines), ends)
    faults = [_move_fault(ground, each) for each in commands]
    sound = [each for each, fault in zip(commands, faults, strict=True) if fault is None]
    pairs = {(ground.skus[line.sku].id, ground.sites[each.site].id) for each in sound for line in each.lines}
    space = enter(db, now, pairs=pairs, frees=_brought_to_sale(ground, sound), making=True)
    ground.lay_out(db, _sources(ground, ((each.site, each.source, each.lines) for each in sound)))
    answers = [fault or _move(space, ground, ask) for ask, fault in zip(asks, faults, strict=True)]
    serve_waiting(space)
    space.finish()
    return answers


def _brought_to_sale(ground: Ground, moves: Sequence[MoveStock]) -> dict[Pair, Quantity]:
    """What moves bring from where it may not be sold to where it may."""
    freed: dict[Pair, Quantity] = defaultdict(Quantity)
    for each in moves:
        source, target = ground.place(each.site, each.source), ground.place(each.site, each.target)
        if source and target and source.unsellable and not target.unsellable:
            for line in each.lines:
                freed[ground.skus[line.sku].id, target.site] += line.quantity
    return freed


def _sources(ground: Ground, moves: Iterable[tuple[str, str, Sequence[MovedLine]]]) -> set[tuple[int, int]]:
    found = set()
    for site, code, lines in moves:
        place = ground.place(site, code)
        found |= {(place.id, ground.skus[line.sku].id) for line in lines if place}
    return found


def _move_fault(ground: Ground, command: MoveStock) -> Refused | None:
    if command.site not in ground.sites:
        return Refused("unknown_site", f"There is no site {command.site!r}.", "site")
    for field, code in (("source", command.source), ("target", command.target)):
        place = ground.place(command.site, code)
        if place is None or place.virtual:
            return Refused("unknown_location", f"Site {command.site!r} has no location {code!r}.", field)
    if command.source == command.target:
        return Refused("same_place", "Source and target are the same location; nothing would move.", "target")
    return line_fault(ground, command.lines)


def _move(space: Workspace, ground: Ground, ask: Ask[MoveStock]) -> StockChanged | Refused:
    command = ask.command
    source, target = ground.place(command.site, command.source), ground.place(command.site, command.target)
    if source is None or target is None:
        raise AssertionError("the places of a move were checked before")
    if target.unsellable and not source.unsellable:
        fault = promised_fault(space, ground, command.site, command.lines)
        if fault:
            return fault
    goods = find_goods(ground, source, command.lines)
    if isinstance(goods, Refused):
        return goods
    at = command.at or space.now
    for sku, each, part in goods:
        reason = command.reason or "move"
        space.shelf.move(Moved(sku, each.lot, source, target, part, at, reason, command.reference, ask.actor))
        ground.lay_down(target, sku, each, part)
    space.tell("stock.moved", f"site/{command.site}", ask.actor, command)
    return _answer(space, ground, command.site, command.lines, command.reference)


def promised_fault(space: Workspace, ground: Ground, site: str, lines: Sequence[MovedLine]) -> Refused | None:
    """Refuse to take away what has been promised to somebody."""
    needed: dict[str, Quantity] = defaultdict(Quantity)
    for index, line in enumerate(lines):
        needed[line.sku] += line.quantity
        free = space.shelf.available(ground.skus[line.sku].id, ground.sites[site].id)
        if needed[line.sku] > free:
            detail = f"Only {text(free)} of {line.sku!r} are not promised; cancel or source orders elsewhere first."
            return Refused("promised", detail, f"lines[{index}].quantity")
    return None


def _answer(space: Workspace, ground: Ground, site: str, lines: Sequence[MovedLine], reference: str) -> StockChanged:
    here = (ground.sites[site].id, site)
    codes = dict.fromkeys(line.sku for line in lines)
    return StockChanged(reference, [position_now(space, (ground.skus[code].id, code), here) for code in codes])


def transfer(db: Connection, asks: Sequence[Ask[Transfer]], now: datetime) -> list[StockChanged | Refused]:
    """Send goods to another site: in transit there from now on, and promised to those who wait for them."""
    commands = [ask.command for ask in asks]
    ends = {(each.source, "pick") for each in commands} | {(each.target, "transit") for each in commands}
    ground = Ground(db, (line for each in commands for line in each.lines), ends)
    faults = [_transfer_fault(ground, each) for each in commands]
    sound = [each for each, fault in zip(commands, faults, strict=True) if fault is None]
    pairs = {
        (ground.skus[line.sku].id, ground.sites[site].id)
        for each in sound
        for line in each.lines
        for site in (each.source, each.target)
    }
    sending = _on_the_road(ground, sound)
    space = enter(db, now, pairs=pairs, making=True, foresee=lambda _: sending)
    ground.lay_out(db, _sources(ground, ((each.source, "pick", each.lines) for each in sound)))
    announced: list[Announced] = []
    answers = [fault or _send(space, ground, ask, announced) for ask, fault in zip(asks, faults, strict=True)]
    space.announce(announced)
    promise_waiting(space)
    space.finish()
    return answers


def _on_the_road(ground: Ground, transfers: Sequence[Transfer]) -> Foreseen:
    """What transfers bring to their targets, at most."""
    more: dict[Pair, Quantity] = defaultdict(Quantity)
    for each in transfers:
        for line in each.lines:
            more[ground.skus[line.sku].id, ground.sites[each.target].id] += line.quantity
    return Foreseen(frozenset(sku for sku, _ in more), more)


def _transfer_fault(ground: Ground, command: Transfer) -> Refused | None:
    for field, site in (("source", command.source), ("target", command.target)):
        if site not in ground.sites:
            return Refused("unknown_site", f"There is no site {site!r}.", field)
    if command.source == command.target:
        return Refused("same_site", "A transfer goes to another site; use a move within one.", "target")
    return line_fault(ground, command.lines)


def _send(space: Workspace, ground: Ground, ask: Ask[Transfer], announced: list[Announced]) -> StockChanged | Refused:
    command = ask.command
    source, target = ground.place(command.source, "pick"), ground.place(command.target, "transit")
    if source is None or target is None:
        return Refused("unknown_location", f"Site {command.source!r} has no location 'pick'.", "source")
    fault = promised_fault(space, ground, command.source, command.lines)
    goods = fault or find_goods(ground, source, command.lines)
    if isinstance(goods, Refused):
        return goods
    at = command.at or space.now
    for sku, each, part in goods:
        space.shelf.move(Moved(sku, each.lot, source, target, part, at, "transfer", command.reference, ask.actor))
        announced.append(
            Announced("transfer", command.reference, sku, target.site, part, command.due or at, source.site, each.lot)
        )
    space.tell("stock.transferred", f"site/{command.target}", ask.actor, command)
    return _answer(space, ground, command.source, command.lines, command.reference)
