"""Everything that can be asked of the shop, one resource a verb, each for one command or (``/bulk``) a thousand.

The handlers here describe; they are carried out in the lane (``lane.py``) that each route has for a middleware.

No ``from __future__ import annotations`` here: the handlers are made in a loop, and Litestar reads their types.
"""

from functools import partial
from typing import Annotated

from litestar import Response, post
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, JSONBody
from msgspec import Meta

from onhand.core.asks import Command
from onhand.doors.api.lane import AnsweredInTheLane, Lane, carry_out_many, carry_out_one
from onhand.doors.api.permits import takes
from onhand.flows import answers as outcomes
from onhand.flows import commands as c
from onhand.flows.permits import permissions_of
from onhand.flows.place_order import OrderPlaced

MOST_IN_BULK = 1000

# path → (command, outcome, what it does)
VERBS: dict[str, tuple[type[Command], type, str]] = {
    "orders": (c.PlaceOrder, OrderPlaced, "Place an order"),
    "order-steps": (
        c.AdvanceOrder,
        outcomes.OrderChanged,
        "Confirm, hold, resume, pick, pack, ship or deliver an order",
    ),
    "order-amendments": (c.AmendOrder, outcomes.OrderChanged, "Change an order"),
    "order-cancellations": (c.CancelOrder, outcomes.OrderChanged, "Cancel an order or some of it"),
    "returns": (c.TakeBack, outcomes.OrderChanged, "Take goods back from a customer"),
    "cart-holds": (c.HoldCart, outcomes.CartHeld, "Hold stock for a cart"),
    "cart-releases": (c.ReleaseCart, outcomes.CartHeld, "Release what a cart holds"),
    "receipts": (c.Receive, outcomes.StockChanged, "Receive goods"),
    "expected-supplies": (c.Expect, outcomes.StockChanged, "Announce goods to come"),
    "supply-amendments": (c.AmendSupply, outcomes.StockChanged, "Change what is to come"),
    "moves": (c.MoveStock, outcomes.StockChanged, "Move goods within a site"),
    "transfers": (c.Transfer, outcomes.StockChanged, "Send goods to another site"),
    "adjustments": (c.Adjust, outcomes.StockChanged, "Correct what is on hand"),
    "thresholds": (c.SetThreshold, outcomes.StockChanged, "Set a threshold"),
}

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=200, required=False)]


def handlers() -> list[HTTPRouteHandler]:
    """One handler for one command and one for many, for each verb."""
    made: list[HTTPRouteHandler] = []
    for path, (command, _, summary) in VERBS.items():
        made += [_single(path, command, summary), _bulk(path, command, summary)]
    return made


def _single(path: str, kind: type[Command], summary: str) -> HTTPRouteHandler:
    answering = carry_out_one(kind, summary.lower())

    @post(
        f"/{path}",
        summary=summary,
        operation_id=f"{path}-one",
        name=f"{path}-one",
        opt=takes(*permissions_of(kind)),
        middleware=[partial(Lane, method="POST", answering=answering)],
    )
    async def handle(data: JSONBody[kind], key: Key = None) -> Response[bytes]:  # type: ignore[valid-type]
        raise AnsweredInTheLane

    return handle


def _bulk(path: str, kind: type[Command], summary: str) -> HTTPRouteHandler:
    answering = carry_out_many(kind, summary.lower(), MOST_IN_BULK)
    many = Annotated[list[kind], Meta(min_length=1, max_length=MOST_IN_BULK)]  # type: ignore[valid-type]

    @post(
        f"/{path}/bulk",
        summary=f"{summary}: many at once",
        operation_id=f"{path}-bulk",
        name=f"{path}-bulk",
        opt=takes(*permissions_of(kind)),
        middleware=[partial(Lane, method="POST", answering=answering)],
    )
    async def handle(data: JSONBody[many], key: Key = None) -> Response[bytes]:
        raise AnsweredInTheLane

    return handle
