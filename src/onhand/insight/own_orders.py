"""A customer's own orders, as they see them: the list, and one with what has become of it and what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal
from uuid import UUID

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.pages import Page, cut, unseal
from onhand.customers import queries as customers
from onhand.insight.order_page import Held, Waits
from onhand.orders import queries as orders
from onhand.orders.queries import LineView, OrderView
from onhand.orders.secrets import Place, places

Step = Literal["placed", "confirmed", "picked", "packed", "shipped", "delivered"]
STEPS: Final[tuple[Step, ...]] = ("placed", "confirmed", "picked", "packed", "shipped", "delivered")
SIZE: Final = 20


class Shown(msgspec.Struct, frozen=True):
    """An order in the list of a customer's own; ``names``: what is in it, the first few."""

    id: UUID
    channel: str
    number: str
    state: str
    placed_at: datetime
    currency: str
    value: Decimal
    pieces: Decimal
    names: list[str]


class Reached(msgspec.Struct, frozen=True):
    """A step of an order, and when it was taken; None where it was not, or nobody wrote it down."""

    step: Step
    at: datetime | None
    done: bool


class Content(msgspec.Struct, frozen=True):
    """So much of a thing."""

    name: str
    quantity: Decimal


class Parcel(msgspec.Struct, frozen=True):
    """What comes from one site: sent at a moment, or (None) being made ready there."""

    site: str
    contents: list[Content]
    sent_at: datetime | None = None


class OwnLine(msgspec.Struct, frozen=True):
    """A line: what it is, what has become of it, what it waits for, how much of it may still be given up."""

    line: LineView
    name: str
    waits: list[Waits]
    cancellable: Decimal


class OwnOrder(msgspec.Struct, frozen=True):
    """An order of a customer's own; ``goes``: to which postcode and address, both empty where it is fetched."""

    order: OrderView
    steps: list[Reached]
    lines: list[OwnLine]
    parcels: list[Parcel]
    value: Decimal
    goes: Place

    @property
    def cancellable(self) -> bool:
        """Whether any of it may still be given up."""
        return any(each.cancellable for each in self.lines)


def own_orders(db: Connection, codes: Sequence[str], *, after: str | None = None, most: int = SIZE) -> Page[Shown]:
    """The orders of these customers, latest first."""
    before = unseal(after, tuple[UUID])[0] if after else None
    ids = list(customers.ids_by_code(db, codes).values())
    asked = {"customers": ids, "before": before, "most": most + 1}
    rows = db.execute(statement("insight", "own_orders"), asked)
    return cut([Shown(*row) for row in rows], most, lambda each: (each.id,))


def own_order(db: Connection, codes: Sequence[str], channel: str, number: str) -> OwnOrder | None:
    """An order of one of these customers; None where there is none, or it is somebody else's."""
    asked = {"customers": list(codes), "channel": channel, "number": number}
    row = db.execute(statement("insight", "own_order"), asked).fetchone()
    if row is None:
        return None
    order, picked, packed, customer, *kept = row
    (view,) = orders.views(db, [order])
    names = {
        sku: _name(product, name) for sku, product, name in db.execute(statement("insight", "names_in_order"), [order])
    }
    held = [Held(*each) for each in db.execute(statement("insight", "claims_of_order"), [order])]
    waits = [Waits(*each) for each in db.execute(statement("insight", "waits_of_order"), [order])]
    return OwnOrder(
        order=view,
        steps=_steps(view, picked, packed),
        lines=[_line(each, names, waits, picked=picked is not None) for each in view.lines],
        parcels=[*_sent(db, f"order/{channel}/{number}", names), *_made_ready(held, names)],
        value=sum(((each.ordered - each.cancelled) * each.unit_price for each in view.lines), Decimal(0)),
        goes=places(db, [(order, customer, *kept)]).get(order, Place("", "")),
    )


class Reviewable(msgspec.Struct, frozen=True):
    """A line its customer has had something of."""

    line: int
    sku: str
    name: str


def reviewable(db: Connection, order: UUID) -> list[Reviewable]:
    """What of an order may be reviewed."""
    rows = db.execute(statement("insight", "lines_to_review"), [order])
    return [Reviewable(line, sku, _name(product, name)) for line, sku, product, name in rows]


def _name(product: str, sku: str) -> str:
    """What a customer calls it: the product, and the variant where that says more."""
    return sku if not product or sku.startswith(product) else product if sku in {"", product} else f"{product}, {sku}"


def _steps(view: OrderView, picked: datetime | None, packed: datetime | None) -> list[Reached]:
    """Every step; one that nobody wrote down is done where a later one is."""
    moments = (view.placed_at, view.confirmed_at, picked, packed, view.shipped_at, view.delivered_at)
    last = max(place for place, at in enumerate(moments) if at is not None)
    return [Reached(step, at, place <= last) for place, (step, at) in enumerate(zip(STEPS, moments, strict=True))]


def _line(line: LineView, names: dict[str, str], waits: Sequence[Waits], *, picked: bool) -> OwnLine:
    still = line.backordered if picked else line.reserved + line.backordered
    return OwnLine(line, names.get(line.sku, line.sku), [each for each in waits if each.line == line.line], still)


def _sent(db: Connection, reference: str, names: dict[str, str]) -> list[Parcel]:
    found: dict[tuple[datetime, str], list[Content]] = defaultdict(list)
    for at, site, sku, quantity in db.execute(statement("insight", "parcels_of_order"), [reference]):
        found[at, site].append(Content(names.get(sku) or str(sku), quantity))
    return [Parcel(site, contents, at) for (at, site), contents in found.items()]


def _made_ready(held: Iterable[Held], names: dict[str, str]) -> list[Parcel]:
    """What lies at each site for the order; what is promised of goods to come lies nowhere yet."""
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for each in held:
        if each.supply is None and each.site_name is not None:
            found[each.site_name][names.get(each.sku, each.sku)] += each.quantity
    return [
        Parcel(site, [Content(name, quantity) for name, quantity in contents.items()])
        for site, contents in found.items()
    ]
