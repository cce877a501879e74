"""What flows answer when they have done what was asked."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec

from onhand.flows.workspace import Workspace


class LineNow(msgspec.Struct, frozen=True):
    """A line's quantities, as they are now."""

    line: int
    ordered: Decimal
    reserved: Decimal
    backordered: Decimal
    shipped: Decimal
    cancelled: Decimal
    returned: Decimal


class OrderChanged(msgspec.Struct, frozen=True, tag="changed", tag_field="answer"):
    """The order after the change."""

    id: UUID
    channel: str
    number: str
    state: str
    lines: list[LineNow]


class PositionNow(msgspec.Struct, frozen=True):
    """A SKU at a site after the change."""

    sku: str
    site: str
    on_hand: Decimal
    reserved: Decimal
    available: Decimal


class StockChanged(msgspec.Struct, frozen=True, tag="recorded", tag_field="answer"):
    """The ledger has it; these positions changed."""

    reference: str
    positions: list[PositionNow]


class ThresholdsSet(msgspec.Struct, frozen=True, tag="thresholds_set", tag_field="answer"):
    """So many thresholds are set, or taken away."""

    thresholds: int


class CartHeld(msgspec.Struct, frozen=True, tag="held", tag_field="answer"):
    """What is set aside for a cart."""

    cart: str
    lines: list[PositionNow] = []


def order_changed(space: Workspace, order: UUID, channel: str, number: str) -> OrderChanged:
    """Describe an order of the workspace as it is now."""
    lines = [
        LineNow(each.number, each.ordered, each.reserved, each.backordered, each.shipped, each.cancelled, each.returned)
        for each in space.desk.lines[order]
    ]
    return OrderChanged(order, channel, number, space.state(order), lines)


def position_now(space: Workspace, sku: tuple[int, str], site: tuple[int, str]) -> PositionNow:
    """Describe a position of the workspace as it is now; ids come with the codes they are shown as."""
    position = space.shelf.positions[sku[0], site[0]]
    return PositionNow(sku[1], site[1], position.on_hand, position.reserved, position.available)
