"""The verbs of orders and carts: place, amend, cancel, advance, take back, hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from copy import deepcopy
from datetime import timedelta
from typing import Any

from onhand.flows import commands as c
from proofs.model.state import State
from proofs.model.things import CHANNELS, NOT_FOR_SALE, SHELVES, TRACKING, Deal, LineName, Name, Promise, Refusal, Wish


class Orders(State):
    """What customers ask for."""

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
        if any(lot and TRACKING[sku] == "serial" and self.somewhere(sku, lot) for sku, lot, _ in back):
            raise Refusal("serial_on_hand")
        for number, quantity in parts:
            deal.lines[number - 1].returned += quantity
        for sku, lot, part in back:
            deal.has[sku][lot] -= part
            self.away["customer", sku] -= part
            self.goods[command.site, shelf, sku, lot] += part
        return self.shown(name)

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
