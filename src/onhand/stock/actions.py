"""Verbs of the ledger. Only here are moves, balances, positions, supplies and reservations written.

The rule for locks, once: **positions first, in the order (sku, site), before anything else that can be changed is
read.** A position's lock covers its balances, supplies and reservations, so nothing else of this room is locked.
``claim_late`` alone locks them last, for orders that need nothing but what is there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from onhand.core.database import Connection, statement
from onhand.core.ids import new_id
from onhand.core.quantity import Quantity
from onhand.stock.rules import Claim, Crossing, Moved, Pair, Position, Shelf, balance_changes


def lock(db: Connection, pairs: Iterable[Pair]) -> Shelf:
    """Lock those of these positions that exist, in the one global order, and lay them on a shelf."""
    skus, sites = _columns(sorted(set(pairs)))
    if not skus:
        return Shelf({})
    rows = db.execute(statement("stock", "lock_positions"), (skus, sites)).fetchall()
    return Shelf({(sku, site): Position(*figures) for sku, site, *figures in rows})


def lock_making(db: Connection, pairs: Iterable[Pair]) -> Shelf:
    """Lock these positions, first making those that do not exist.

    An empty position is true at any time, so making one needs no company: it is committed at once, and locks are
    then taken in order as always. Inserting while holding locks would break the order and deadlock. Nothing may
    have been written in the transaction before this is called.
    """
    wanted = sorted(set(pairs))
    shelf = lock(db, wanted)
    missing = [pair for pair in wanted if pair not in shelf.positions]
    if not missing:
        return shelf
    db.commit()
    db.execute(statement("stock", "make_positions"), _columns(missing))
    db.commit()
    return lock(db, wanted)


def make(db: Connection, pairs: Iterable[Pair]) -> None:
    """Make those of these positions that do not exist, for flows to come; committed by itself, before any lock."""
    wanted = sorted(set(pairs))
    if wanted:
        db.execute(statement("stock", "make_positions"), _columns(wanted))


def glance(db: Connection, pairs: Iterable[Pair]) -> Shelf:
    """Lay positions on a shelf without locking them. What is decided there must be claimed by ``claim_late``."""
    skus, sites = _columns(list(set(pairs)))
    rows = db.execute(statement("stock", "glance_at_positions"), (skus, sites)).fetchall()
    return Shelf({(sku, site): Position(*figures) for sku, site, *figures in rows})


class TooLate(Exception):
    """What was seen at a glance has been promised to others meanwhile; decide again, under the locks."""


def claim_late(db: Connection, shelf: Shelf, now: datetime) -> list[Crossing]:
    """Make the claims that were decided at a glance; returns the thresholds crossed.

    The positions are locked last, so that others wait for as short a time as can be, and hold what is claimed or not:
    then ``TooLate`` is raised, and the caller takes back what it has written. The shelf may hold new claims only.
    """
    _make_claims(db, list(shelf.made.values()))
    locked = lock(db, shelf.before)
    for (sku, site), was in shelf.before.items():
        position, claimed = locked.touch(sku, site), shelf.positions[sku, site].reserved - was.reserved
        if position.available < claimed:
            raise TooLate
        position.reserved += claimed
    _change_positions(db, locked)
    return _cross(db, locked, now)


def write(db: Connection, shelf: Shelf, now: datetime) -> list[Crossing]:
    """Write what was decided on the shelf, each table once; returns the thresholds crossed."""
    _change_positions(db, shelf)
    _end_claims(db, shelf, now)
    _make_claims(db, list(shelf.made.values()))
    _change_supplies(db, shelf, now)
    _post(db, shelf.moves, now)
    return _cross(db, shelf, now)


def _columns(pairs: Sequence[Pair]) -> tuple[list[int], list[int]]:
    return [sku for sku, _ in pairs], [site for _, site in pairs]


def _change_positions(db: Connection, shelf: Shelf) -> None:
    changes = shelf.changed()
    if not changes:
        return
    skus, sites = _columns([pair for pair, _ in changes])
    figures = [list(column) for column in zip(*(change for _, change in changes), strict=True)]
    db.execute(statement("stock", "change_positions"), (skus, sites, *figures))


def _end_claims(db: Connection, shelf: Shelf, now: datetime) -> None:
    if shelf.ended:
        ids, outcomes = [ended.claim for ended in shelf.ended], [ended.outcome for ended in shelf.ended]
        db.execute(statement("stock", "end_claims"), (now, ids, outcomes))


def _make_claims(db: Connection, claims: Sequence[Claim]) -> None:
    if claims:
        columns = [list(column) for column in zip(*claims, strict=True)]
        db.execute(statement("stock", "make_claims"), columns)


def _change_supplies(db: Connection, shelf: Shelf, now: datetime) -> None:
    if shelf.supplies:
        changes = shelf.supplies.values()
        values = (
            list(shelf.supplies),
            [change.received for change in changes],
            [change.promised for change in changes],
            [change.announced for change in changes],
            [change.due for change in changes],
            now,
        )
        db.execute(statement("stock", "change_supplies"), values)


def _post(db: Connection, moves: Sequence[Moved], now: datetime) -> None:
    if not moves:
        return
    changes = balance_changes(moves)
    keys = [list(column) for column in zip(*changes, strict=True)]
    quantities = [quantity for quantity, _ in changes.values()]
    virtual = [virtual for _, virtual in changes.values()]
    # Two statements: an INSERT of a negative difference would fail its check before it found the row it adds to.
    db.execute(statement("stock", "make_balances"), (*keys, virtual))
    db.execute(statement("stock", "change_balances"), (*keys, quantities))
    db.execute(
        statement("stock", "record_moves"),
        (
            now,
            [move.sku for move in moves],
            [move.lot for move in moves],
            [move.source.id for move in moves],
            [move.target.id for move in moves],
            [move.quantity for move in moves],
            [move.at for move in moves],
            [move.reason for move in moves],
            [move.reference for move in moves],
            [move.actor for move in moves],
        ),
    )


def _cross(db: Connection, shelf: Shelf, now: datetime) -> list[Crossing]:
    crossings = shelf.crossings()
    if crossings:
        skus, sites = [crossing.sku for crossing in crossings], [crossing.site for crossing in crossings]
        below = [crossing.below for crossing in crossings]
        db.execute(statement("stock", "cross_thresholds"), (now, skus, sites, below))
    return crossings


class Announced(NamedTuple):
    """Goods to come, about to be recorded as a supply."""

    kind: str
    reference: str
    sku: int
    site: int
    quantity: Quantity
    due: datetime
    origin: int | None = None
    lot: int | None = None


def announce(db: Connection, supplies: Sequence[Announced]) -> list[UUID]:
    """Record supplies; their positions must be locked, and their inbound entered on the shelf by the caller."""
    ids = [new_id() for _ in supplies]
    if supplies:
        columns = [list(column) for column in zip(*supplies, strict=True)]
        db.execute(statement("stock", "announce_supplies"), (ids, *columns))
    return ids


class NewLot(NamedTuple):
    """A lot or a serial number somebody named on arrival."""

    sku: int
    code: str
    expires_on: date | None
    single: bool


def lots(db: Connection, wanted: Sequence[NewLot]) -> dict[tuple[int, str], int]:
    """Find or make lots; a known lot keeps the expiry date it was first given."""
    if not wanted:
        return {}
    ordered = sorted(set(wanted), key=lambda lot: (lot.sku, lot.code))
    columns = [list(column) for column in zip(*ordered, strict=True)]
    db.execute(statement("stock", "make_lots"), columns)
    rows = db.execute(statement("stock", "find_lots"), columns[:2]).fetchall()
    return {(sku, code): lot for sku, code, lot in rows}


def lock_pieces(db: Connection, lots: Iterable[int]) -> set[int]:
    """Lock those of these lots that are single pieces; returns which of them are on hand already.

    Taken after positions and orders: a piece can come in at two sites at once, which no position's lock would see.
    """
    wanted = sorted(set(lots))
    pieces = [lot for (lot,) in db.execute(statement("stock", "lock_pieces"), (wanted,))] if wanted else []
    if not pieces:
        return set()
    return {lot for (lot,) in db.execute(statement("stock", "pieces_on_hand"), (pieces,))}


def set_thresholds(db: Connection, wanted: Sequence[tuple[int, int, Quantity | None]]) -> None:
    """Set, change or (None) remove thresholds; whether they are crossed now is decided at the next change."""
    if not wanted:
        return
    ordered = sorted(wanted, key=lambda each: each[:2])
    columns = [list(column) for column in zip(*ordered, strict=True)]
    db.execute(statement("stock", "drop_thresholds"), columns)
    db.execute(statement("stock", "set_thresholds"), columns)
