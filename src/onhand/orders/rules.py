"""Decisions about orders: the state an order is in, as a consequence of its lines and its moments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onhand.core.quantity import ZERO, Quantity


@dataclass(slots=True)
class Line:
    """A line of an order. Ordered = reserved + backordered + shipped + cancelled, at every moment."""

    id: UUID
    order: UUID
    number: int
    sku: int
    ordered: Quantity
    reserved: Quantity = ZERO
    backordered: Quantity = ZERO
    shipped: Quantity = ZERO
    cancelled: Quantity = ZERO
    returned: Quantity = ZERO
    unit_price: Quantity = ZERO

    @property
    def open(self) -> Quantity:
        """What the customer still waits for."""
        return self.reserved + self.backordered

    @property
    def with_customer(self) -> Quantity:
        """What the customer has, and may send back."""
        return self.shipped - self.returned


@dataclass(slots=True)
class Order:
    """An order's moments, as far as its state depends on them."""

    id: UUID
    priority: int = 0
    confirmed_at: datetime | None = None
    held_at: datetime | None = None
    picked_at: datetime | None = None
    packed_at: datetime | None = None
    shipped_at: datetime | None = None
    delivered_at: datetime | None = None


def state(order: Order, lines: Sequence[Line]) -> str:
    """Name the state of an order: the furthest thing that is true of all that is still wanted of it."""
    reserved = backordered = shipped = False
    for line in lines:
        reserved |= bool(line.reserved)
        backordered |= bool(line.backordered)
        shipped |= bool(line.shipped)
    if not reserved and not backordered:
        return _closed(order, lines, shipped=shipped)
    if order.held_at:
        return "held"
    if shipped:
        return "part_shipped"
    if order.packed_at:
        return "packed"
    if order.picked_at:
        return "picked"
    if backordered:
        return "backordered"
    return "confirmed" if order.confirmed_at else "placed"


def _closed(order: Order, lines: Sequence[Line], *, shipped: bool) -> str:
    if not shipped:
        return "cancelled"
    if all(line.returned == line.shipped for line in lines):
        return "returned"
    return "delivered" if order.delivered_at else "shipped"


def cancellable(line: Line, *, picked: bool) -> Quantity:
    """How much of a line its customer may still give up: once the order is picked, only what it waits for."""
    return line.backordered if picked else line.open
