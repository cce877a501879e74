"""The rows of the benchmark, measured one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import msgspec

from onhand.core.database import connect
from onhand.doors.cli.bench import floors, listeners, load, shop, visitors
from onhand.doors.cli.bench.load import Plan, Requests, Result
from onhand.doors.cli.bench.report import Report, Row, percentiles
from onhand.doors.cli.bench.stage import HOST, Served, served
from onhand.orders import queries as orders
from onhand.stock import queries as stock

BUYERS = 256
BULK_CALLERS = 4
READERS = 64
LISTENERS = 2000
ONLOOKERS = 8
ORDERS_A_SECOND = 1500
# More than the aim, so that a faster server does not run out of orders to advance.
STEPS_A_SECOND = 6000


@dataclass(slots=True)
class Bench:
    """A run over one database: what to measure and how long each row takes."""

    url: str
    database_pid: int | None
    seconds: float
    only: frozenset[str]
    processes: int = 1
    progress: Callable[[str], None] = lambda _: None
    floors: dict[str, float] = field(default_factory=dict)

    def run(self) -> Report:
        """Measure every row that is wanted, then check the books."""
        key = shop.set_up(self.url)
        rows = [*self._floors(), *self._served(shop.Caller(key))]
        self.progress("check")
        with connect(self.url) as db:
            db.execute("SET statement_timeout = 0")
            broken = [each.invariant for each in stock.check(db)] + [name for name, _, _ in orders.check(db)]
            oversold = db.execute(
                "SELECT count(*) FROM stock_position WHERE reserved > on_hand - unsellable"
            ).fetchone()
        return Report(rows, broken or "clean", oversold[0] if oversold else 0)

    def _floors(self) -> Iterator[Row]:
        for name in ("floor_tx", "floor_set"):
            if self._wanted(name):
                self.progress(name)
                floor = floors.measure(name, self.url, self.seconds)
                self.floors[name] = floor.per_second
                yield Row(name, round(floor.per_second, 1), *percentiles(floor.latencies), None, 0.0)

    def _served(self, caller: shop.Caller) -> Iterator[Row]:
        advancing = shop.Advancing(caller, "step", BUYERS, self._orders_to_advance())
        with served(self.url, self.database_pid, self.processes) as server:
            if self._wanted("place"):
                yield self._row("place", server, shop.Placing(caller, "one"), BUYERS)
            if self._wanted("update"):
                shop.orders_to_advance(self.url, "step", advancing.orders)
                yield self._row("update", server, advancing, BUYERS)
            if self._wanted("bulk"):
                yield self._row("bulk", server, shop.PlacingInBulk(caller, "many"), BULK_CALLERS, each=shop.BULK)
            if self._wanted("hot"):
                yield self._row("hot", server, shop.Buying(caller, "hot"), BUYERS)
            if self._wanted("read"):
                yield self._row("read", server, shop.Asking(caller), READERS)
            if self._wanted("live"):
                yield self._live(server, caller)
        if self._wanted("pages"):
            yield self._pages()

    def _live(self, server: Served, caller: shop.Caller) -> Row:
        """Listeners on a process of their own hear of orders that the others carry out, so many a second."""
        self.progress("live")
        with served(self.url, None, 1) as hall:
            wanted = listeners.Hall(HOST, hall.port, caller.key, shop.topics(LISTENERS))
            with listeners.listening(wanted) as crowd:
                spent, telling = server.cpu_seconds(), hall.cpu_seconds()
                crowd.begin()
                plan = Plan(
                    HOST, server.port, BUYERS, self.seconds, shop.Placing(caller, "live"), per_second=ORDERS_A_SECOND
                )
                result = load.run_apart(plan)
                heard = crowd.end()
                spent, telling = server.cpu_seconds() - spent, hall.cpu_seconds() - telling
        row = self._shape("live", result, spent + telling, 1)
        a_second = len(heard.latencies) / (self.seconds + plan.warm_up)
        each = telling * 1e6 / max(1, len(heard.latencies))
        detail = f"{heard.listeners:,} listeners, {a_second:,.0f} messages a second at {each:.0f} µs of the listening"
        detail += f" process's CPU each, {heard.lagged} told to read again"
        p50, p95, p99 = percentiles(heard.latencies)
        lost = row.refused + heard.lost
        return msgspec.structs.replace(row, p50_ms=p50, p95_ms=p95, p99_ms=p99, refused=lost, detail=detail)

    def _pages(self) -> Row:
        """People look at pages of a shop with a year in it."""
        self.progress("pages")
        with visitors.year(self.url) as url, served(url, self.database_pid, self.processes) as server:
            cookies = visitors.signed_in(url, f"http://{HOST}:{server.port}")
            looking = visitors.Looking(cookies, visitors.PAGES)
            return self._row("pages", server, looking, ONLOOKERS)

    def _orders_to_advance(self) -> int:
        return int((self.seconds + 1) * STEPS_A_SECOND / len(shop.STEPS))

    def _wanted(self, name: str) -> bool:
        return not self.only or name in self.only

    def _row(self, name: str, server: Served, requests: Requests, connections: int, *, each: int = 1) -> Row:
        self.progress(name)
        spent = server.cpu_seconds()
        plan = Plan(HOST, server.port, connections, self.seconds, requests)
        result = load.run_apart(plan)
        spent = server.cpu_seconds() - spent
        return self._shape(name, result, spent, each)

    def _shape(self, name: str, result: Result, spent: float, each: int) -> Row:
        answers = (len(result.latencies) + result.sent_before) * each
        rate = result.per_second() * each
        floor = self.floors.get("floor_set" if name == "bulk" else "floor_tx")
        refused = sum(count for status, count in result.statuses.items() if status >= 400)
        return Row(
            name,
            round(rate, 1),
            *percentiles(result.latencies),
            round(rate / floor, 2) if floor and name != "read" else None,
            round(spent * 1000 / max(answers, 1), 3),
            round(result.cpu_seconds * 1000 / max(answers, 1), 3),
            refused,
        )
