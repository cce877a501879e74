"""The shop in plain Python: what every command must do, in dictionaries and lists, with no database and no locks.

It is the yardstick for the real flows (``machine.py`` compares the two after every step), so it is written for the
reader: one method a verb, quantities as whole numbers, everything found by walking through lists.

What it does not foretell, it judges: which of those who wait got what was freed is read from the books and held
against the rule (first in the queue, nobody passed over, nothing left lying), see ``judge``; and so is who was
promised what is to come, see ``judge_days``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from onhand.flows import commands as c

SITES = ("leeds", "lisbon", "london")
COUNTRIES = {"leeds": "GB", "lisbon": "PT", "london": "GB"}
# How far each site is from the middle of a country, as ranks; a parcel within the country has no way to go.
DISTANCES = {("lisbon", "GB"): 2, ("london", "PT"): 1, ("leeds", "PT"): 2}
SHELVES = ("damaged", "packing", "pick", "quarantine", "receiving", "shipping")
NOT_FOR_SALE = ("quarantine", "damaged")
TRACKING = {"mug": "none", "lamp": "none", "milk": "lot", "watch": "serial"}

NOT_YET_KNOWN = UUID(int=2**128 - 1)

Name = tuple[str, str]  # channel, number
LineName = tuple[str, str, int]


@dataclass(frozen=True)
class Channel:
    """How a channel sells: whether lines may wait, and from which sites, in which order."""

    backorders: bool
    sites: tuple[str, ...] = SITES
    ranked: bool = False


CHANNELS = {
    "web": Channel(backorders=True),
    "market": Channel(backorders=False),
    "phone": Channel(backorders=True, sites=("lisbon", "leeds"), ranked=True),
}


@dataclass
class Promise:
    """A claim on stock by a line or a cart; the id and the moment are the books', the quantity is foretold."""

    sku: str
    site: str
    quantity: int
    made_at: datetime
    line: LineName | None = None
    cart: str | None = None
    until: datetime | None = None
    id: UUID = NOT_YET_KNOWN

    def over(self, now: datetime) -> bool:
        """Whether the time of a cart's promise is up."""
        return self.until is not None and self.until <= now


@dataclass
class Wish:
    """A line of an order; ``place``: which of those who began to wait at one moment it is, as the books have it."""

    sku: str
    ordered: int
    waiting: int = 0
    since: datetime | None = None
    shipped: int = 0
    cancelled: int = 0
    returned: int = 0
    place: UUID = NOT_YET_KNOWN


@dataclass
class Deal:
    """An order: its lines, its moments, and which lots the customer has of each SKU, in the order they left."""

    country: str | None
    priority: int
    lines: list[Wish]
    done: set[str] = field(default_factory=set)
    has: dict[str, dict[str | None, int]] = field(default_factory=lambda: defaultdict(dict))


@dataclass
class Coming:
    """A supply: goods announced, and so many of them still to come."""

    kind: str
    reference: str
    sku: str
    site: str
    due: datetime
    left: int
    promised: int = 0
    lot: str | None = None


class Refusal(Exception):
    """A command that will not be done, by its code."""


@dataclass
class Model:
    """All that is, and the verbs that change it. A verb returns what it answers, or raises ``Refusal``."""

    now: datetime
    goods: dict[tuple[str, str, str, str | None], int] = field(default_factory=lambda: defaultdict(int))
    away: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))
    transit: dict[tuple[str, str, str | None], int] = field(default_factory=lambda: defaultdict(int))
    lots: dict[tuple[str, str], date | None] = field(default_factory=dict)
    promises: list[Promise] = field(default_factory=list)
    orders: dict[Name, Deal] = field(default_factory=dict)
    supplies: list[Coming] = field(default_factory=list)
    pegs: dict[LineName, int] = field(default_factory=dict)
    pegs_at: dict[tuple[LineName, str], int] = field(default_factory=dict)
    thresholds: dict[tuple[str, str], int] = field(default_factory=dict)

    # What is there

    def on_hand(self, sku: str, site: str) -> int:
        """All that lies at a site."""
        return sum(n for (at, _, what, _), n in self.goods.items() if (at, what) == (site, sku))

    def unsellable(self, sku: str, site: str) -> int:
        """What lies at a site and may not be sold."""
        return sum(
            n for (at, shelf, what, _), n in self.goods.items() if (at, what) == (site, sku) and shelf in NOT_FOR_SALE
        )

    def reserved(self, sku: str, site: str) -> int:
        """What is promised at a site."""
        return sum(each.quantity for each in self.promises if (each.sku, each.site) == (sku, site))

    def available(self, sku: str, site: str) -> int:
        """What may still be promised."""
        return self.on_hand(sku, site) - self.unsellable(sku, site) - self.reserved(sku, site)

    def held(self, line: LineName, site: str | None = None) -> list[Promise]:
        """A line's promises, oldest first."""
        return [each for each in self.promises if each.line == line and site in {None, each.site}]

    def reserved_for(self, line: LineName) -> int:
        """What is promised to a line."""
        return sum(each.quantity for each in self.held(line))

    def state(self, name: Name) -> str:
        """The state an order is in."""
        deal = self.orders[name]
        wanted = [self.reserved_for((*name, n)) + wish.waiting for n, wish in enumerate(deal.lines, 1)]
        shipped = sum(wish.shipped for wish in deal.lines)
        if not any(wanted):
            if not shipped:
                return "cancelled"
            back = shipped == sum(wish.returned for wish in deal.lines)
            return "returned" if back else "delivered" if "deliver" in deal.done else "shipped"
        waits = any(wish.waiting for wish in deal.lines)
        furthest = (
            ("hold" in deal.done, "held"),
            (shipped > 0, "part_shipped"),
            ("pack" in deal.done, "packed"),
            ("pick" in deal.done, "picked"),
            (waits, "backordered"),
            ("confirm" in deal.done, "confirmed"),
        )
        return next((state for true, state in furthest if true), "placed")

    def shown(self, name: Name) -> list[tuple[int, ...]]:
        """An order's lines, as its answers show them."""
        return [
            (wish.ordered, self.reserved_for((*name, n)), wish.waiting, wish.shipped, wish.cancelled, wish.returned)
            for n, wish in enumerate(self.orders[name].lines, 1)
        ]

    # Small changes

    def lapse(self, skus: Iterable[str]) -> None:
        """What carts held for longer than they asked for is free."""
        skus = set(skus)
        self.promises = [each for each in self.promises if not (each.sku in skus and each.over(self.now))]

    def source(self, channel: str, country: str | None, wanted: Sequence[tuple[str, int]]) -> list[dict[str, int]]:
        """Which site gives how much of each line: fewest parcels then nearest, or in the channel's own ranking."""
        rules = CHANNELS[channel]
        left = [quantity for _, quantity in wanted]
        free = {(sku, site): self.available(sku, site) for sku, _ in wanted for site in rules.sites}
        shares: list[dict[str, int]] = [{} for _ in wanted]
        sites = list(rules.sites)

        def rank(site: str) -> tuple[float, ...]:
            if rules.ranked:
                return (rules.sites.index(site),)
            whole = sum(0 < n <= free[sku, site] for n, (sku, _) in zip(left, wanted, strict=True))
            return (-whole, self._distance(site, country), SITES.index(site))

        while able := [
            s for s in sites if any(n and free[sku, s] > 0 for n, (sku, _) in zip(left, wanted, strict=True))
        ]:
            best = min(able, key=rank)
            sites.remove(best)
            for index, (sku, _) in enumerate(wanted):
                part = min(left[index], free[sku, best])
                if part > 0:
                    left[index] -= part
                    free[sku, best] -= part
                    shares[index][best] = part
        return shares

    @staticmethod
    def _distance(site: str, country: str | None) -> int:
        if country is None:
            return 99
        return 0 if COUNTRIES[site] == country else DISTANCES[site, country]

    def promise(self, line: LineName, sku: str, shares: dict[str, int]) -> int:
        """Promise a line what sites give; returns how much that is."""
        self.promises += [Promise(sku, site, part, self.now, line=line) for site, part in shares.items()]
        return sum(shares.values())

    def release(self, line: LineName, quantity: int, site: str | None = None) -> None:
        """Take promises back, oldest first."""
        for each in self.held(line, site):
            part = min(each.quantity, quantity)
            quantity -= part
            self._end(each, part)

    def _end(self, promise: Promise, quantity: int) -> None:
        promise.quantity -= quantity
        if not promise.quantity:
            self.promises = [each for each in self.promises if each is not promise]

    def wait(self, wish: Wish, quantity: int) -> None:
        """A line waits for so much more."""
        if quantity and not wish.waiting:
            wish.since = self.now
        wish.waiting += quantity

    def give_up(self, name: Name, number: int, quantity: int) -> None:
        """So much less of a line: first what it waits for."""
        wish = self.orders[name].lines[number - 1]
        waiting = min(wish.waiting, quantity)
        wish.waiting -= waiting
        self.release((*name, number), quantity - waiting)
        wish.cancelled += quantity

    def pick(self, sku: str, shelves: Iterable[tuple[str, str]], on: date, lot: str | None = None) -> list[Any]:
        """Where a SKU lies, in the order to take it: soonest expiry first, pick faces before the rest."""
        codes = list(self.lots)
        found = [
            key
            for key, quantity in self.goods.items()
            if key[2] == sku and quantity > 0 and (key[0], key[1]) in set(shelves) and lot in {None, key[3]}
        ]
        dated = [(self.lots.get((sku, key[3] or "")) or date.max, key) for key in found]
        rows = [
            (day, key[1] != "pick", key[1], codes.index((sku, key[3])) if key[3] else -1, key)
            for day, key in dated
            if day >= on
        ]
        return [row[-1] for row in sorted(rows, key=lambda row: row[:-1])]

    # Verbs

    def place(self, command: c.PlaceOrder) -> list[tuple[int, ...]]:
        """A customer orders."""
        name = (command.channel, command.number)
        if name in self.orders:
            raise Refusal("number_taken")
        before = list(self.promises)
        if command.cart:
            self.promises = [each for each in self.promises if each.cart != command.cart or each.over(self.now)]
        country = command.ship_to.country if command.ship_to else None
        wanted = [(line.sku, int(line.quantity)) for line in command.lines]
        shares = self.source(command.channel, country, wanted)
        short = [quantity - sum(share.values()) for (_, quantity), share in zip(wanted, shares, strict=True)]
        if any(short) and not CHANNELS[command.channel].backorders:
            self.promises = before
            raise Refusal("out_of_stock")
        deal = self.orders[name] = Deal(country, command.priority, [])
        for number, ((sku, quantity), share) in enumerate(zip(wanted, shares, strict=True), 1):
            wish = Wish(sku, quantity)
            deal.lines.append(wish)
            self.promise((*name, number), sku, share)
            self.wait(wish, short[number - 1])
            self._peg((*name, number), sku, short[number - 1], CHANNELS[command.channel].sites)
        return self.shown(name)

    def _peg(self, line: LineName, sku: str, short: int, sites: Sequence[str]) -> None:
        coming = [each for each in self.supplies if each.sku == sku and each.site in sites]
        for supply in sorted(coming, key=lambda each: each.due):
            part = min(supply.left - supply.promised, short)
            if part > 0:
                supply.promised += part
                short -= part
                self.pegs[line] = self.pegs.get(line, 0) + part

    def eta(self, line: LineName) -> bool:
        """Whether all a line waits for is promised from what is to come."""
        return self.pegs.get(line, 0) == self.orders[line[:2]].lines[line[2] - 1].waiting > 0

    def amend(self, command: c.AmendOrder) -> list[tuple[int, ...]]:
        """A customer changes an order: what shrinks shrinks first, then what grows is sourced together."""
        name, deal = self._known(command)
        if command.ship_to and not any(row[1] + row[2] for row in self.shown(name)):
            raise Refusal("closed")
        changes = self._changes(deal, command.lines)
        growing = [(number, sku, more) for number, sku, more in changes if more > 0]
        before = deepcopy((deal.lines, self.promises))
        for number, _, more in changes:
            if more < 0:
                self.give_up(name, number, -more)
        country = command.ship_to.country if command.ship_to else deal.country
        shares = self.source(command.channel, country, [(sku, more) for _, sku, more in growing])
        short = sum(more for *_, more in growing) - sum(sum(share.values()) for share in shares)
        if short and not CHANNELS[command.channel].backorders:
            deal.lines, self.promises = before
            raise Refusal("out_of_stock")
        deal.country = country
        for (number, sku, more), share in zip(growing, shares, strict=True):
            if not number:
                deal.lines.append(Wish(sku, 0))
            wish = deal.lines[number - 1]
            wish.ordered += more
            got = self.promise((*name, number or len(deal.lines)), sku, share)
            self.wait(wish, more - got)
        if command.priority is not None:
            deal.priority = command.priority
        return self.shown(name)

    def _changes(self, deal: Deal, lines: Sequence[c.LineChange]) -> list[tuple[int, str, int]]:
        """By how much each line named grows or shrinks; a new line has no number yet."""
        changes = []
        for index, change in enumerate(lines):
            wish = self._wish(deal, change.line) if change.line else None
            if change.line in {each.line for each in lines[:index]} - {None}:
                raise Refusal("line_twice")
            if wish and change.quantity < wish.shipped:
                raise Refusal("bad_quantity")
            more = int(change.quantity) - (wish.ordered - wish.cancelled if wish else 0)
            changes.append((change.line or 0, wish.sku if wish else change.sku or "", more))
        return changes

    def _known(self, command: c.OrderNamed) -> tuple[Name, Deal]:
        name = (command.channel, command.number)
        if name not in self.orders:
            raise Refusal("unknown_order")
        return name, self.orders[name]

    @staticmethod
    def _wish(deal: Deal, number: int) -> Wish:
        if not 1 <= number <= len(deal.lines):
            raise Refusal("unknown_line")
        return deal.lines[number - 1]

    def _parts(self, name: Name, wanted: Sequence[c.LineQuantity], there: Sequence[int]) -> list[tuple[int, int]]:
        """Which quantities of which lines are meant: those named, or all there is."""
        if not wanted:
            return [(number, quantity) for number, quantity in enumerate(there, 1) if quantity]
        parts: dict[int, int] = defaultdict(int)
        for part in wanted:
            self._wish(self.orders[name], part.line)
            parts[part.line] += int(part.quantity)
            if part.quantity <= 0 or parts[part.line] > there[part.line - 1]:
                raise Refusal("bad_quantity")
        return list(parts.items())

    def cancel(self, command: c.CancelOrder) -> list[tuple[int, ...]]:
        """An order, or a part of it, is given up."""
        name, deal = self._known(command)
        there = [self.reserved_for((*name, n)) + wish.waiting for n, wish in enumerate(deal.lines, 1)]
        parts = self._parts(name, command.lines, there)
        if not parts:
            raise Refusal("nothing_open")
        for number, quantity in parts:
            self.give_up(name, number, quantity)
        return self.shown(name)

    def advance(self, command: c.AdvanceOrder) -> list[tuple[int, ...]]:
        """An order takes its next step."""
        name, deal = self._known(command)
        step = command.step
        if step == "ship":
            self._ship(command, name, deal)
            return self.shown(name)
        reserved = sum(self.reserved_for((*name, n)) for n in range(1, len(deal.lines) + 1))
        if step == "deliver":
            if not any(wish.shipped for wish in deal.lines):
                raise Refusal("not_shipped")
        elif not reserved and not any(wish.waiting for wish in deal.lines):
            raise Refusal("closed")
        if step == "priority":
            if command.priority is None:
                raise Refusal("missing_priority")
            deal.priority = command.priority
        elif step == "resume":
            deal.done.discard("hold")
        else:
            if "hold" in deal.done and step not in {"hold", "deliver"}:
                raise Refusal("held")
            if step in {"pick", "pack"} and not reserved:
                raise Refusal("nothing_reserved")
            deal.done.add(step)
        return self.shown(name)

    def _ship(self, command: c.AdvanceOrder, name: Name, deal: Deal) -> None:
        if "hold" in deal.done:
            raise Refusal("held")
        settling = self._settling(command, name, deal)
        needed: dict[tuple[str, str], int] = defaultdict(int)
        for number, site, quantity in settling:
            needed[deal.lines[number - 1].sku, site] += quantity
        for (sku, site), quantity in needed.items():
            if sum(self.goods[key] for key in self._sound(sku, site)) < quantity:
                raise Refusal("expired")
        for number, site, quantity in settling:
            wish = deal.lines[number - 1]
            self.release((*name, number), quantity, site)
            wish.shipped += quantity
            self._leave(deal, wish.sku, site, quantity)
        deal.done.add("ship")
        deal.done.discard("deliver")

    def _settling(self, command: c.AdvanceOrder, name: Name, deal: Deal) -> list[tuple[int, str, int]]:
        """What a shipment settles: so much of a line from a site."""
        reserved = [self.reserved_for((*name, n)) for n in range(1, len(deal.lines) + 1)]
        settling = []
        for number, wanted in self._parts(name, command.lines, reserved):
            left = wanted
            for each in self.held((*name, number), command.site):
                part = min(each.quantity, left)
                if part:
                    settling.append((number, each.site, part))
                    left -= part
            if left and command.lines:
                raise Refusal("not_reserved_there")
        if not settling:
            raise Refusal("nothing_reserved")
        return settling

    def _sound(self, sku: str, site: str) -> list[Any]:
        shelves = [(site, shelf) for shelf in SHELVES if shelf not in NOT_FOR_SALE]
        return self.pick(sku, shelves, self.now.date())

    def _leave(self, deal: Deal, sku: str, site: str, quantity: int) -> None:
        for key in self._sound(sku, site):
            part = min(self.goods[key], quantity)
            if part:
                self.goods[key] -= part
                self.away["customer", sku] += part
                deal.has[sku][key[3]] = deal.has[sku].get(key[3], 0) + part
                quantity -= part

    def take_back(self, command: c.TakeBack) -> list[tuple[int, ...]]:
        """Goods come back from a customer: the lots that left first."""
        name, deal = self._known(command)
        parts = self._parts(name, command.lines, [wish.shipped - wish.returned for wish in deal.lines])
        shelf = {"saleable": "pick"}.get(command.condition, command.condition)
        back: list[tuple[str, str | None, int]] = []
        has = {sku: dict(lots) for sku, lots in deal.has.items()}
        for number, quantity in parts:
            back += _first_out(deal.lines[number - 1].sku, has, quantity)
        if any(lot and TRACKING[sku] == "serial" and self._somewhere(sku, lot) for sku, lot, _ in back):
            raise Refusal("serial_on_hand")
        for number, quantity in parts:
            deal.lines[number - 1].returned += quantity
        for sku, lot, part in back:
            deal.has[sku][lot] -= part
            self.away["customer", sku] -= part
            self.goods[command.site, shelf, sku, lot] += part
        return self.shown(name)

    def _somewhere(self, sku: str, lot: str) -> bool:
        return any(quantity > 0 for key, quantity in self.goods.items() if key[2:] == (sku, lot))

    def hold(self, command: c.HoldCart) -> None:
        """Stock is set aside for a cart, instead of what it held."""
        before = list(self.promises)
        self.promises = [each for each in self.promises if each.cart != command.cart or each.over(self.now)]
        wanted = [(line.sku, int(line.quantity)) for line in command.lines]
        country = command.ship_to.country if command.ship_to else None
        shares = self.source(command.channel, country, wanted)
        if any(sum(share.values()) < quantity for (_, quantity), share in zip(wanted, shares, strict=True)):
            self.promises = before
            raise Refusal("out_of_stock")
        until = self.now + timedelta(minutes=command.minutes)
        for (sku, _), share in zip(wanted, shares, strict=True):
            for site, part in share.items():
                self.promises.append(Promise(sku, site, part, self.now, cart=command.cart, until=until))

    def let_go(self, carts: Iterable[str]) -> None:
        """Carts are emptied."""
        carts = set(carts)
        self.promises = [each for each in self.promises if each.cart not in carts]

    def expect(self, command: c.Expect) -> None:
        """Goods are announced."""
        for line in command.lines:
            coming = Coming(command.kind, command.reference, line.sku, command.site, line.due, int(line.quantity))
            self._announce(coming)

    def amend_supply(self, command: c.AmendSupply) -> None:
        """What was announced changes. Who is promised what then is the books', see ``judge_days``."""
        meant = [
            [
                each
                for each in self.supplies
                if (each.sku, each.site, each.reference) == (line.sku, command.site, command.reference)
                and each.left
                and line.was_due in {None, each.due}
            ]
            for line in command.lines
        ]
        for line, supplies in zip(command.lines, meant, strict=True):
            if not supplies:
                raise Refusal("unknown_supply")
            if line.quantity is not None and any(each.kind == "transfer" for each in supplies):
                raise Refusal("on_the_road")
            if line.quantity is not None and len(supplies) > 1:
                raise Refusal("which_supply")
        for line, supplies in zip(command.lines, meant, strict=True):
            for each in supplies:
                each.left = each.left if line.quantity is None else int(line.quantity)
                each.due = line.due or each.due

    def _announce(self, coming: Coming) -> None:
        """Goods of one document, moment and lot are one supply."""
        same = [each for each in self.supplies if replace(each, left=0, promised=0) == replace(coming, left=0)]
        if same:
            same[0].left += coming.left
        else:
            self.supplies.append(coming)

    def receive(self, command: c.Receive) -> None:
        """Goods arrive."""
        serials = [serial for line in command.lines for serial in line.serials]
        skus = {serial: line.sku for line in command.lines for serial in line.serials}
        for line in command.lines:
            for name in [*line.serials, *([line.lot] if line.lot else [])]:
                self.lots.setdefault((line.sku, name), line.expires_on)
        if len(set(serials)) < len(serials) or any(self._somewhere(skus[each], each) for each in serials):
            raise Refusal("serial_on_hand")
        for line in command.lines:
            pieces: list[tuple[str | None, int]] = [(serial, 1) for serial in line.serials]
            whole: list[tuple[str | None, int]] = [(line.lot, int(line.quantity))]
            for lot, quantity in pieces or whole:
                sent = self._settle(command, line.sku, lot, quantity)
                self.transit[command.site, line.sku, lot] -= sent
                self.away["supplier", line.sku] -= quantity - sent
                self.goods[command.site, line.location or "pick", line.sku, lot] += quantity

    def _settle(self, command: c.Receive, sku: str, lot: str | None, quantity: int) -> int:
        """What was announced has come, the same lot first, then the soonest; returns how much was in transit."""
        due = [
            each
            for each in self.supplies
            if command.reference and (each.sku, each.site, each.reference) == (sku, command.site, command.reference)
        ]
        due = [each for each in sorted(due, key=lambda each: each.due) if each.left]
        sent = 0
        for supply in sorted(due, key=lambda each: each.lot != lot):
            part = min(supply.left, quantity)
            supply.left -= part
            quantity -= part
            sent += part if supply.kind == "transfer" else 0
        return sent

    def move(self, command: c.MoveStock) -> None:
        """Goods go from one shelf to another."""
        if command.target in NOT_FOR_SALE and command.source not in NOT_FOR_SALE:
            self._refuse_promised(command.site, command.lines)
        for sku, lot, part in self._lift(command.site, command.source, command.lines):
            self.goods[command.site, command.target, sku, lot] += part

    def transfer(self, command: c.Transfer) -> None:
        """Goods leave for another site."""
        self._refuse_promised(command.source, command.lines)
        for sku, lot, part in self._lift(command.source, "pick", command.lines):
            self.transit[command.target, sku, lot] += part
            due = command.due or self.now
            self._announce(Coming("transfer", command.reference, sku, command.target, due, part, lot=lot))

    def _refuse_promised(self, site: str, lines: Sequence[c.MovedLine]) -> None:
        for sku in {line.sku for line in lines}:
            if sum(line.quantity for line in lines if line.sku == sku) > self.available(sku, site):
                raise Refusal("promised")

    def _lift(self, site: str, shelf: str, lines: Sequence[c.MovedLine]) -> list[tuple[str, str | None, int]]:
        """Take goods off a shelf; lines that name their lot choose first."""
        taken: list[tuple[Any, int]] = []
        for line in sorted(lines, key=lambda each: each.lot is None):
            left = int(line.quantity)
            for key in self.pick(line.sku, [(site, shelf)], date.min, line.lot):
                part = min(self.goods[key], left)
                self.goods[key] -= part
                left -= part
                taken.append((key, part))
            if left:
                for key, part in taken:
                    self.goods[key] += part
                raise Refusal("not_there")
        return [(key[2], key[3], part) for key, part in taken if part]

    def adjust(self, command: c.Adjust) -> None:
        """What is there is not what we thought."""
        key = (command.site, command.location, command.sku, command.lot)
        have = self.goods[key]
        by = int(command.by) if command.by is not None else int(command.counted or 0) - have
        if have + by < 0:
            raise Refusal("not_there")
        if command.lot and not have:
            raise Refusal("unknown_lot")
        if TRACKING[command.sku] == "serial" and have + by > 1:
            raise Refusal("one_piece")
        self.goods[key] += by
        self.away["loss", command.sku] -= by

    def set_aside(self) -> set[tuple[str, str]]:
        """What has expired leaves the shelves for quarantine; returns where that was."""
        today, found = self.now.date(), set()
        for (site, shelf, sku, lot), quantity in list(self.goods.items()):
            last_day = self.lots.get((sku, lot or ""))
            if quantity and last_day and last_day < today and shelf not in NOT_FOR_SALE:
                self.goods[site, shelf, sku, lot] = 0
                self.goods[site, "quarantine", sku, lot] += quantity
                found.add((sku, site))
        return found

    def give_way(self, sku: str, site: str) -> None:
        """More is promised than is there: carts lose theirs first, then who was promised last."""
        here = [each for each in self.promises if (each.sku, each.site) == (sku, site)]
        here.sort(key=lambda each: (each.cart is not None, each.made_at, each.id), reverse=True)
        for each in here:
            part = min(each.quantity, -self.available(sku, site))
            if part <= 0:
                return
            self._end(each, part)
            if each.line:
                self.wait(self.orders[each.line[:2]].lines[each.line[2] - 1], part)

    def set_threshold(self, command: c.SetThreshold) -> None:
        """Somebody wants to be told."""
        if command.quantity is None:
            self.thresholds.pop((command.sku, command.site), None)
        else:
            self.thresholds[command.sku, command.site] = int(command.quantity)

    # Those who wait

    def queue(self, skus: Iterable[str]) -> list[LineName]:
        """Who waits for these SKUs: by priority, then by age."""
        skus = set(skus)
        waiting = [
            (-deal.priority, wish.since, wish.place, (*name, number))
            for name, deal in self.orders.items()
            for number, wish in enumerate(deal.lines, 1)
            if wish.waiting and wish.sku in skus
        ]
        return [line for *_, line in sorted(waiting, key=lambda each: each[:3])]

    def eligible(self, line: LineName, site: str) -> bool:
        """Whether a line that waits may be served from a site now."""
        deal = self.orders[line[:2]]
        wish = deal.lines[line[2] - 1]
        return wish.waiting > 0 and "hold" not in deal.done and site in CHANNELS[line[0]].sites

    def judge(
        self, queue: Sequence[LineName], served: dict[tuple[LineName, str], int], freed: Iterable[tuple[str, str]]
    ) -> list[str]:
        """Take over who was served what, and say which rule that breaks."""
        faults = []
        for (line, site), quantity in served.items():
            wish = self.orders[line[:2]].lines[line[2] - 1]
            if line not in queue or not self.eligible(line, site) or quantity > wish.waiting:
                faults.append(f"{line} was served {quantity} from {site} out of turn")
            wish.waiting -= quantity
            self.promises.append(Promise(wish.sku, site, quantity, self.now, line=line))
        sku_of = {line: self.orders[line[:2]].lines[line[2] - 1].sku for line in queue}
        faults += [
            f"{earlier} was passed over for {line} at {site}"
            for line, site in served
            if line in queue
            for earlier in queue[: queue.index(line)]
            if sku_of[earlier] == sku_of[line] and self.eligible(earlier, site)
        ]
        faults += [
            f"{sku} lies free at {site} while {line} waits"
            for sku, site in freed
            for line in queue
            if sku_of[line] == sku and self.eligible(line, site) and self.available(sku, site) > 0
        ]
        return faults

    def judge_days(self, skus: Iterable[str], had: dict[tuple[LineName, str], int]) -> list[str]:
        """Whether what comes of these SKUs is promised to those who wait, and nobody was passed over.

        ``had``: what each line was promised at each site before; what they are promised now is the books'.
        """
        gained = [key for key, quantity in self.pegs_at.items() if quantity > had.get(key, 0)]
        faults = []
        for sku in skus:
            queue = self.queue([sku])
            for line in queue:
                if self.pegs.get(line, 0) >= self.orders[line[:2]].lines[line[2] - 1].waiting:
                    continue
                free = [each for each in self.supplies if each.sku == sku and each.left > each.promised]
                faults += [f"{each} is free while {line} has no day" for each in free if self.eligible(line, each.site)]
                faults += [
                    f"{line} was passed over for {later} by what comes to {site}"
                    for later, site in gained
                    if later in queue[queue.index(line) + 1 :] and self.eligible(line, site)
                ]
        return faults


def _first_out(sku: str, has: dict[str, dict[str | None, int]], quantity: int) -> list[tuple[str, str | None, int]]:
    """Take lots from what a customer has, those that left first."""
    out = []
    for lot, there in has[sku].items():
        part = min(there, quantity)
        if part:
            has[sku][lot] -= part
            quantity -= part
            out.append((sku, lot, part))
    return out
