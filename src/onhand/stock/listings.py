"""The ledger, read page by page."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from onhand.core.pages import Listing

_SKU = "(SELECT id FROM catalog_sku WHERE code = %(sku)s)"
_SITE = "(SELECT id FROM places_site WHERE code = %(site)s)"
_PLACES_OF_SITE = f"ARRAY(SELECT id FROM places_location WHERE site_id = {_SITE})"
_PLACES_SO_CALLED = "ARRAY(SELECT id FROM places_location WHERE code = %(location)s)"


class Lying(msgspec.Struct, frozen=True):
    """So much of a SKU (and lot) lies at a location."""

    sku: str
    site: str
    location: str
    kind: str
    lot: str | None
    expires_on: date | None
    quantity: Decimal


BALANCES = Listing(
    "stock",
    "balances",
    tuple[int, int, int],
    "(balance.sku_id, balance.location_id, coalesce(balance.lot_id, 0)) > (%(k0)s, %(k1)s, %(k2)s)",
    Lying,
    {
        "sku": f"balance.sku_id = {_SKU}",
        "site": f"balance.location_id = ANY ({_PLACES_OF_SITE})",
        "location": f"balance.location_id = ANY ({_PLACES_SO_CALLED})",
        "kind": "location.kind = %(kind)s",
        "lot": "lot.code = %(lot)s",
        "virtual": "balance.virtual = %(virtual)s",
    },
)


class LotView(msgspec.Struct, frozen=True):
    """A lot, or (``serial``) a single piece; ``on_hand`` is what of it is at our sites."""

    sku: str
    lot: str
    serial: bool
    expires_on: date | None
    on_hand: Decimal
    first_seen: datetime


LOTS = Listing(
    "stock",
    "lots",
    tuple[int],
    "lot.id > %(k0)s",
    LotView,
    {
        "sku": f"lot.sku_id = {_SKU}",
        "lot": "lot.code = %(lot)s",
        "serial": "lot.single = %(serial)s",
        "expires_before": "lot.expires_on < %(expires_before)s",
        "on_hand": "(held.quantity > 0) = %(on_hand)s",
    },
)


class End(msgspec.Struct, frozen=True):
    """Where a move began or ended."""

    site: str
    location: str


class MoveView(msgspec.Struct, frozen=True):
    """An entry of the ledger. ``at`` is when it happened, ``recorded_at`` when we learned of it."""

    id: int
    at: datetime
    recorded_at: datetime
    sku: str
    lot: str | None
    quantity: Decimal
    source: End
    target: End
    reason: str
    reference: str
    actor: str


def _move(*row: Any) -> MoveView:
    facts, ends, words = row[:6], row[6:10], row[10:]
    return MoveView(*(*facts, End(*ends[:2]), End(*ends[2:]), *words))


def _touches(places: str) -> str:
    """The moves of locations, found through the SKUs that ever lay there: the ledger has no index by location."""
    through = f"SELECT sku_id FROM stock_balance WHERE location_id = ANY ({places})"
    return f"move.sku_id IN ({through}) AND (move.source_id = ANY ({places}) OR move.target_id = ANY ({places}))"


MOVES = Listing(
    "stock",
    "moves",
    tuple[datetime, int],
    "(move.at, move.id) < (%(k0)s, %(k1)s)",
    _move,
    {
        "sku": f"move.sku_id = {_SKU}",
        "site": f"(move.source_id = ANY ({_PLACES_OF_SITE}) OR move.target_id = ANY ({_PLACES_OF_SITE}))",
        "location": _touches(_PLACES_SO_CALLED),
        "lot": "move.sku_id IN (SELECT sku_id FROM stock_lot WHERE code = %(lot)s)"
        " AND move.lot_id = ANY (ARRAY(SELECT id FROM stock_lot WHERE code = %(lot)s))",
        "reference": "move.reference = %(reference)s AND move.reference <> ''",
        "reason": "move.reason = %(reason)s",
        "since": "move.at >= %(since)s",
        "until": "move.at < %(until)s",
    },
)


class SupplyView(msgspec.Struct, frozen=True):
    """Goods that are to come to a site; ``closed_at`` when all of them have come."""

    id: UUID
    kind: str
    reference: str
    sku: str
    site: str
    origin: str | None
    lot: str | None
    quantity: Decimal
    received: Decimal
    outstanding: Decimal
    promised: Decimal
    due: datetime
    announced_at: datetime
    closed_at: datetime | None


SUPPLIES = Listing(
    "stock",
    "supplies",
    tuple[datetime, UUID],
    "(supply.due, supply.id) > (%(k0)s, %(k1)s)",
    SupplyView,
    {
        "open": "supply.closed_at IS NULL",
        "closed": "supply.closed_at IS NOT NULL",
        "sku": f"supply.sku_id = {_SKU}",
        "site": f"supply.site_id = {_SITE}",
        "reference": "supply.reference = %(reference)s",
        "kind": "supply.kind = %(kind)s",
        "due_before": "supply.due < %(due_before)s",
    },
)


class ThresholdView(msgspec.Struct, frozen=True):
    """A threshold; ``below_since`` is when available fell below it, null while it is not."""

    sku: str
    site: str
    quantity: Decimal
    available: Decimal
    below_since: datetime | None


THRESHOLDS = Listing(
    "stock",
    "thresholds",
    tuple[int, int],
    "(threshold.sku_id, threshold.site_id) > (%(k0)s, %(k1)s)",
    ThresholdView,
    {
        "sku": f"threshold.sku_id = {_SKU}",
        "site": f"threshold.site_id = {_SITE}",
        "below": "(threshold.crossed_at IS NOT NULL) = %(below)s",
    },
)
