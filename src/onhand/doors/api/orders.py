"""Questions about orders: what was promised to whom, what is held for them, and who waits."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta

from onhand.core import events
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.events import Event
from onhand.core.pages import Page
from onhand.core.refusals import Refused
from onhand.core.texts import Code
from onhand.doors.api.asking import Channel, Listed, Question, Reads, Since, Site, Sku, Until, no_such
from onhand.orders import listings, queries

READS = Reads("Orders", "see.orders")

Number = Annotated[Code, Meta(description="the channel's own number of the order")]
State = Literal[
    "placed",
    "confirmed",
    "backordered",
    "held",
    "picked",
    "packed",
    "part_shipped",
    "shipped",
    "delivered",
    "returned",
    "cancelled",
]


class OrdersAsked(Listed, frozen=True, kw_only=True):
    """Which orders."""

    channel: Channel | None = None
    number: Annotated[Number, Meta(description="an order's number; name its channel too")] | None = None
    state: State | None = None
    customer: Annotated[Code, Meta(description="a customer's code")] | None = None
    sku: Sku | None = None
    since: Since | None = None
    until: Until | None = None


@READS.at("/orders", "Orders, newest first")
def list_orders(db: Connection, asked: OrdersAsked) -> Page[queries.OrderView] | Refused:
    """With their lines. `since` and `until` speak of when the customer placed them."""
    if asked.number is not None and asked.channel is None:
        return _whose(asked.number)
    names = ("channel", "number", "state", "customer", "sku", "since", "until")
    given = {name: getattr(asked, name) for name in names}
    return listings.orders(db, given, after=asked.cursor, most=asked.limit)


class OrderAsked(Question, frozen=True, kw_only=True):
    """Which order."""

    channel: Channel
    number: Number


@READS.at("/orders/{channel}/{number}", "One order")
def read_order(db: Connection, asked: OrderAsked) -> queries.OrderView | Refused:
    """By channel and number. A number with a slash in it is found by `/orders?channel=…&number=…`."""
    order = _order_id(db, asked.channel, asked.number)
    return order if isinstance(order, Refused) else queries.views(db, [order])[0]


class HistoryAsked(Listed, frozen=True, kw_only=True):
    """Which order, and from where on."""

    channel: Channel
    number: Number


@READS.at("/orders/{channel}/{number}/history", "What happened to an order, and why")
def read_order_history(db: Connection, asked: HistoryAsked) -> Page[Event] | Refused:
    """Its events, oldest first; each automatic decision with the alternatives that were considered."""
    order = _order_id(db, asked.channel, asked.number)
    if isinstance(order, Refused):
        return order
    return events.about(db, f"order/{order}", after=asked.cursor, most=asked.limit)


def _order_id(db: Connection, channel: str, number: str) -> UUID | Refused:
    found = queries.ids_by_number(db, [(channel, number)])
    missing = Refused("unknown_order", f"There is no order {number!r} in channel {channel!r}.", "number")
    return found.get((channel, number), missing)


def _whose(number: str) -> Refused:
    detail = f"Every channel has its own numbers; name the channel of order {number!r} too."
    return Refused("missing_channel", detail, "channel")


class BackordersAsked(Listed, frozen=True, kw_only=True):
    """Who waits, for what."""

    sku: Sku | None = None
    channel: Channel | None = None
    cause: Literal["out_of_stock", "stock_lost", "amended"] | None = None
    since: Annotated[Since, Meta(description="waiting since this moment or later")] | None = None
    until: Annotated[Until, Meta(description="waiting since before this moment")] | None = None


@READS.at("/backorders", "Who waits for what")
def list_backorders(db: Connection, asked: BackordersAsked) -> Page[listings.BackorderView]:
    """Those who have waited longest first, with cause, age, value, and the day by which all of it is promised."""
    given = {name: getattr(asked, name) for name in ("sku", "channel", "cause", "since", "until")}
    found = listings.BACKORDERS.page(db, given, after=asked.cursor, most=asked.limit)
    now = utc_now()
    return Page([each.aged(now) for each in found.items], found.next)


class ReservationsAsked(Listed, frozen=True, kw_only=True):
    """Which claims."""

    sku: Sku | None = None
    site: Site | None = None
    channel: Channel | None = None
    number: Annotated[Number, Meta(description="an order's number; name its channel too")] | None = None
    cart: Annotated[Code, Meta(description="a cart's code")] | None = None


@READS.at("/reservations", "What is claimed, by whom")
def list_reservations(db: Connection, asked: ReservationsAsked) -> Page[listings.ReservationView] | Refused:
    """Open claims, latest first: an order's line or a cart holds each, on stock or on goods still to come."""
    if asked.number is not None and asked.channel is None:
        return _whose(asked.number)
    given = {name: getattr(asked, name) for name in ("sku", "site", "channel", "number", "cart")}
    return listings.RESERVATIONS.page(db, given, after=asked.cursor, most=asked.limit)


class ChannelsAsked(Listed, frozen=True, kw_only=True):
    """Which channels."""

    kind: Literal["web", "store", "marketplace", "phone"] | None = None
    active: Annotated[bool, Meta(description="those that take orders, or (false) those that do not")] | None = None


@READS.at("/channels", "Channels")
def list_channels(db: Connection, asked: ChannelsAsked) -> Page[listings.ChannelView]:
    """Where orders come from, in the order of their codes."""
    given = {"kind": asked.kind, "active": asked.active}
    return listings.CHANNELS.page(db, given, after=asked.cursor, most=asked.limit)


class ChannelAsked(Question, frozen=True, kw_only=True):
    """Which channel."""

    channel: Channel


@READS.at("/channels/{channel}", "One channel")
def read_channel(db: Connection, asked: ChannelAsked) -> listings.ChannelView | Refused:
    """By its code."""
    found = listings.CHANNELS.page(db, {"code": asked.channel}, most=1).items
    return found[0] if found else no_such("channel", asked.channel)
