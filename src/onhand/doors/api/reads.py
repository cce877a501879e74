"""Questions to the shop."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

import msgspec
from litestar import get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery, QueryParameter

from onhand.catalog import queries as catalog
from onhand.core import events
from onhand.core.database import Connection
from onhand.doors.api.questions import Questions
from onhand.orders import queries as orders
from onhand.places import queries as places
from onhand.stock import queries as stock

T = TypeVar("T")
Skus = Annotated[list[str], QueryParameter(name="sku", min_items=1, max_items=500, description="one or many SKU codes")]
Limit = Annotated[int, QueryParameter(ge=1, le=500)]


async def ask_reader(state: State, question: Callable[[Connection], T]) -> T:
    """Put a question to a borrowed connection, off the event loop."""
    questions: Questions = state.questions
    return await questions.ask(question)


@get("/positions/past", summary="Positions at a past moment")
async def past(
    state: State, skus: Skus, at: FromQuery[datetime], known_at: FromQuery[datetime | None] = None
) -> list[stock.Past]:
    """What was there at a moment; with ``known_at``, what was thought to be there."""
    moment = at if at.tzinfo else at.replace(tzinfo=UTC)
    return await ask_reader(state, lambda db: stock.as_of(db, skus=skus, at=moment, known_at=known_at))


class OrderPage(msgspec.Struct, frozen=True):
    """A page of orders, newest first, and where the next begins."""

    orders: list[orders.OrderView]
    next: UUID | None


@get("/orders", summary="Orders, newest first")
async def order_page(
    state: State,
    channel: FromQuery[str | None] = None,
    order_state: Annotated[str | None, QueryParameter(name="state")] = None,
    customer: FromQuery[str | None] = None,
    sku: FromQuery[str | None] = None,
    before: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> OrderPage:
    """Filtered, page by page: give ``next`` as ``before`` to go on."""
    filters = {"channel": channel, "state": order_state, "customer": customer, "sku": sku}

    def question(db: Connection) -> OrderPage:
        ids = orders.page(db, filters=filters, before=before, most=limit)
        return OrderPage(orders.views(db, ids), ids[-1] if len(ids) == limit else None)

    return await ask_reader(state, question)


@get("/orders/{channel:str}/{number:str}", summary="One order")
async def one_order(state: State, channel: FromPath[str], number: FromPath[str]) -> orders.OrderView:
    """By channel and number."""

    def question(db: Connection) -> orders.OrderView:
        return orders.views(db, [_order_id(db, channel, number)])[0]

    return await ask_reader(state, question)


@get("/orders/{channel:str}/{number:str}/history", summary="What happened to an order, and why")
async def history(
    state: State, channel: FromPath[str], number: FromPath[str], after: FromQuery[int] = 0
) -> list[events.Event]:
    """Its events, oldest first, each decision with the alternatives that were considered."""
    return await ask_reader(state, lambda db: events.about(db, f"order/{_order_id(db, channel, number)}", after=after))


def _order_id(db: Connection, channel: str, number: str) -> UUID:
    found = orders.ids_by_number(db, [(channel, number)])
    if not found:
        raise NotFoundException(f"There is no order {number!r} in channel {channel!r}.")
    return found[channel, number]


@get("/sites", summary="Sites")
async def sites(state: State, cursor: FromQuery[str] = "", limit: Limit = 100) -> places.SitePage:
    """Page by page."""
    return await ask_reader(state, lambda db: places.list_sites(db, after=cursor, most=limit))


@get("/products", summary="Products")
async def products(
    state: State,
    search: FromQuery[str] = "",
    category: FromQuery[str | None] = None,
    cursor: FromQuery[str] = "",
    limit: Limit = 100,
) -> catalog.ProductPage:
    """By name, code or barcode; page by page."""
    return await ask_reader(
        state, lambda db: catalog.list_products(db, search=search, category=category, after=cursor, most=limit)
    )


@get("/products/{code:str}", summary="One product")
async def product(state: State, code: FromPath[str]) -> catalog.ProductDetail:
    """With its SKUs, barcodes, prices and substitutes."""
    return _there(await ask_reader(state, lambda db: catalog.product_detail(db, code)), "product", code)


@get("/barcodes/{code:str}", summary="What a barcode stands for")
async def barcode(state: State, code: FromPath[str]) -> catalog.ScannedBarcode:
    """A GTIN of any length, or a code of our own."""
    return _there(await ask_reader(state, lambda db: catalog.find_by_barcode(db, code)), "barcode", code)


def _there(found: T | None, what: str, code: str) -> T:
    if found is None:
        raise NotFoundException(f"There is no {what} {code!r}.")
    return found


ROUTES: list[Any] = [
    past,
    order_page,
    one_order,
    history,
    sites,
    products,
    product,
    barcode,
]
