"""The benchmark's shop: one warehouse and two stores, two thousand SKUs with more stock than a run can sell."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, count

import msgspec

from onhand.access.keys import SCOPES, create
from onhand.catalog.actions import save_products
from onhand.catalog.records import ProductRecord, SkuPriceRecord, SkuRecord
from onhand.core.asks import Ask
from onhand.core.database import connect
from onhand.core.quantity import Quantity
from onhand.core.writer import Writer
from onhand.flows.commands import PlaceOrder, Receive, ReceivedLine
from onhand.flows.registry import FLOWS
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord

SKUS = 2000
BULK = 250
HOT = "HOT"
PLENTY = Quantity(50_000_000)
SITES = (
    SiteRecord("dc", "Distribution centre", "warehouse", "GB", "Europe/London", "GBP", "UK", 52.5, -1.5),
    SiteRecord("north", "Store north", "store", "GB", "Europe/London", "GBP", "UK", 53.5, -2.2),
    SiteRecord("south", "Store south", "store", "GB", "Europe/London", "GBP", "UK", 51.5, -0.1),
)


def sku(number: int) -> str:
    """The code of a SKU by its number."""
    return f"SKU-{number:05d}"


def set_up(url: str) -> str:
    """Make the shop in an empty database; returns the key to come in with."""
    with connect(url) as db:
        save_sites(db, list(SITES))
        save_channels(
            db, [ChannelRecord("web", "Web", "web", "GBP"), ChannelRecord("shop", "Shop", "store", "GBP", False)]
        )
        codes = [HOT, *(sku(number) for number in range(SKUS))]
        for start in range(0, len(codes), 500):
            save_products(db, [_product(code) for code in codes[start : start + 500]])
        key = create(db, "bench", SCOPES)
        db.commit()
    _stock(url, codes)
    with connect(url, autocommit=True) as db:
        db.execute("ANALYZE")
    return key


def _product(code: str) -> ProductRecord:
    return ProductRecord(code, code.title(), skus=[SkuRecord(code, prices=[SkuPriceRecord("GBP", Quantity("9.99"))])])


def _stock(url: str, codes: list[str]) -> None:
    writer = Writer(lambda: connect(url), FLOWS)
    writer.start()
    for site in SITES:
        for start in range(0, len(codes), 500):
            lines = [ReceivedLine(code, PLENTY) for code in codes[start : start + 500]]
            writer.ask(Receive(site.code, lines, reference="opening"), key=f"opening/{site.code}/{start}")
    writer.stop()


def orders_to_advance(url: str, run: str, orders: int) -> None:
    """Place the orders that the row ``update`` takes through their steps."""
    demand = Demand(0)
    writer = Writer(lambda: connect(url), FLOWS)
    writer.start()
    for start in range(0, orders, 250):
        asks = [
            Ask(command, "bench", command.natural_key())
            for number in range(start, min(start + 250, orders))
            for command in [msgspec.json.decode(order(f"{run}-{number}", demand.some(2)), type=PlaceOrder)]
        ]
        writer.submit(asks).result(60)
    writer.stop()


class Demand:
    """Which SKUs are asked for: few of them often, most of them seldom (Zipf, exponent 1)."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)  # noqa: S311  the same demand in each run, not a secret
        self._weights = list(accumulate(1 / rank for rank in range(1, SKUS + 1)))

    def some(self, wanted: int) -> list[str]:
        """So many SKUs."""
        return [sku(number) for number in self._chance.choices(range(SKUS), cum_weights=self._weights, k=wanted)]


_encode = msgspec.json.encode


@dataclass(frozen=True, slots=True)
class Caller:
    """Writes requests as they go over the wire."""

    key: str

    def post(self, path: str, body: bytes, idempotency_key: str = "") -> bytes:
        """A command."""
        named = f"Idempotency-Key: {idempotency_key}\r\n" if idempotency_key else ""
        head = (
            f"POST /api/v1/{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.key}\r\n{named}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body

    def get(self, path: str) -> bytes:
        """A question."""
        return f"GET /api/v1/{path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {self.key}\r\n\r\n".encode()


def order(number: str, skus: list[str], channel: str = "web") -> bytes:
    """An order of one piece of each SKU, as JSON."""
    lines = [{"sku": code, "quantity": 1} for code in skus]
    return _encode({"channel": channel, "number": number, "lines": lines, "ship_to": {"country": "GB"}})


@dataclass(frozen=True, slots=True)
class Placing:
    """Two-line orders, one a request."""

    caller: Caller
    run: str

    def __call__(self, connection: int) -> Iterator[bytes]:
        """The orders of one connection."""
        demand = Demand(connection)
        for turn in count():
            yield self.caller.post("orders", order(f"{self.run}-{connection}-{turn}", demand.some(2)))


@dataclass(frozen=True, slots=True)
class PlacingInBulk:
    """Two-line orders, many a request."""

    caller: Caller
    run: str
    size: int = BULK

    def __call__(self, connection: int) -> Iterator[bytes]:
        """The requests of one connection."""
        demand = Demand(connection)
        for turn in count():
            name = f"{self.run}-{connection}-{turn}"
            orders = [order(f"{name}-{each}", demand.some(2)) for each in range(self.size)]
            yield self.caller.post("orders/bulk", b"[" + b",".join(orders) + b"]")


@dataclass(frozen=True, slots=True)
class Buying:
    """Everybody wants one piece of the same SKU, in a channel where nothing may wait."""

    caller: Caller
    run: str

    def __call__(self, connection: int) -> Iterator[bytes]:
        """The orders of one buyer."""
        for turn in count():
            yield self.caller.post("orders", order(f"{self.run}-{connection}-{turn}", [HOT], "shop"))


STEPS = (
    {"step": "confirm"},
    {"step": "priority", "priority": 5},
    {"step": "hold", "reason": "address"},
    {"step": "resume"},
    {"step": "pick"},
    {"step": "pack"},
    {"step": "ship"},
    {"step": "deliver"},
)


@dataclass(frozen=True, slots=True)
class Advancing:
    """Orders placed in bulk before are taken through all their steps, one a request."""

    caller: Caller
    run: str
    connections: int
    orders: int

    def __call__(self, connection: int) -> Iterator[bytes]:
        """The steps of every order that falls to one connection, in their order."""
        for number in range(connection, self.orders, self.connections):
            for step in STEPS:
                body = _encode({"channel": "web", "number": f"{self.run}-{number}", **step})
                yield self.caller.post("order-steps", body, f"{self.run}-{number}-{step['step']}")


@dataclass(frozen=True, slots=True)
class Mixing:
    """The life of orders: each is placed and taken through its steps; some are amended or cancelled on the way."""

    caller: Caller
    run: str

    def __call__(self, connection: int) -> Iterator[bytes]:
        """One order's life after another's."""
        demand = Demand(connection)
        for turn in count():
            number = f"{self.run}-{connection}-{turn}"
            named = {"channel": "web", "number": number}
            yield self.caller.post("orders", order(number, demand.some(2)))
            if turn % 5 == 1:
                more = {**named, "lines": [{"line": 1, "quantity": 2}]}
                yield self.caller.post("order-amendments", _encode(more), f"{number}-more")
            if turn % 10 == 2:
                yield self.caller.post(
                    "order-cancellations", _encode({**named, "reason": "changed mind"}), f"{number}-no"
                )
                continue
            for step in STEPS:
                yield self.caller.post("order-steps", _encode({**named, **step}), f"{number}-{step['step']}")


def topics(listeners: int) -> list[list[str]]:
    """What so many people look at: three SKUs each, by demand; one in a hundred at all that happens at a site."""
    demand = Demand(1)
    return [
        [f"site:{SITES[number // 100 % len(SITES)].code}"]
        if number % 100 == 0
        else [f"sku:{code}" for code in dict.fromkeys(demand.some(3))]
        for number in range(listeners)
    ]


@dataclass(frozen=True, slots=True)
class Asking:
    """What is available of two SKUs, everywhere."""

    caller: Caller

    def __call__(self, connection: int) -> Iterator[bytes]:
        """The questions of one connection."""
        demand = Demand(connection)
        while True:
            first, second = demand.some(2)
            yield self.caller.get(f"availability?sku={first}&sku={second}")
