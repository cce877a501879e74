"""A customer, whole: who they are, what they are worth, their orders, what waits, what went back, what was said."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

from onhand.access.privacy import consent
from onhand.access.privacy.consent import Standing
from onhand.core.database import Connection, statement
from onhand.core.pages import Listing, Page
from onhand.customers import queries as customers
from onhand.customers.queries import CustomerView
from onhand.customers.rules import VALUED_OVER, ValueClass, value_class
from onhand.customers.service import queries as service
from onhand.customers.service.queries import CaseView, NoteView
from onhand.insight.desk.finding import ROOM
from onhand.insight.product_page import last_changes
from onhand.insight.telling import Happened

ORDERS: Final = 10
MOST_WAITS: Final = 50
MOST_GONE_BACK: Final = 30
LOOKED_BACK: Final = 200
MOST_CASES: Final = 10
MOST_TOLD: Final = 40


class OrderRow(msgspec.Struct, frozen=True):
    """An order of theirs, and what became of its pieces."""

    id: UUID
    channel: str
    number: str
    state: str
    placed_at: datetime
    currency: str
    lines: int
    value: Decimal
    reserved: Decimal
    backordered: Decimal
    shipped: Decimal
    returned: Decimal

    @property
    def open(self) -> bool:
        """Whether something of it is still to be brought."""
        return self.reserved + self.backordered > 0

    @property
    def out(self) -> bool:
        """Whether something of it is with the customer."""
        return self.shipped > self.returned


class Waiting(msgspec.Struct, frozen=True):
    """So much of a line waits; ``eta``: by when all of it is promised to have come, where it is."""

    channel: str
    number: str
    line: int
    sku: str
    name: str
    quantity: Decimal
    since: datetime
    cause: str
    eta: datetime | None


class GoneBack(msgspec.Struct, frozen=True):
    """A cancellation or a return, with its reason; ``quantity`` over all lines."""

    kind: str
    channel: str
    number: str
    at: datetime
    actor: str
    reason: str
    quantity: Decimal


class CustomerPage(msgspec.Struct, frozen=True):
    """A customer with all that belongs to them."""

    customer: CustomerView
    value: ValueClass
    bought: dict[str, Decimal]
    orders: Page[OrderRow]
    waits: list[Waiting]
    gone_back: list[GoneBack]
    stands: list[Standing]
    notes: list[NoteView]
    cases: list[CaseView]
    told: list[Happened]


_ORDERS = Listing(
    ROOM,
    "orders_of_customer",
    tuple[UUID],
    '"order".id < %(k0)s',
    OrderRow,
    {"customer": '"order".customer_id = %(customer)s'},
)


def customer_page(db: Connection, code: str, *, now: datetime, sees_orders: bool = True) -> CustomerPage | None:
    """A customer by their code; None when there is none. Whoever may not see orders is told nothing of theirs."""
    customer, subject = customers.customer(db, code), f"customer/{code}"
    if customer is None:
        return None
    orders = orders_of(db, customer.id) if sees_orders else Page[OrderRow]([])
    cases = service.cases(db, {"customer": code}, most=MOST_CASES).items
    spent = bought(db, customer.id, now=now) if sees_orders else {}
    about = [subject, *(f"order/{each.id}" for each in orders.items), *(f"case/{each.number}" for each in cases)]
    return CustomerPage(
        customer=customer,
        value=value_class(spent),
        bought=spent,
        orders=orders,
        waits=waits_of(db, customer.id) if sees_orders else [],
        gone_back=gone_back(db, customer.id) if sees_orders else [],
        stands=consent.standing(db, subject),
        notes=service.notes_of_customer(db, customer.id),
        cases=cases,
        told=last_changes(db, about, most=MOST_TOLD),
    )


def orders_of(db: Connection, customer: int, *, after: str | None = None, most: int = ORDERS) -> Page[OrderRow]:
    """A page of a customer's orders, latest first."""
    return _ORDERS.page(db, {"customer": customer}, after=after, most=most)


def bought(db: Connection, customer: int, *, now: datetime) -> dict[str, Decimal]:
    """What a customer bought in the time they are valued over, by currency."""
    given = {"customer": customer, "since": now - VALUED_OVER}
    return dict(db.execute(statement(ROOM, "bought"), given).fetchall())


def waits_of(db: Connection, customer: int) -> list[Waiting]:
    """What a customer's orders wait for, longest first."""
    given = {"customer": customer, "most": MOST_WAITS}
    return [Waiting(*row) for row in db.execute(statement(ROOM, "waits_of_customer"), given)]


def gone_back(db: Connection, customer: int) -> list[GoneBack]:
    """What a customer cancelled and sent back lately, latest first."""
    given = {"customer": customer, "orders": LOOKED_BACK, "most": MOST_GONE_BACK}
    rows = db.execute(statement(ROOM, "gone_back"), given)
    return [
        GoneBack(kind, channel, number, at, actor, str(data.get("reason") or ""), _pieces(data))
        for kind, channel, number, at, actor, data in rows
    ]


def _pieces(data: Mapping[str, Any]) -> Decimal:
    lines = [line for line in data.get("lines", []) if isinstance(line, dict)]
    return sum((Decimal(str(line.get("quantity", 0))) for line in lines), Decimal(0))
