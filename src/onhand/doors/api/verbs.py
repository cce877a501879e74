"""Everything that can be asked of the shop, one resource a verb, each for one command or (``/bulk``) a thousand.

No ``from __future__ import annotations`` here: the handlers are made in a loop, and Litestar reads their types.
"""

from typing import Annotated, Any

import msgspec
from litestar import Request, Response, post
from litestar.datastructures import State
from litestar.handlers import HTTPRouteHandler
from litestar.params import HeaderParameter, JSONBody
from msgspec import Meta

from onhand.core.asks import Ask, Command
from onhand.core.refusals import Refused
from onhand.doors.api.desk import as_json, ask, key_missing
from onhand.doors.api.problems import Problem, answer, of_refusal, problem
from onhand.flows import answers as outcomes
from onhand.flows import commands as c
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
    "moves": (c.MoveStock, outcomes.StockChanged, "Move goods within a site"),
    "transfers": (c.Transfer, outcomes.StockChanged, "Send goods to another site"),
    "adjustments": (c.Adjust, outcomes.StockChanged, "Correct what is on hand"),
    "thresholds": (c.SetThreshold, outcomes.StockChanged, "Set a threshold"),
}

Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=200, required=False)]


class BulkLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """The answer to one command of many: its status as if it had been asked alone, and the outcome or the problem."""

    status: int
    outcome: msgspec.Raw | None = None
    problem: Problem | None = None


def handlers() -> list[HTTPRouteHandler]:
    """One handler for one command and one for many, for each verb."""
    made: list[HTTPRouteHandler] = []
    for path, (command, _, summary) in VERBS.items():
        made += [_single(path, command, summary), _bulk(path, command, summary)]
    return made


def _named(command: Command, key: str | None, actor: str) -> Ask[Command] | None:
    name = f"{actor}/{key}" if key else command.natural_key()
    return Ask(command, actor, name) if name else None


def _single(path: str, kind: type[Command], summary: str) -> HTTPRouteHandler:
    @post(f"/{path}", summary=summary, operation_id=f"{path}-one", raises=[], name=f"{path}-one")
    async def handle(
        data: JSONBody[kind],  # type: ignore[valid-type]
        request: Request[Any, Any, Any],
        state: State,
        key: Key = None,
    ) -> Response[bytes]:
        asked = _named(data, key, request.scope["user"].actor)
        if asked is None:
            return answer(of_refusal(key_missing(summary.lower())))
        (got,) = await ask(state.writer, [asked])
        if isinstance(got, Refused):
            return answer(of_refusal(got))
        return Response(as_json(got), status_code=201, media_type="application/json")

    return handle


def _bulk(path: str, kind: type[Command], summary: str) -> HTTPRouteHandler:
    many = Annotated[list[kind], Meta(min_length=1, max_length=MOST_IN_BULK)]  # type: ignore[valid-type]

    @post(f"/{path}/bulk", summary=f"{summary}: many at once", operation_id=f"{path}-bulk", name=f"{path}-bulk")
    async def handle(
        data: JSONBody[many], request: Request[Any, Any, Any], state: State, key: Key = None
    ) -> Response[bytes]:
        actor = request.scope["user"].actor
        asks = [_named(each, f"{key}/{i}" if key else None, actor) for i, each in enumerate(data)]
        if None in asks:
            return answer(of_refusal(key_missing(summary.lower())))
        lines = [_line(each) for each in await ask(state.writer, [each for each in asks if each])]
        return Response(msgspec.json.encode(lines), status_code=200, media_type="application/json")

    return handle


def _line(got: Any) -> BulkLine:
    if isinstance(got, Refused):
        found = of_refusal(got)
        return BulkLine(found.status, problem=found)
    if isinstance(got, BaseException):
        return BulkLine(500, problem=problem(500, "failed", "Something went wrong on our side; this one was not done."))
    return BulkLine(201, msgspec.Raw(as_json(got)))
