"""Verbs of orders. An order's row lock covers its lines and backorders; positions are always locked before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec

from onhand.access.privacy.vault import Vault, enroll
from onhand.core.asks import Command
from onhand.core.batch import Diary, moment
from onhand.core.database import Connection, statement
from onhand.core.ids import new_id
from onhand.core.quantity import Quantity
from onhand.core.texts import Code, Currency, Name
from onhand.orders.rules import Line, Order
from onhand.orders.secrets import ADDRESS, POSTCODE


class NewOrder(NamedTuple):
    """An order about to be recorded."""

    id: UUID
    channel: int
    number: str
    customer: int | None
    currency: str
    country: str | None
    postcode: str  # sealed, as the address is
    address: str
    latitude: float | None
    longitude: float | None
    priority: int
    state: str
    placed_at: datetime


class NewBackorder(NamedTuple):
    """Something a line begins to wait for."""

    id: UUID
    line: UUID
    order: UUID
    sku: int
    quantity: Quantity
    priority: int
    since: datetime
    cause: str
    eta: datetime | None


@dataclass(slots=True)
class Desk:
    """The orders a batch has locked, and what it decides about them, until it is written."""

    orders: dict[UUID, Order] = field(default_factory=dict)
    lines: dict[UUID, list[Line]] = field(default_factory=dict)
    by_id: dict[UUID, Line] = field(default_factory=dict)
    backorders: dict[UUID, Waiting] = field(default_factory=dict)
    ended: list[Waiting] = field(default_factory=list)
    added: list[Line] = field(default_factory=list)
    # Lines that wait for more or less than before, or have other goods promised: their day may be another.
    stirred: set[UUID] = field(default_factory=set)

    def line(self, line: UUID) -> Line:
        """A line of a locked order, by its id."""
        return self.by_id[line]

    def wait(self, line: Line, quantity: Quantity, cause: str, now: datetime) -> None:
        """A line waits for so much more."""
        line.backordered += quantity
        self.stirred.add(line.id)
        waiting = self.backorders.get(line.id)
        if waiting and not waiting.quantity and waiting.cause is None:
            # It ended earlier in this batch: what begins now is a wait of its own, with its own place in the queue.
            self.ended.append(waiting)
            waiting = None
        if waiting:
            waiting.quantity += quantity
        else:
            priority = self.orders[line.order].priority
            self.backorders[line.id] = Waiting(
                new_id(), line.id, line.order, line.sku, quantity, priority, now, cause=cause
            )

    def stop_waiting(self, line: Line, quantity: Quantity, outcome: Outcome) -> None:
        """A line waits for so much less; when it waits no longer, ``outcome`` says what became of its waiting."""
        line.backordered -= quantity
        self.stirred.add(line.id)
        waiting = self.backorders[line.id]
        waiting.quantity -= quantity
        waiting.outcome = outcome


Outcome = Literal["served", "given_up"]


@dataclass(slots=True)
class Waiting:
    """An open backorder; ``eta`` when all of it is promised to have come; ``cause`` only of one that begins now."""

    id: UUID
    line: UUID
    order: UUID
    sku: int
    quantity: Quantity
    priority: int
    since: datetime
    eta: datetime | None = None
    outcome: Outcome | None = None
    cause: str | None = None


def place(
    db: Connection,
    orders: Sequence[NewOrder],
    lines: Sequence[Line],
    waits: Sequence[NewBackorder],
    vault: Vault | None = None,
) -> None:
    """Record new orders with their lines and what these wait for; ``vault``: what sealed where they go."""
    if vault:
        vault.keep(db)
    if orders:
        # In one order everywhere: two batches with the same numbers must not wait for each other.
        ordered = sorted(orders, key=lambda each: (each.channel, each.number))
        db.execute(statement("orders", "insert_orders"), [list(column) for column in zip(*ordered, strict=True)])
    _insert_lines(db, lines)
    _insert_backorders(db, waits)


def lock(db: Connection, ids: Iterable[UUID]) -> Desk:
    """Lock orders, in order of id, and read their lines and open backorders."""
    wanted = sorted(set(ids))
    desk = Desk()
    if not wanted:
        return desk
    for row in db.execute(statement("orders", "lock_orders"), (wanted,)):
        desk.orders[row[0]] = Order(*row)
        desk.lines[row[0]] = []
    for row in db.execute(statement("orders", "read_lines"), (wanted,)):
        desk.by_id[row[0]] = line = Line(*row)
        desk.lines[line.order].append(line)
    for row in db.execute(statement("orders", "read_backorders"), (wanted,)):
        desk.backorders[row[1]] = Waiting(*row)
    return desk


def write(db: Connection, desk: Desk, states: dict[UUID, str], now: datetime) -> None:
    """Write back every order of the desk: moments, state, lines, backorders."""
    if not desk.orders:
        return
    _insert_lines(db, desk.added)
    fresh = {line.id for line in desk.added}
    _update_lines(db, [line for lines in desk.lines.values() for line in lines if line.id not in fresh])
    for each in desk.backorders.values():
        each.priority = desk.orders[each.order].priority  # what an order waits for goes up and down the queue with it
    kept = [each for each in desk.backorders.values() if each.cause is None]
    _update_backorders(db, [*desk.ended, *kept], now)
    _insert_backorders(db, _begun(desk))
    orders = list(desk.orders.values())
    db.execute(
        statement("orders", "update_orders"),
        (
            [order.id for order in orders],
            [states[order.id] for order in orders],
            [order.priority for order in orders],
            [order.confirmed_at for order in orders],
            [order.held_at for order in orders],
            [order.picked_at for order in orders],
            [order.packed_at for order in orders],
            [order.shipped_at for order in orders],
            [order.delivered_at for order in orders],
        ),
    )


class NewPlace(NamedTuple):
    """Where an order goes from now on, in plain text."""

    order: UUID
    country: str
    postcode: str
    address: str
    latitude: float | None
    longitude: float | None


def redirect(db: Connection, places: Sequence[NewPlace]) -> None:
    """Send locked orders elsewhere. Postcode and address are sealed on the way."""
    if not places:
        return
    rows = db.execute(statement("orders", "subjects_of_orders"), ([each.order for each in places],))
    subjects: dict[UUID, str] = dict(rows.fetchall())
    vault = enroll(db, (subjects[each.order] for each in places if each.postcode or each.address))
    sealed = [_sealed_place(vault, subjects[each.order], each) for each in places]
    db.execute(statement("orders", "redirect_orders"), [list(column) for column in zip(*sealed, strict=True)])


def _sealed_place(vault: Vault, subject: str, place: NewPlace) -> NewPlace:
    latitude, longitude = coarse(place.latitude, place.longitude)
    return place._replace(
        postcode=vault.seal(subject, POSTCODE, place.postcode),
        address=vault.seal(subject, ADDRESS, place.address),
        latitude=latitude,
        longitude=longitude,
    )


# A tenth of a degree is a town, and no house: near enough to choose a site by, later.
COARSE = 1


def coarse(latitude: float | None, longitude: float | None) -> tuple[float | None, float | None]:
    """Coordinates as they are kept: of the town."""
    if latitude is None or longitude is None:
        return latitude, longitude
    return round(latitude, COARSE), round(longitude, COARSE)


def _insert_lines(db: Connection, lines: Sequence[Line]) -> None:
    if lines:
        rows = [
            (
                *_identity(line),
                line.ordered,
                line.reserved,
                line.backordered,
                line.shipped,
                line.cancelled,
                line.unit_price,
            )
            for line in lines
        ]
        db.execute(statement("orders", "insert_lines"), [list(column) for column in zip(*rows, strict=True)])


def _identity(line: Line) -> tuple[UUID, UUID, int, int]:
    return line.id, line.order, line.number, line.sku


def _update_lines(db: Connection, lines: Sequence[Line]) -> None:
    if lines:
        rows = [
            (line.id, line.ordered, line.reserved, line.backordered, line.shipped, line.cancelled, line.returned)
            for line in lines
        ]
        db.execute(statement("orders", "update_lines"), [list(column) for column in zip(*rows, strict=True)])


def _begun(desk: Desk) -> list[NewBackorder]:
    """What began to wait in this batch and still does at its end."""
    return [
        NewBackorder(
            each.id, each.line, each.order, each.sku, each.quantity, each.priority, each.since, each.cause, each.eta
        )
        for each in desk.backorders.values()
        if each.cause and each.quantity
    ]


def _insert_backorders(db: Connection, waits: Sequence[NewBackorder]) -> None:
    if waits:
        db.execute(statement("orders", "insert_backorders"), [list(column) for column in zip(*waits, strict=True)])


def _update_backorders(db: Connection, backorders: Sequence[Waiting], now: datetime) -> None:
    if backorders:
        ids, quantities = [each.id for each in backorders], [each.quantity for each in backorders]
        priorities, outcomes = [each.priority for each in backorders], [each.outcome for each in backorders]
        etas = [each.eta for each in backorders]
        db.execute(statement("orders", "update_backorders"), (now, ids, quantities, priorities, outcomes, etas))


class ChannelRecord(Command, frozen=True):
    """A channel as it shall be, known by its code. One that is not ``active`` takes no orders."""

    code: Code
    name: Name
    kind: Literal["web", "store", "marketplace", "phone"]
    currency: Currency
    backorders: bool = True
    active: bool = True


class SavedChannel(msgspec.Struct, frozen=True):
    """What became of a channel's record."""

    code: str
    change: Literal["created", "changed", "unchanged"]


def save_channels(db: Connection, channels: Sequence[ChannelRecord], *, actor: str = "system") -> list[SavedChannel]:
    """Create channels, or change them; the last record of a code counts."""
    last = {each.code: each for each in channels}
    rows = [msgspec.structs.astuple(each) for _, each in sorted(last.items())]
    if not rows:
        return []
    columns = [list(column) for column in zip(*rows, strict=True)]
    diary, saved = Diary(actor, moment(db, None)), dict[str, SavedChannel]()
    for code, change, before in db.execute(statement("orders", "save_channels"), columns):
        saved[code] = SavedChannel(code, change)
        diary.note("channel.saved", f"channel/{code}", change, last[code], before)
    diary.write(db)
    return [saved[each.code] for each in channels]
