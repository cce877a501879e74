"""All that is in the model, what can be read from it, and the small changes that verbs are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from proofs.model.things import (
    CHANNELS,
    COUNTRIES,
    DISTANCES,
    NOT_FOR_SALE,
    SITES,
    Coming,
    Deal,
    LineName,
    Name,
    Promise,
    Wish,
)


@dataclass
class State:
    """All that is."""

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

    def somewhere(self, sku: str, lot: str) -> bool:
        """Whether a piece lies anywhere."""
        return any(quantity > 0 for key, quantity in self.goods.items() if key[2:] == (sku, lot))

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
            self.end(each, part)

    def end(self, promise: Promise, quantity: int) -> None:
        """So much less of a promise; one of nothing is over."""
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
