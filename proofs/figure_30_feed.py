"""An inbound feed does the same however it arrives: 10,000 events, a fifth of them sent again, in any order.

The feed is that of a marketplace and of a store's old till: goods received (some of them scanned, so that the feed
holds the keystrokes of a keyboard wedge: a barcode and a line end), orders placed, confirmed, shipped and delivered,
orders cancelled, goods returned. Each event has a name of its own, which is its idempotency key.

First the events come once and in order, then, in a second shop, shuffled and with a fifth of them twice. Shuffling
may bring a shipment before its order or an order before its goods; these are refused, nothing is changed, and the
feed offers them again behind the rest, as feeds do. What shuffling may not change is the end: the books of both
shops, written out and hashed (positions, balances, orders, lines), must be the same, and no event may be left over.
When things happened, and in which sequence goods were promised meanwhile, is no part of the hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import islice
from random import Random
from typing import NamedTuple

from onhand.catalog import queries as catalog
from onhand.catalog.records import BarcodeRecord
from onhand.catalog.rules import check_digit
from onhand.core.asks import Ask, Command
from onhand.core.database import Connection, connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.flows import commands as c
from proofs.figures import Figure, broken, fresh_database, worst, writers
from shop import Shop

TITLE = "an inbound feed, repeated and shuffled"
EVENTS, SKUS, TOGETHER = 10_000, 20, 100
AGAIN = 0.2

_BOOKS = """
SELECT 'position', sku.code, site.code, on_hand::text, unsellable::text, reserved::text, inbound::text, in_transit::text
FROM stock_position JOIN catalog_sku sku ON sku.id = sku_id JOIN places_site site ON site.id = site_id
UNION ALL
SELECT 'balance', sku.code, site.code, location.code, quantity::text, '', '', ''
FROM stock_balance JOIN catalog_sku sku ON sku.id = sku_id JOIN places_location location ON location.id = location_id
JOIN places_site site ON site.id = location.site_id WHERE quantity <> 0
UNION ALL
SELECT 'line', "order".number || '/' || line.number, "order".state, reserved::text, backordered::text, shipped::text,
       cancelled::text, returned::text
FROM orders_line line JOIN orders_order "order" ON "order".id = line.order_id
ORDER BY 1, 2, 3, 4, 5
"""


class Event(NamedTuple):
    """What the feed says: a command, or the keystrokes of a scan, under a name of its own."""

    name: str
    command: Command | None
    typed: str = ""


def prove(short: bool) -> Figure:
    """Ten thousand events; in short four hundred."""
    events = list(islice(_feed(), 400 if short else EVENTS))
    once_in_order, faults = _play(events)
    shuffled = _again_and_shuffled(events)
    in_any_order, more = _play(shuffled)
    faults += more
    same = once_in_order == in_any_order
    said = f"{len(events):,} events, {len(shuffled) - len(events):,} of them again, shuffled: "
    said += f"{'the same books' if same else 'other books'} ({once_in_order[:12]}, {in_any_order[:12]}){worst(faults)}"
    return Figure(30, TITLE, passed=same and not faults, figure=said)


def _feed() -> Iterator[Event]:
    """Orders and what becomes of them, and at least as many goods, in an order that makes sense; without end."""
    chance = Random(30)  # noqa: S311 - the same feed each time is wanted, not a secret
    number = 0
    while True:
        number += 1
        sku, pieces = chance.randrange(SKUS), chance.randint(1, 3)
        yield from _goods(number, sku, pieces)
        yield from _order(number, sku, pieces, chance.choice(("open", "cancelled", "delivered", "returned")))


def _goods(number: int, sku: int, pieces: int) -> Iterator[Event]:
    """Scanned at the till one by one, or received as a delivery."""
    if number % 3:
        lines = [c.ReceivedLine(_code(sku), Decimal(pieces))]
        yield Event(f"delivery/{number}", c.Receive("london", lines))
    else:
        for piece in range(pieces):
            # Wedges end a code as they are set up to: carriage return, line end or tab.
            yield Event(f"scan/{number}/{piece}", None, f" {_barcode(sku)}" + "\r\n\t"[number // 3 % 3])


def _order(number: int, sku: int, pieces: int, end: str) -> Iterator[Event]:
    name = f"F{number}"
    part = [c.LineQuantity(1, Decimal(1))]
    yield Event(f"order/{number}", c.PlaceOrder("market", name, [c.WantedLine(_code(sku), Decimal(pieces))]))
    if end == "open":
        yield Event(f"confirm/{number}", c.AdvanceOrder("market", name, "confirm"))
    elif end == "cancelled":
        yield Event(f"cancel/{number}", c.CancelOrder("market", name, "changed mind"))
    else:
        yield Event(f"ship/{number}", c.AdvanceOrder("market", name, "ship"))
        yield Event(f"deliver/{number}", c.AdvanceOrder("market", name, "deliver"))
        if end == "returned":
            yield Event(f"return/{number}", c.TakeBack("market", name, "london", part))


def _code(sku: int) -> str:
    return f"sku-{sku}"


def _barcode(sku: int) -> str:
    body = f"501234500{sku:03d}"
    return f"{body}{check_digit(body)}"


def _again_and_shuffled(events: Sequence[Event]) -> list[Event]:
    chance = Random(31)  # noqa: S311 - as above
    mixed = [*events, *chance.sample(events, int(len(events) * AGAIN))]
    chance.shuffle(mixed)
    return mixed


def _play(events: Sequence[Event]) -> tuple[str, list[str]]:
    """The hash of a new shop's books after these events, and what went wrong."""
    with fresh_database() as url, connect(url) as db:
        shop = Shop(db)
        for sku in range(SKUS):
            shop.product(_code(sku), barcodes=[BarcodeRecord(_barcode(sku))])
        with writers(url, 1) as (writer,):
            left = _offer_until_done(writer, [_read(db, event) for event in events])
        faults = [f"{len(left)} events were refused for ever, such as {left[0]}"] if left else []
        return _hash(db), faults + broken(db)


def _read(db: Connection, event: Event) -> Ask[Command]:
    """A scan means one piece of what its code stands for, as at the till."""
    if event.command:
        return Ask(event.command, "feed", event.name)
    scanned = catalog.find_by_barcode(db, event.typed.strip())
    if scanned is None:
        raise AssertionError(f"nobody knows the code {event.typed!r}")
    return Ask(c.Receive("london", [c.ReceivedLine(scanned.sku, scanned.quantity)]), "feed", event.name)


def _offer_until_done(writer: Writer, asks: list[Ask[Command]]) -> list[Ask[Command]]:
    """Offer what was refused again, behind the rest, for as long as that brings anything; returns what is left."""
    while asks:
        left = [ask for batch in _alike(asks) for ask in _offer(writer, batch)]
        if len(left) == len(asks):
            return left
        asks = left
    return []


def _alike(asks: Sequence[Ask[Command]]) -> Iterator[list[Ask[Command]]]:
    """The feed in its order, neighbours of one kind together."""
    batch: list[Ask[Command]] = []
    for ask in asks:
        if batch and (type(ask.command) is not type(batch[0].command) or len(batch) == TOGETHER):
            yield batch
            batch = []
        batch.append(ask)
    if batch:
        yield batch


def _offer(writer: Writer, batch: Sequence[Ask[Command]]) -> list[Ask[Command]]:
    answers = writer.submit(batch).result(60)
    return [ask for ask, answer in zip(batch, answers, strict=True) if refused(answer)]


def _hash(db: Connection) -> str:
    db.rollback()
    return hashlib.sha256(repr(db.execute(_BOOKS).fetchall()).encode()).hexdigest()
