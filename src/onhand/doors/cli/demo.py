"""Real sales through the real flows: the shop of UCI Online Retail is set up, and its invoices are played."""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from itertools import islice
from typing import Any, TypeVar

import msgspec

from onhand.catalog import actions as catalog
from onhand.catalog.records import CategoryRecord, ProductRecord, SkuPriceRecord, SkuRecord
from onhand.connect.online_retail.reading import Asides
from onhand.connect.online_retail.replay import sample
from onhand.connect.online_retail.shop import Shop
from onhand.connect.online_retail.timetable import Happening
from onhand.core.answers import Again
from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.core.writer import Overloaded, Writer
from onhand.customers.actions import CustomerRecord, save_customers
from onhand.flows.commands import Receive, ReceivedLine
from onhand.flows.place_order import OrderPlaced
from onhand.orders.actions import ChannelRecord, save_channels
from onhand.places.actions import save_sites
from onhand.places.records import SiteRecord

log = logging.getLogger(__name__)

T = TypeVar("T")
ACTOR = "demo"
PAGE = 500
MOST_TOGETHER = 200


class Tally(msgspec.Struct):
    """What a replay came to. Pieces are counted when an order is placed."""

    commands: int = 0
    orders: int = 0
    lines: int = 0
    reserved: int = 0
    backordered: int = 0
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    by_command: Counter[str] = msgspec.field(default_factory=Counter)
    set_aside: dict[str, int] = {}
    seconds: float = 0.0


def pages(items: Iterable[T], size: int = PAGE) -> Iterator[list[T]]:
    """Cut a stream into lists."""
    stream = iter(items)
    while page := list(islice(stream, size)):
        yield page


def set_up(db: Connection, writer: Writer, shop: Shop) -> None:
    """Create the shop and its opening stock; doing it twice changes nothing."""
    _demand(save_sites(db, [msgspec.convert(msgspec.to_builtins(site), SiteRecord) for site in shop.sites]))
    save_channels(db, [ChannelRecord(each.code, each.name, each.kind, each.currency) for each in shop.channels])  # type: ignore[arg-type]
    _demand(catalog.save_categories(db, [CategoryRecord(each.code, each.name) for each in shop.categories]))
    for products in pages(shop.products):
        _demand(catalog.save_products(db, [_product(each) for each in products]))
    for customers in pages(shop.customers):
        save_customers(db, [CustomerRecord(each.code, country=each.country) for each in customers])
    db.commit()
    for number, opening in enumerate(pages(sorted(shop.opening, key=lambda each: (each.site, each.sku)))):
        for site in sorted({each.site for each in opening}):
            lines = [
                ReceivedLine(each.sku, each.quantity) for each in opening if each.site == site and each.quantity > 0
            ]
            if lines:
                command = Receive(site, lines, reference="opening stock")
                writer.ask(command, actor=ACTOR, key=f"demo/opening/{number}/{site}")


def _product(product: Any) -> ProductRecord:
    skus = [
        SkuRecord(sku.code, sku.name, unit=sku.unit, prices=[SkuPriceRecord("GBP", sku.price)]) for sku in product.skus
    ]
    return ProductRecord(product.code, product.name, category=product.category, skus=skus)


def _demand(answers: Sequence[object]) -> None:
    """The demo's own records are sound; a refusal here is a fault of ours."""
    faults = [answer for answer in answers if refused(answer)]
    if faults:
        raise AssertionError(f"the demo shop was refused: {faults[0]}")


def play(
    writer: Writer,
    happenings: Iterable[Happening],
    tally: Tally,
    *,
    speed: float = 0.0,
    stopped: threading.Event | None = None,
    progress: Callable[[Happening], None] | None = None,
) -> None:
    """Play happenings in order: as fast as they go, or ``speed`` times as fast as they happened."""
    started, first = time.monotonic(), None
    for group in _alike(happenings):
        first = first or group[0].at
        due = started + (group[0].at - first).total_seconds() / speed if speed else 0.0
        if stopped and stopped.wait(max(0.0, due - time.monotonic())):
            return
        asks = [Ask(each.command, ACTOR, f"demo/{each.key}") for each in group]
        _count(tally, group, _submit(writer, asks).result(120))
        if progress:
            progress(group[-1])
    tally.seconds = time.monotonic() - started


def _alike(happenings: Iterable[Happening]) -> Iterator[list[Happening]]:
    """Happenings of one kind that follow each other go together; the order of kinds is kept."""
    group: list[Happening] = []
    for each in happenings:
        if group and (type(each.command) is not type(group[0].command) or len(group) >= MOST_TOGETHER):
            yield group
            group = []
        group.append(each)
    if group:
        yield group


def _submit(writer: Writer, asks: Sequence[Ask[Command]]) -> Future[list[Any]]:
    while True:
        try:
            return writer.submit(asks)
        except Overloaded as busy:
            if type(busy) is not Overloaded:
                raise
            time.sleep(busy.retry_after)


def _count(tally: Tally, group: Sequence[Happening], answers: Sequence[Any]) -> None:
    for each, answer in zip(group, answers, strict=True):
        tally.commands += 1
        tally.by_command[type(each.command).__name__] += 1
        if refused(answer):
            tally.refused[answer.code] += 1
        elif isinstance(answer, OrderPlaced):
            tally.orders += 1
            tally.lines += len(answer.lines)
            tally.reserved += int(sum(line.reserved for line in answer.lines))
            tally.backordered += int(sum(line.backordered for line in answer.lines))
        elif isinstance(answer, Again):
            tally.by_command["answered before"] += 1


class Demo:
    """Plays a few weeks of sales in the background while the server runs."""

    def __init__(self, url: str, writer: Writer, *, days: int = 60, speed: float = 3600.0) -> None:
        self._url = url
        self._writer = writer
        self._days = days
        self._speed = speed
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        """Begin playing."""
        self._thread.start()

    def stop(self) -> None:
        """Play no further."""
        self._stopped.set()
        self._thread.join(10)

    def _run(self) -> None:
        try:
            asides = Asides()
            shop, happenings = sample(days=self._days, asides=asides)
            with connect(self._url) as db:
                set_up(db, self._writer, shop)
            play(self._writer, happenings, Tally(), speed=self._speed, stopped=self._stopped)
        except Overloaded:
            log.info("the demo ends with the server")
        except Exception:  # the server serves on without it
            log.exception("the demo stopped")
