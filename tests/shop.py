"""The small cast every test knows: a shop with a warehouse, a store and two channels."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from onhand.catalog.actions import save_products
from onhand.catalog.records import ProductRecord, SkuRecord
from onhand.core.answers import once
from onhand.core.asks import Ask, Command
from onhand.core.database import Connection
from onhand.core.refusals import refused
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord
from onhand.stock import queries as stock_queries
from onhand.stock.queries import Availability

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Shop:
    """A small shop: a warehouse, a store, two channels that let orders wait and a marketplace that does not."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.now = NOON
        self.orders = 0
        save_sites(
            db,
            [
                SiteRecord("london", "London", "warehouse", "GB", "Europe/London", "GBP", "UK", 51.5, -0.1),
                SiteRecord("lisbon", "Lisboa", "store", "PT", "Europe/Lisbon", "EUR", "EU", 38.7, -9.1),
            ],
        )
        save_channels(
            db,
            [
                ChannelRecord("web", "Web shop", "web", "GBP"),
                ChannelRecord("phone", "Telephone", "phone", "GBP"),
                ChannelRecord("market", "Marketplace", "marketplace", "GBP", backorders=False),
            ],
        )
        self.product("mug")
        self.product("lamp")

    def product(self, code: str, **facts: Any) -> None:
        """Sell something new."""
        answers = save_products(self.db, [ProductRecord(code, code.title(), skus=[SkuRecord(code, **facts)])])
        assert not any(refused(answer) for answer in answers), answers
        self.db.commit()

    def ask(self, *asked: Command, keys: Sequence[str | None] | None = None) -> list[Any]:
        """Ask for things of one kind, as one batch, and commit."""
        keys = keys or [command.natural_key() for command in asked]
        asks = [Ask(command, "tester", key) for command, key in zip(asked, keys, strict=True)]
        answers = once(self.db, FLOWS[type(asked[0])], asks, self.now)
        self.db.commit()
        return answers

    def do(self, command: Command) -> Any:
        """Ask for one thing and see it done."""
        answer = self.ask(command)[0]
        assert not refused(answer), answer
        return answer

    def stock(self, sku: str, quantity: int, site: str = "london", *, reference: str = "", **facts: Any) -> None:
        """Receive goods."""
        self.do(c.Receive(site, [c.ReceivedLine(sku, Decimal(quantity), **facts)], reference))

    def order(self, *lines: tuple[str, int], channel: str = "web", **facts: Any) -> c.PlaceOrder:
        """An order, numbered by the shop."""
        self.orders += 1
        wanted = [c.WantedLine(sku, Decimal(quantity)) for sku, quantity in lines]
        return c.PlaceOrder(channel, f"N{self.orders}", wanted, **facts)

    def available(self, sku: str, site: str = "london") -> Decimal:
        """What may still be promised."""
        return next((each.available for each in self.positions(sku) if each.site == site), Decimal(0))

    def positions(self, sku: str) -> list[Availability]:
        """A SKU at every site."""
        return stock_queries.availability(self.db, skus=[sku], now=self.now)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def kinds(self) -> list[str]:
        """What has been recorded, in order."""
        return [kind for (kind,) in self.db.execute("SELECT kind FROM core_event ORDER BY seq")]
