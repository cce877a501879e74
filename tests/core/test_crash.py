"""The database is killed in the middle of the day: nothing that was acknowledged is lost, nothing is done twice."""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connections

from onhand.core.database import connect
from onhand.core.embedded import Server, start
from onhand.core.ticker import Ticker
from onhand.core.writer import Writer
from onhand.doors.cli.schema import migrate
from onhand.flows import commands as c
from onhand.flows.registry import FLOWS
from onhand.orders import queries as orders
from onhand.stock import queries as stock
from shop import Shop

ORDERS = 600


@pytest.fixture
def server(database_url: str) -> Iterator[Server]:
    """A server of this test's own, which waits for the disk as in real life."""
    with tempfile.TemporaryDirectory(prefix="onhand-crash-") as folder:
        Path(folder).chmod(0o755)
        with start(Path(folder)) as server:
            for each in connections.all(initialized_only=True):
                each.close()
            settings = connections["default"].settings_dict
            before = dict(settings)
            settings["HOST"] = server.url.partition("host=")[2].partition("&")[0].replace("%2F", "/")
            migrate(server.url)
            connections["default"].close()
            settings.update(before)
            os.environ["DATABASE_URL"] = database_url
            yield server


def test_nothing_acknowledged_is_lost_when_the_database_is_killed(server: Server) -> None:
    with connect(server.url) as db:
        shop = Shop(db)
        shop.stock("mug", ORDERS)
    writer = Writer(lambda: connect(server.url), FLOWS)
    writer.start()
    watch = Ticker(0.2, server.restart_if_dead)
    watch.start()

    def buy(number: int) -> str:
        if number == ORDERS // 2:
            os.kill(int((server.folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
        order = c.PlaceOrder("web", f"K{number}", [c.WantedLine("mug", Decimal(1))])
        writer.ask(order, timeout=60)
        return order.number

    with ThreadPoolExecutor(16) as buyers:
        acknowledged = set(buyers.map(buy, range(ORDERS)))
    watch.stop()
    writer.stop()

    with connect(server.url) as db:
        kept = {number for (number,) in db.execute("SELECT number FROM orders_order")}
        assert acknowledged == kept
        assert stock.check(db) == []
        assert orders.check(db) == []
