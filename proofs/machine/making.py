"""What commands are made of: orders, lines, shelves and lots that are there, mostly."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from onhand.flows import commands as c
from proofs.machine.draws import LOTS, SERIALS
from proofs.machine.playing import Playing
from proofs.model.things import TRACKING


class Making(Playing):
    """A machine that finds what a command may name."""

    def an_order(self, index: int) -> tuple[str, str]:
        """One of the orders, the latest most often."""
        names = list(self.model.orders)
        return names[-1 - index % min(len(names), 12)] if index < 60 else ("web", "nobody's")

    def a_line(self, name: tuple[str, str], index: int) -> int:
        """One of an order's lines, and now and then one that is not there."""
        there = len(self.model.orders[name].lines) if name in self.model.orders else 1
        return 1 + index % there if index < 12 else 99

    def some_of(self, name: tuple[str, str], lines: Sequence[tuple[int, int]]) -> list[c.LineQuantity]:
        """So much of some lines."""
        return [c.LineQuantity(self.a_line(name, index), Decimal(quantity)) for index, quantity in lines]

    def a_shelf(self, site: str, shelf: str, sku: str, index: int) -> tuple[str, str, str, str | None]:
        """Where goods lie, mostly; else anywhere."""
        lying = [key for key, quantity in self.model.goods.items() if quantity > 0]
        return lying[index % len(lying)] if lying and index % 4 else (site, shelf, sku, self.a_lot(sku, index))

    def skus_of(self, asked: Sequence[Any]) -> set[str]:
        """The SKUs of the orders named."""
        named = {(each.channel, each.number) for each in asked}
        return {wish.sku for name in named & set(self.model.orders) for wish in self.model.orders[name].lines}

    def a_lot(self, sku: str, index: int) -> str | None:
        """A lot or a serial number, where a SKU has them."""
        names = {"lot": tuple(LOTS), "serial": SERIALS}.get(TRACKING[sku])
        return names[index % len(names)] if names else None

    def received(self, sku: str, quantity: int, index: int, shelf: str | None) -> c.ReceivedLine:
        """Goods that come, each lot with its last day."""
        if TRACKING[sku] == "serial":
            quantity = min(quantity, 2)
            serials = [SERIALS[(index + n) % len(SERIALS)] for n in range(quantity)]
            return c.ReceivedLine(sku, Decimal(quantity), serials=serials, location=shelf)
        lot = self.a_lot(sku, index)
        expires = LOTS[lot] if lot else None
        return c.ReceivedLine(sku, Decimal(quantity), lot=lot, expires_on=expires, location=shelf)

    def received_against(self, sku: str, lot: str | None, quantity: int) -> c.ReceivedLine:
        """Goods that come as they were announced."""
        if TRACKING[sku] == "serial":
            return c.ReceivedLine(sku, Decimal(1), serials=[lot or SERIALS[quantity % len(SERIALS)]])
        lot = lot or self.a_lot(sku, quantity)
        return c.ReceivedLine(sku, Decimal(quantity), lot=lot, expires_on=LOTS[lot] if lot else None)

    def moved(self, sku: str, quantity: int, named: bool, index: int) -> c.MovedLine:
        """Goods that go elsewhere, by their lot or whichever comes first."""
        return c.MovedLine(sku, Decimal(quantity), self.a_lot(sku, index) if named else None)


def wanted_lines(lines: Sequence[tuple[str, int]]) -> list[c.WantedLine]:
    """Lines of an order or a cart."""
    return [c.WantedLine(sku, Decimal(quantity)) for sku, quantity in lines]


def lots_of(line: c.ReceivedLine) -> list[str]:
    """The lots a line names."""
    return [*line.serials, *([line.lot] if line.lot else [])]


def by_sku(pair: tuple[str, str]) -> tuple[int, str]:
    """The order the books go by."""
    return list(TRACKING).index(pair[0]), pair[1]
