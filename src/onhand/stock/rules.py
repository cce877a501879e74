"""Decisions about stock, in plain arithmetic: what a claim or a move does to the positions a batch has locked.

A flow locks positions, lays them on a ``Shelf``, decides line by line against what is left there, and hands the shelf
back to ``actions.write``, which writes each table once. Because every decision of a batch sees the ones before it,
the sum a batch takes from a position is checked, not only each line.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from onhand.core.ids import new_id
from onhand.core.quantity import ZERO, Quantity

# (sku, site): the one global order in which positions are locked.
Pair = tuple[int, int]

NOT_FOR_SALE = frozenset({"quarantine", "damaged"})


def available(on_hand: Quantity, unsellable: Quantity, reserved: Quantity) -> Quantity:
    """What may still be promised: on hand that may be sold − reserved.

    Shopify and Saleor count alike: what is on hand less what is committed, reserved or set aside.
    """
    return on_hand - unsellable - reserved


class Place(NamedTuple):
    """A location as the ledger sees it."""

    id: int
    site: int
    code: str
    kind: str

    @property
    def virtual(self) -> bool:
        """Supplier, customer, loss, workshop and transit: nobody can walk there, and they may go below zero."""
        return self.kind == "virtual"

    @property
    def on_hand(self) -> bool:
        """Whether goods here are at the site."""
        return self.kind != "virtual"

    @property
    def unsellable(self) -> bool:
        """Whether goods here are at the site but may not be sold."""
        return self.kind in NOT_FOR_SALE


@dataclass(slots=True)
class Position:
    """A SKU at a site, as locked, and what the batch has made of it."""

    on_hand: Quantity = ZERO
    unsellable: Quantity = ZERO
    reserved: Quantity = ZERO
    inbound: Quantity = ZERO
    promised: Quantity = ZERO
    in_transit: Quantity = ZERO
    threshold: Quantity | None = None
    crossed_at: datetime | None = None

    @property
    def available(self) -> Quantity:
        """What may still be promised."""
        return self.on_hand - self.unsellable - self.reserved


class Figures(NamedTuple):
    """The six figures of a position that the ledger writes."""

    on_hand: Quantity
    unsellable: Quantity
    reserved: Quantity
    inbound: Quantity
    promised: Quantity
    in_transit: Quantity


def _figures(position: Position) -> Figures:
    return Figures(
        position.on_hand,
        position.unsellable,
        position.reserved,
        position.inbound,
        position.promised,
        position.in_transit,
    )


class Claim(NamedTuple):
    """A reservation: of an order line or a cart, on a position or (``supply``) on goods still to come."""

    id: UUID
    sku: int
    site: int
    quantity: Quantity
    made_at: datetime
    line: UUID | None = None
    cart: str | None = None
    expires_at: datetime | None = None
    supply: UUID | None = None


class Ended(NamedTuple):
    """A claim that is over, and how it ended."""

    claim: UUID
    outcome: str


class Moved(NamedTuple):
    """An entry about to be written into the ledger."""

    sku: int
    lot: int | None
    source: Place
    target: Place
    quantity: Quantity
    at: datetime
    reason: str
    reference: str
    actor: str


@dataclass(slots=True)
class Bin:
    """Goods of one SKU and lot at one location: what a picker can lay hands on."""

    place: Place
    lot: int | None
    lot_code: str | None
    expires_on: date | None
    quantity: Quantity


class Crossing(NamedTuple):
    """Available stock fell below its threshold, or came back above it."""

    sku: int
    site: int
    below: bool
    available: Quantity
    threshold: Quantity


@dataclass(slots=True)
class OpenSupply:
    """Goods that are coming: how many still, and how many of them are promised."""

    id: UUID
    sku: int
    site: int
    kind: str
    reference: str
    due: datetime
    outstanding: Quantity
    promised: Quantity
    lot: int | None

    @property
    def free(self) -> Quantity:
        """What is promised to nobody yet; below zero where more is promised than comes."""
        return self.outstanding - self.promised


@dataclass(slots=True)
class SupplyChange:
    """What a batch does to a supply: received and promised so much more, so much more of it announced, another day."""

    received: Quantity = ZERO
    promised: Quantity = ZERO
    announced: Quantity = ZERO
    due: datetime | None = None


@dataclass(slots=True)
class Shelf:
    """The positions a batch has locked, and everything it decides about them, until it is written."""

    positions: dict[Pair, Position]
    before: dict[Pair, Figures] = field(default_factory=dict)
    made: dict[UUID, Claim] = field(default_factory=dict)
    ended: list[Ended] = field(default_factory=list)
    moves: list[Moved] = field(default_factory=list)
    supplies: dict[UUID, SupplyChange] = field(default_factory=dict)

    def available(self, sku: int, site: int) -> Quantity:
        """What may still be promised of a SKU at a site; zero where it was never stocked."""
        position = self.positions.get((sku, site))
        return position.available if position else ZERO

    def touch(self, sku: int, site: int) -> Position:
        """The position, about to be changed; remembers what it was. The pair must have been locked."""
        pair = (sku, site)
        position = self.positions[pair]
        if pair not in self.before:
            self.before[pair] = _figures(position)
        return position

    def reserve(
        self,
        sku: int,
        site: int,
        quantity: Quantity,
        at: datetime,
        *,
        line: UUID | None = None,
        cart: str | None = None,
        expires_at: datetime | None = None,
    ) -> Claim:
        """Claim available stock. Asking for more than is available is a bug of the caller, and stops."""
        position = self.touch(sku, site)
        if position.available < quantity:
            raise AssertionError(f"reserving {quantity} of {position.available} available of SKU {sku} at site {site}")
        position.reserved += quantity
        return self._make(Claim(new_id(), sku, site, quantity, at, line, cart, expires_at))

    def peg(self, supply: UUID, sku: int, site: int, quantity: Quantity, at: datetime, *, line: UUID) -> Claim:
        """Claim goods that are still to come."""
        self.touch(sku, site).promised += quantity
        self._supply(supply).promised += quantity
        return self._make(Claim(new_id(), sku, site, quantity, at, line, supply=supply))

    def end(self, claim: Claim, outcome: str, at: datetime, quantity: Quantity | None = None) -> Claim | None:
        """End a claim, or so much of it; the rest goes on as a claim of its own, which is returned."""
        ending = claim.quantity if quantity is None else quantity
        position = self.touch(claim.sku, claim.site)
        if claim.supply:
            position.promised -= ending
            self._supply(claim.supply).promised -= ending
        else:
            position.reserved -= ending
        if self.made.pop(claim.id, None) is None:
            self.ended.append(Ended(claim.id, outcome))
        if ending == claim.quantity:
            return None
        return self._make(claim._replace(id=new_id(), quantity=claim.quantity - ending, made_at=at))

    def restore(self, claim: Claim) -> None:
        """Think again: a claim that was ended whole on this shelf stands after all."""
        self.touch(claim.sku, claim.site).reserved += claim.quantity
        if not self.is_over(claim):
            self.made[claim.id] = claim  # it was made on this shelf too, and ending it left no trace
        self.ended = [ended for ended in self.ended if ended.claim != claim.id]

    def is_over(self, claim: Claim) -> bool:
        """Whether a claim that was read from the ledger has been ended on this shelf."""
        return any(ended.claim == claim.id for ended in self.ended)

    def expect(self, sku: int, site: int, quantity: Quantity) -> None:
        """Goods were announced (or, below zero, are no longer expected)."""
        self.touch(sku, site).inbound += quantity

    def arrive(self, supply: UUID, quantity: Quantity) -> None:
        """So much of a supply has been received."""
        self._supply(supply).received += quantity

    def revise(self, supply: UUID, *, more: Quantity = ZERO, due: datetime | None = None) -> None:
        """So much more of a supply is announced (below zero: less), or it comes on another day."""
        change = self._supply(supply)
        change.announced += more
        change.due = due or change.due

    def has_arrived(self, supply: UUID | None) -> bool:
        """Whether some of a supply has been received on this shelf."""
        return supply in self.supplies and self.supplies[supply].received > 0

    def promised_since(self, supply: UUID) -> Quantity:
        """By how much the promises on a supply have changed on this shelf."""
        return self.supplies.get(supply, SupplyChange()).promised

    def still_open(self, claims: Sequence[Claim]) -> list[Claim]:
        """Claims on supplies as they stand on this shelf: without the ended, and at the end what is left of those.

        Who has just had a part of what was promised stands before the others, and keeps the rest longest.
        """
        supplies, ended = {claim.supply for claim in claims}, {each.claim for each in self.ended}
        made = [claim for claim in self.made.values() if claim.supply and claim.supply in supplies]
        return [claim for claim in claims if claim.id not in ended] + made

    def move(self, moved: Moved) -> None:
        """Enter a move, and let it change the positions it leaves and reaches."""
        self._shift(moved.source, moved.sku, -moved.quantity)
        self._shift(moved.target, moved.sku, moved.quantity)
        self.moves.append(moved)

    def changed(self) -> list[tuple[Pair, Figures]]:
        """By how much each touched position has changed, in locking order; the unchanged are left out."""
        changes = []
        for pair in sorted(self.before):
            was, now = self.before[pair], _figures(self.positions[pair])
            if was != now:
                changes.append((pair, Figures(*(new - old for new, old in zip(now, was, strict=True)))))
        return changes

    def freed(self) -> set[Pair]:
        """Positions that have more to promise than when they were locked."""
        return {
            pair
            for pair, was in self.before.items()
            if self.positions[pair].available > was.on_hand - was.unsellable - was.reserved
        }

    def crossings(self) -> list[Crossing]:
        """Thresholds crossed by what this batch did: once when crossed, not at every move below."""
        found = []
        for (sku, site), position in ((pair, self.positions[pair]) for pair in sorted(self.before)):
            if position.threshold is not None:
                below = position.available < position.threshold
                if below != (position.crossed_at is not None):
                    found.append(Crossing(sku, site, below, position.available, position.threshold))
        return found

    def _make(self, claim: Claim) -> Claim:
        self.made[claim.id] = claim
        return claim

    def _supply(self, supply: UUID) -> SupplyChange:
        return self.supplies.setdefault(supply, SupplyChange())

    def _shift(self, place: Place, sku: int, quantity: Quantity) -> None:
        if place.on_hand:
            position = self.touch(sku, place.site)
            position.on_hand += quantity
            if place.unsellable:
                position.unsellable += quantity
        elif place.code == "transit":
            self.touch(sku, place.site).in_transit += quantity


def first_expired_first_out(bins: Iterable[Bin], on: date) -> list[Bin]:
    """The order in which to pick (FEFO): soonest expiry first, undated last, pick faces before reserve.

    What has expired by ``on`` is left where it is.
    """
    sound = [each for each in bins if each.expires_on is None or each.expires_on >= on]
    return sorted(sound, key=lambda b: (b.expires_on or date.max, b.place.kind != "pick", b.place.code, b.lot or 0))


def take(bins: Sequence[Bin], quantity: Quantity) -> list[tuple[Bin, Quantity]]:
    """Take a quantity out of bins, in their order; what is returned may sum to less than was asked."""
    taken: list[tuple[Bin, Quantity]] = []
    for each in bins:
        if quantity <= 0:
            break
        part = min(each.quantity, quantity)
        if part > 0:
            each.quantity -= part
            quantity -= part
            taken.append((each, part))
    return taken


def balance_changes(moves: Iterable[Moved]) -> dict[tuple[int, int, int | None], tuple[Quantity, bool]]:
    """What moves do to balances, folded to one change each: (sku, location, lot) → (difference, virtual)."""
    changes: dict[tuple[int, int, int | None], Quantity] = defaultdict(Decimal)
    virtual: dict[int, bool] = {}
    for move in moves:
        changes[move.sku, move.source.id, move.lot] -= move.quantity
        changes[move.sku, move.target.id, move.lot] += move.quantity
        virtual[move.source.id] = move.source.virtual
        virtual[move.target.id] = move.target.virtual
    ordered = sorted(changes, key=lambda key: (key[0], key[1], key[2] or 0))
    return {key: (changes[key], virtual[key[1]]) for key in ordered}


def promise(
    supplies: Iterable[OpenSupply], wanted: Quantity, sites: Container[int]
) -> list[tuple[OpenSupply, Quantity]]:
    """Which supplies give how much to somebody who waits, soonest first; may sum to less than is wanted.

    Only what comes to ``sites``, those that serve whoever waits.
    """
    parts = []
    for supply in sorted(supplies, key=lambda each: (each.due, each.id)):
        part = min(supply.free, wanted)
        if part > 0 and supply.site in sites:
            parts.append((supply, part))
            wanted -= part
    return parts


def come_by(promised: Iterable[tuple[Quantity, datetime]], waiting: Quantity) -> datetime | None:
    """The day on which all that somebody waits for has come; None while not all of it is promised."""
    parts = list(promised)
    if not parts or sum((quantity for quantity, _ in parts), ZERO) < waiting:
        return None
    return max(due for _, due in parts)


class Due(NamedTuple):
    """Goods on a day: coming (a supply) or going (a commitment)."""

    on: date
    quantity: Quantity


def discrete_atp(receipts: Sequence[Due], commitments: Mapping[date, Quantity]) -> list[Quantity]:
    """Discrete available-to-promise: each receipt less what is committed until the next one.

    ATP_i = receipt_i − commitments until the next receipt; the first receipt includes beginning stock. What a period
    lacks is taken from earlier periods first (so ATP is never below zero while an earlier one has some), as the
    NetSuite and QAD manuals describe it. ``receipts`` are in order of time; commitments are keyed by the day of the
    receipt whose period they fall into.
    """
    left = [receipt.quantity - commitments.get(receipt.on, ZERO) for receipt in receipts]
    for index in range(len(left) - 1, 0, -1):
        if left[index] < 0:
            left[index - 1] += left[index]
            left[index] = ZERO
    return left


def promise_date(receipts: Sequence[Due], left: Sequence[Quantity], asked: Quantity, fallback: date) -> date:
    """The first receipt whose own discrete ATP covers what is asked; ``fallback`` (today + ATP lead time) if none."""
    covering = (receipt.on for receipt, quantity in zip(receipts, left, strict=True) if quantity >= asked)
    return next(covering, fallback)
