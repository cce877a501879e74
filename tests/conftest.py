"""The stage: a real PostgreSQL, emptied before each test, and a small cast that every test knows."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

os.environ["DJANGO_SETTINGS_MODULE"] = "onhand.doors.web.settings"

from onhand.catalog.actions import save_products
from onhand.catalog.records import ProductRecord, SkuRecord
from onhand.core.answers import once
from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect
from onhand.core.embedded import start
from onhand.core.refusals import refused
from onhand.doors.cli.schema import migrate
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from onhand.orders import queries as orders
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord
from onhand.stock import queries as stock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """A server for this run. It need not survive a power cut, so it does not wait for the disk."""
    # Not pytest's own folder: when root runs the tests, the server's account must be able to enter.
    with tempfile.TemporaryDirectory(prefix="onhand-tests-") as folder, _open_to_all(folder), start(Path(folder)) as server:
        with connect(server.admin_url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET fsync = off")
            admin.execute("SELECT pg_reload_conf()")
        migrate(server.url)
        yield server.url
        from django.db import connections

        connections.close_all()


@contextmanager
def _open_to_all(folder: str) -> Iterator[None]:
    Path(folder).chmod(0o755)
    yield


@pytest.fixture
def db(database_url: str) -> Iterator[Connection]:
    """A connection to an empty database."""
    with connect(database_url) as connection:
        _empty(connection)
        yield connection
        connection.rollback()


def _empty(db: Connection) -> None:
    rows = db.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename !~ '^(django|auth)_'"
    ).fetchall()
    db.execute(f"TRUNCATE {', '.join(table for (table,) in rows)}")
    db.commit()


class Shop:
    """A small shop: a warehouse, a store, a web channel that lets orders wait and a marketplace that does not."""

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

    def stock(self, sku: str, quantity: int, site: str = "london", **facts: Any) -> None:
        """Receive goods."""
        self.do(c.Receive(site, [c.ReceivedLine(sku, Decimal(quantity), **facts)]))

    def order(self, *lines: tuple[str, int], channel: str = "web", **facts: Any) -> c.PlaceOrder:
        """An order, numbered by the shop."""
        self.orders += 1
        wanted = [c.WantedLine(sku, Decimal(quantity)) for sku, quantity in lines]
        return c.PlaceOrder(channel, f"N{self.orders}", wanted, **facts)

    def available(self, sku: str, site: str = "london") -> Decimal:
        """What may still be promised."""
        return next((each.available for each in self.positions(sku) if each.site == site), Decimal(0))

    def positions(self, sku: str) -> list[stock.Availability]:
        """A SKU at every site."""
        return stock.availability(self.db, skus=[sku], now=self.now)

    def later(self, **span: float) -> None:
        """Let time pass."""
        self.now += timedelta(**span)

    def kinds(self) -> list[str]:
        """What has been recorded, in order."""
        return [kind for (kind,) in self.db.execute("SELECT kind FROM core_event ORDER BY seq")]


@pytest.fixture
def shop(db: Connection) -> Iterator[Shop]:
    """The shop, whose books are checked when the story is over."""
    shop = Shop(db)
    db.commit()
    yield shop
    db.rollback()
    assert stock.check(db) == []
    assert orders.check(db) == []
