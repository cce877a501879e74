"""Whom or what a caller may mean: customers, orders and goods, by whatever somebody types or scans.

Each kind is found by an index: customers by the marks of their sealed facts, orders by their number, goods by barcode,
code and words. What somebody may not see is not asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.refusals import refused
from onhand.customers import queries as customers
from onhand.customers import secrets
from onhand.customers.rules import Priority
from onhand.insight import lists
from onhand.insight.lists.filtering import like

ROOM: Final = "insight.desk"
OPEN: Final = ("placed", "backordered", "confirmed", "held", "picked", "packed", "part_shipped")
# A shorter beginning of a number means too many orders to be worth showing.
LEAST_OF_NUMBER: Final = 3


class FoundOrder(msgspec.Struct, frozen=True):
    """An order that may be meant."""

    channel: str
    number: str
    state: str
    placed_at: datetime
    currency: str
    customer: str | None
    customer_name: str
    value: Decimal | None


class FoundCustomer(msgspec.Struct, frozen=True):
    """A customer who may be meant, with their last order; ``open``: how many of their last fifty are.

    Of orders nothing is said to who may not see any.
    """

    code: str
    name: str
    email: str
    phone: str
    priority: Priority
    last_channel: str | None
    last_number: str | None
    last_state: str | None
    open: int


class FoundGoods(msgspec.Struct, frozen=True):
    """A SKU that may be meant: what of it is available and on its way, over all sites."""

    sku: str
    name: str
    available: Decimal
    inbound: Decimal


class Found(msgspec.Struct, frozen=True):
    """What somebody may mean, the best of each kind first."""

    customers: list[FoundCustomer] = []
    orders: list[FoundOrder] = []
    goods: list[FoundGoods] = []

    def __bool__(self) -> bool:
        return bool(self.customers or self.orders or self.goods)


def find(
    db: Connection, words: str, *, most: int, people: bool = True, orders: bool = True, goods: bool = True
) -> Found:
    """What somebody may mean who types this; only the kinds asked for, and nothing of the others beside these."""
    words = words.strip()
    if not words:
        return Found()
    return Found(
        _customers(db, words, most, orders=orders) if people else [],
        _orders(db, words, most, people=people) if orders else [],
        _goods(db, words, most) if goods else [],
    )


def _customers(db: Connection, words: str, most: int, *, orders: bool) -> list[FoundCustomer]:
    found = customers.found(db, words, most)
    latest = _latest(db, [each.id for each in found]) if found and orders else {}
    return [
        FoundCustomer(each.code, each.name, each.email, each.phone, each.priority, *latest.get(each.id, _NOTHING))
        for each in found
    ]


_NOTHING: Final = (None, None, None, 0)


def _latest(db: Connection, found: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    given = {"customers": list(found), "open": list(OPEN)}
    return {row[0]: row[1:] for row in db.execute(statement(ROOM, "latest_of_customers"), given)}


def _orders(db: Connection, words: str, most: int, *, people: bool) -> list[FoundOrder]:
    # A number that cannot be one matches itself alone.
    prefix = like(words) if len(words) >= LEAST_OF_NUMBER else ""
    given = {"text": words, "prefix": prefix, "most": most}
    rows = db.execute(statement(ROOM, "orders_found"), given, prepare=False).fetchall()
    names = _names(db, rows) if people else {}
    return [_order(row, names) for row in rows]


def _names(db: Connection, rows: Sequence[tuple[Any, ...]]) -> dict[str, str]:
    return secrets.names(db, {(row[5], row[6]) for row in rows if row[5]})


def _order(row: tuple[Any, ...], names: dict[str, str]) -> FoundOrder:
    *facts, customer, _sealed, value = row
    return FoundOrder(*(*facts, customer, names.get(customer, ""), value))


def _goods(db: Connection, words: str, most: int) -> list[FoundGoods]:
    view = lists.View(columns=("sku", "name", "available", "inbound"), search=words)
    found = lists.page(db, lists.ALL["products"], view, size=most)
    if refused(found):
        return []
    return [FoundGoods(row["sku"], row["name"], row["available"], row["inbound"]) for row in found.rows]
