"""Orders, and what they hold and wait for, read page by page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.money import Money
from onhand.core.pages import Listing, Page
from onhand.orders.queries import OrderView, views

_SKU = "(SELECT id FROM catalog_sku WHERE code = %(sku)s)"
_SITE = "(SELECT id FROM places_site WHERE code = %(site)s)"
_CHANNEL = "(SELECT id FROM orders_channel WHERE code = %(channel)s)"

# An order's number is its channel's own, so whoever asks by number must name the channel too.
_LINES_OF_ORDER = (
    'ARRAY(SELECT line.id FROM orders_line AS line JOIN orders_order AS "order" ON "order".id = line.order_id'
    f' WHERE "order".channel_id = {_CHANNEL} AND "order".number = %(number)s)'
)


# Lines have no index by SKU, which every order would pay for. Each line began with a claim or a backorder, though.
_ORDERS_OF_SKU = (
    "SELECT line.order_id FROM stock_reservation AS claim JOIN orders_line AS line ON line.id = claim.line_id"
    f" WHERE claim.sku_id = {_SKU} UNION SELECT order_id FROM orders_backorder WHERE sku_id = {_SKU}"
)
MANY_CLAIMS = 20_000


def _same(order: UUID) -> UUID:
    return order


ORDERS = Listing(
    "orders",
    "page_orders",
    tuple[UUID],
    '"order".id < %(k0)s',
    _same,
    {
        "channel": f'"order".channel_id = {_CHANNEL}',
        "number": '"order".number = %(number)s',
        "state": '"order".state = %(state)s',
        "customer": '"order".customer_id = (SELECT id FROM customers_customer WHERE code = %(customer)s)',
        "sku": f'"order".id IN ({_ORDERS_OF_SKU})',
        "common_sku": 'EXISTS (SELECT FROM orders_line WHERE order_id = "order".id'
        " AND sku_id = (SELECT id FROM catalog_sku WHERE code = %(common_sku)s))",
        "since": '"order".placed_at >= %(since)s',
        "until": '"order".placed_at < %(until)s',
    },
)


def orders(db: Connection, given: Mapping[str, Any], *, after: str | None, most: int) -> Page[OrderView]:
    """A page of orders with their lines, newest first."""
    given = dict(given)
    if given.get("sku") and _is_common(db, given["sku"]):
        given["common_sku"] = given.pop("sku")
    found = ORDERS.page(db, given, after=after, most=most)
    return Page(views(db, found.items), found.next)


def _is_common(db: Connection, sku: str) -> bool:
    """Whether a SKU is in so many orders that going through the latest ones finds it soonest."""
    row = db.execute(statement("orders", "claims_at_most"), {"sku": sku, "most": MANY_CLAIMS}).fetchone()
    return row is not None and row[0] >= MANY_CLAIMS


class ChannelView(msgspec.Struct, frozen=True):
    """Where orders come from; ``backorders`` says whether they may wait for stock."""

    code: str
    name: str
    kind: str
    currency: str
    backorders: bool
    active: bool


CHANNELS = Listing(
    "orders",
    "channels",
    tuple[str],
    "channel.code > %(k0)s",
    ChannelView,
    {
        "code": "channel.code = %(code)s",
        "kind": "channel.kind = %(kind)s",
        "active": "channel.active = %(active)s",
    },
)


class BackorderView(msgspec.Struct, frozen=True):
    """What an order line waits for.

    ``eta`` is when all of it is promised to have come, null while it is not all promised; ``value`` what the customer
    will pay for it; ``age_seconds`` how long it has waited.
    """

    channel: str
    number: str
    line: int
    sku: str
    quantity: Decimal
    priority: int
    since: datetime
    cause: str
    eta: datetime | None
    value: Money
    age_seconds: int = 0

    def aged(self, now: datetime) -> BackorderView:
        """The same, as old as it is now."""
        return msgspec.structs.replace(self, age_seconds=max(0, int((now - self.since).total_seconds())))


def _backorder(*row: Any) -> BackorderView:
    *facts, unit_price, currency = row
    value = Money(facts[4] * unit_price, currency).rounded()
    return BackorderView(*(*facts, value))


BACKORDERS = Listing(
    "orders",
    "backorders",
    tuple[datetime, UUID],
    "(waiting.since, waiting.id) > (%(k0)s, %(k1)s)",
    _backorder,
    {
        "sku": f"waiting.sku_id = {_SKU}",
        "channel": f'"order".channel_id = {_CHANNEL}',
        "cause": "waiting.cause = %(cause)s",
        "since": "waiting.since >= %(since)s",
        "until": "waiting.since < %(until)s",
    },
)


class OrderLine(msgspec.Struct, frozen=True):
    """A line of an order."""

    channel: str
    number: str
    line: int


class ComingSupply(msgspec.Struct, frozen=True):
    """The goods to come that a claim is made on."""

    reference: str
    due: datetime


class ReservationView(msgspec.Struct, frozen=True):
    """An open claim: of an order's line, or of a cart until ``expires_at``; on stock, or on a ``supply`` to come."""

    id: UUID
    sku: str
    site: str
    quantity: Decimal
    made_at: datetime
    order: OrderLine | None
    cart: str | None
    expires_at: datetime | None
    supply: ComingSupply | None


def _reservation(*row: Any) -> ReservationView:
    *claim, channel, number, line, cart, expires_at, reference, due = row
    order = OrderLine(channel, number, line) if channel else None
    supply = ComingSupply(reference, due) if due else None
    return ReservationView(*(*claim, order, cart, expires_at, supply))


RESERVATIONS = Listing(
    "orders",
    "reservations",
    tuple[UUID],
    "claim.id < %(k0)s",
    _reservation,
    {
        "sku": f"claim.sku_id = {_SKU}",
        "site": f"claim.site_id = {_SITE}",
        "channel": f'"order".channel_id = {_CHANNEL}',
        "number": f"claim.cart IS NULL AND claim.line_id = ANY ({_LINES_OF_ORDER})",
        "cart": "claim.cart = %(cart)s AND claim.line_id IS NULL",
    },
)
