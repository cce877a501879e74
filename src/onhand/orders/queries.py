"""Questions about orders."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.core.quantity import Quantity
from onhand.orders.rules import Line


@dataclass(frozen=True, slots=True)
class Channel:
    """Where orders come from, and what is allowed there."""

    id: int
    code: str
    currency: str
    backorders: bool


def channels_by_code(db: Connection, codes: Iterable[str]) -> dict[str, Channel]:
    """The active channels among these codes."""
    rows = db.execute(
        "SELECT id, code, currency, backorders FROM orders_channel WHERE code = ANY(%s) AND active",
        (list(set(codes)),),
    )
    return {row[1]: Channel(*row) for row in rows}


def channel_codes(db: Connection) -> dict[int, str]:
    """The code of every channel, by id, those that are closed included: a shop has some dozens."""
    return dict(db.execute("SELECT id, code FROM orders_channel").fetchall())


def ids_by_number(db: Connection, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], UUID]:
    """The ids of orders by channel code and number."""
    channels, numbers = [channel for channel, _ in names], [number for _, number in names]
    rows = db.execute(statement("orders", "find_orders"), (channels, numbers))
    return {(channel, number): order for channel, number, order in rows}


def owners(db: Connection, names: Sequence[tuple[str, str]]) -> dict[UUID, str]:
    """The codes of the customers whose orders these are, by channel code and number; a guest's is left out."""
    channels, numbers = [channel for channel, _ in names], [number for _, number in names]
    return dict(db.execute(statement("orders", "owners"), (channels, numbers)).fetchall())


def delivered(
    db: Connection, since: datetime, until: datetime, placed_since: datetime, *, most: int
) -> list[tuple[UUID, str, str]]:
    """Customers' orders delivered in a span that nobody was asked about yet: their ids, names and customers' codes.

    Of those placed since a moment, by which they are found.
    """
    asked = {"since": since, "until": until, "placed_since": placed_since, "most": most}
    return db.execute(statement("orders", "delivered"), asked).fetchall()


def sites_of(db: Connection, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], frozenset[str]]:
    """From which sites the goods of orders come, by channel code and number; an order that only waits is left out."""
    asked = {"channels": [channel for channel, _ in names], "numbers": [number for _, number in names]}
    found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
    for channel, number, site in db.execute(statement("orders", "sites_of"), asked):
        found[channel, number].add(site)
    return {name: frozenset(sites) for name, sites in found.items()}


def with_number(db: Connection, number: str, most: int) -> list[tuple[str, str]]:
    """The orders with exactly this number, as (channel, number), the latest first; a number is its channel's own."""
    return db.execute(
        "SELECT channel.code, orders.number FROM orders_channel AS channel"
        " JOIN orders_order AS orders ON orders.channel_id = channel.id AND orders.number = %s"
        " ORDER BY orders.id DESC LIMIT %s",
        (number, most),
    ).fetchall()


def with_number_ids(db: Connection, number: str, most: int) -> list[UUID]:
    """The ids of the orders with exactly this number, whichever the channel."""
    rows = db.execute(
        "SELECT orders.id FROM orders_channel AS channel"
        " JOIN orders_order AS orders ON orders.channel_id = channel.id AND orders.number = %s LIMIT %s",
        (number, most),
    )
    return [order for (order,) in rows]


def channel_ids(db: Connection) -> list[int]:
    """Every channel, also those that take no orders now: what they have promised they still owe."""
    return [channel for (channel,) in db.execute("SELECT id FROM orders_channel")]


@dataclass(frozen=True, slots=True)
class Queued:
    """A place in the queue for a SKU. ``rank`` is the priority, turned round: the least is served first."""

    line: UUID
    order: UUID
    sku: int
    channel: int
    country: str | None
    latitude: float | None
    longitude: float | None
    rank: int
    since: datetime
    backorder: UUID


# More lines than one transaction shall serve of a SKU; the sweep serves the rest.
MOST_SERVED = 5000


def queue(
    db: Connection,
    reach: Mapping[tuple[int, int], Quantity],
    *,
    channels: Sequence[int],
    most_parcels: int | None = None,
    resuming: Sequence[UUID] = (),
    changing: Sequence[UUID] = (),
    most: int = MOST_SERVED,
) -> list[Queued]:
    """Who waits for SKUs in these channels, by priority and age, as far as the goods at (SKU, site) reach.

    An order that is ``changing`` may give up its place, so the goods reach past it. Whoever is held is passed over, and
    so is (with ``most_parcels``) an order that so many other sites hold goods for.
    """
    skus, sites = [sku for sku, _ in reach], [site for _, site in reach]
    values = {
        "skus": skus,
        "sites": sites,
        "quantities": list(reach.values()),
        "channels": list(channels),
        "most_parcels": most_parcels,
        "resuming": list(resuming),
        "changing": list(changing),
        "most": most,
    }
    return [Queued(*row) for row in db.execute(statement("orders", "queue"), values)]


def without_day(
    db: Connection, coming: Mapping[tuple[int, int], Quantity], *, channels: Sequence[int], most: int = MOST_SERVED
) -> list[Queued]:
    """Who waits in these channels and has not all of it promised, as far as what comes to (SKU, site) reaches.

    Whoever is held is passed over.
    """
    values = {
        "skus": [sku for sku, _ in coming],
        "quantities": list(coming.values()),
        "channels": list(channels),
        "most": most,
    }
    return [Queued(*row) for row in db.execute(statement("orders", "without_day"), values)]


def places_of(db: Connection, lines: Iterable[UUID]) -> list[Queued]:
    """Where these lines stand in the queues; those that wait no longer are left out."""
    wanted = list(lines)
    return [Queued(*row) for row in db.execute(statement("orders", "places_of_lines"), (wanted,))] if wanted else []


def days(db: Connection, ids: Sequence[UUID]) -> dict[UUID, dict[int, datetime | None]]:
    """Until when the lines of orders wait, by the line's number; None where not all of it is promised."""
    found: dict[UUID, dict[int, datetime | None]] = {order: {} for order in ids}
    for order, line, eta in db.execute(statement("orders", "days_of_orders"), (list(ids),)):
        found[order][line] = eta
    return found


def fetched_at(db: Connection, ids: Sequence[UUID]) -> dict[UUID, str]:
    """At which site orders are fetched, as they were placed; those that are sent are not among them.

    It is known for as long as the log still tells of their placing.
    """
    placed = events.of_subjects(db, [f"order/{order}" for order in ids], "order.placed")
    told = {UUID(event.subject.partition("/")[2]): event.data.get("collect_at") for event in placed}
    return {order: site for order, site in told.items() if site}


class LineName(NamedTuple):
    """What people call a line: its order by channel and number, its own number in it, and its SKU."""

    channel: str
    number: str
    line: int
    sku: str


def names_of_lines(db: Connection, lines: Iterable[UUID]) -> dict[UUID, LineName]:
    """What people call these lines."""
    wanted = list(lines)
    rows = db.execute(statement("orders", "names_of_lines"), (wanted,)) if wanted else ()
    return {line: LineName(*name) for line, *name in rows}


def skus_without_day(db: Connection) -> list[int]:
    """The SKUs somebody waits for who has not all of it promised."""
    return [sku for (sku,) in db.execute(statement("orders", "skus_without_day"))]


def skus_owed(db: Connection, skus: Iterable[int]) -> set[int]:
    """Those of these SKUs that some order waits for."""
    rows = db.execute(
        "SELECT wanted.id FROM unnest(%s::bigint[]) AS wanted (id) WHERE EXISTS"
        " (SELECT FROM orders_backorder AS waiting WHERE waiting.sku_id = wanted.id AND waiting.ended_at IS NULL)",
        (list(skus),),
    )
    return {sku for (sku,) in rows}


def skus_waited_for(db: Connection) -> list[int]:
    """The SKUs somebody waits for: one look at the index each, however many wait."""
    return [sku for (sku,) in db.execute(statement("orders", "skus_waited_for"))]


class LineView(msgspec.Struct, frozen=True):
    """A line as shown. ``eta`` is when all it waits for is promised to have come; null while not all is promised."""

    line: int
    sku: str
    ordered: Decimal
    reserved: Decimal
    backordered: Decimal
    shipped: Decimal
    cancelled: Decimal
    returned: Decimal
    unit_price: Decimal
    eta: datetime | None = None


class OrderView(msgspec.Struct, frozen=True):
    """An order, as shown to whoever asks."""

    id: UUID
    channel: str
    number: str
    customer: str | None
    state: str
    priority: int
    currency: str
    country: str | None
    placed_at: datetime
    confirmed_at: datetime | None
    held_at: datetime | None
    shipped_at: datetime | None
    delivered_at: datetime | None
    lines: list[LineView] = []


def views(db: Connection, ids: Sequence[UUID]) -> list[OrderView]:
    """These orders with their lines, in the order asked for."""
    lines: dict[UUID, list[LineView]] = {order: [] for order in ids}
    for order, *line in db.execute(statement("orders", "view_lines"), (list(ids),)):
        lines[order].append(LineView(*line))
    found = {row[0]: row for row in db.execute(statement("orders", "view_orders"), (list(ids),))}
    return [msgspec.structs.replace(OrderView(*found[order]), lines=lines[order]) for order in ids if order in found]


@dataclass(frozen=True, slots=True)
class Terms:
    """What an order was placed under: its currency, and where it goes."""

    currency: str
    country: str | None
    latitude: float | None
    longitude: float | None


def terms(db: Connection, ids: Iterable[UUID]) -> dict[UUID, Terms]:
    """The terms of orders."""
    rows = db.execute(
        "SELECT id, currency, country, latitude, longitude FROM orders_order WHERE id = ANY(%s)", (list(ids),)
    )
    return {order: Terms(*row) for order, *row in rows}


def lines(db: Connection, ids: Iterable[UUID]) -> dict[UUID, list[Line]]:
    """The lines of orders as they are, for whoever must look before locking."""
    found: dict[UUID, list[Line]] = defaultdict(list)
    for row in db.execute(statement("orders", "read_lines"), (list(ids),)):
        line = Line(*row)
        found[line.order].append(line)
    return found


def line_ids(db: Connection, ids: Iterable[UUID]) -> list[UUID]:
    """The ids of all lines of these orders."""
    return [line for (line,) in db.execute("SELECT id FROM orders_line WHERE order_id = ANY(%s)", (list(ids),))]


def check(db: Connection) -> list[tuple[str, int, Any]]:
    """Prove every invariant of orders: (what is broken, how often, an example); empty when all hold."""
    return [(name, count, example) for name, count, example in db.execute(statement("orders", "check"))]


def orders_of_lines(db: Connection, lines: Iterable[UUID]) -> dict[UUID, UUID]:
    """Which order each line belongs to."""
    rows = db.execute("SELECT id, order_id FROM orders_line WHERE id = ANY(%s)", (list(lines),))
    return dict(rows.fetchall())


def skus_of(db: Connection, orders: Iterable[UUID]) -> dict[UUID, list[int]]:
    """The SKUs of each order's lines."""
    rows = db.execute(
        "SELECT order_id, array_agg(sku_id) FROM orders_line WHERE order_id = ANY(%s) GROUP BY order_id",
        (list(orders),),
    )
    return {order: list(skus) for order, skus in rows}


def skus_ordered(db: Connection, skus: Iterable[int]) -> set[int]:
    """Those of these SKUs that somebody waited for once; every other line began with a claim, which the ledger has."""
    rows = db.execute(
        "SELECT wanted.id FROM unnest(%s::bigint[]) AS wanted (id)"
        " WHERE EXISTS (SELECT FROM orders_backorder AS waiting WHERE waiting.sku_id = wanted.id)",
        (list(skus),),
    )
    return {sku for (sku,) in rows}


def customers_with_orders(db: Connection, customers: Iterable[int]) -> set[int]:
    """Those of these customers who have ordered."""
    rows = db.execute(
        "SELECT wanted.id FROM unnest(%s::bigint[]) AS wanted (id)"
        ' WHERE EXISTS (SELECT FROM orders_order AS "order" WHERE "order".customer_id = wanted.id)',
        (list(customers),),
    )
    return {customer for (customer,) in rows}
