"""A basket, before it is ordered: what each line costs, how much of it can be had now, how much later."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from onhand.core.database import Connection
from onhand.core.money import Money
from onhand.core.quantity import ZERO, Quantity
from onhand.insight.window import rules
from onhand.insight.window.counter import Counter, Offers, offers
from onhand.insight.window.goods import Goods, on_sale
from onhand.insight.window.rules import Split


class BasketLine(NamedTuple):
    """So many of some goods, how they would be sent, and at which stores all of them can be fetched now."""

    goods: Goods
    quantity: Quantity
    sent: Split
    stores: frozenset[str]
    most: Quantity

    @property
    def amount(self) -> Decimal:
        """What the line costs."""
        return (self.goods.price or ZERO) * self.quantity


class Priced(NamedTuple):
    """A basket as the shop sees it now. ``missing``: SKUs that are not on sale any more, or have no price."""

    lines: list[BasketLine]
    missing: list[str]
    stores: list[str]
    total: Money

    @property
    def short(self) -> list[BasketLine]:
        """Lines of which some cannot be sent now."""
        return [line for line in self.lines if line.sent.later]


def priced(db: Connection, at: Counter, wanted: Mapping[str, Quantity], now: datetime) -> Priced:
    """Look a basket over, in the order in which it was filled."""
    found, there = on_sale(db, at, wanted, now), offers(db, at, list(wanted), now)
    lines = [
        _line(found[sku], quantity, there[sku])
        for sku, quantity in wanted.items()
        if sku in found and found[sku].price is not None
    ]
    known = {line.goods.sku for line in lines}
    stores = [site.code for site in at.stores if lines and all(site.code in line.stores for line in lines)]
    total = Money(sum((line.amount for line in lines), ZERO), at.currency).rounded()
    return Priced(lines, [sku for sku in wanted if sku not in known], stores, total)


def _line(goods: Goods, quantity: Quantity, there: Offers) -> BasketLine:
    stores = frozenset(code for code, offer in there.stores.items() if offer.free >= quantity)
    return BasketLine(goods, quantity, rules.split(there.send, quantity), stores, there.send.free)
