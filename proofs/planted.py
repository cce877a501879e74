"""Twenty planted bugs: each a small and likely mistake in the shop's own code, put in for a while and taken out again.

They show that the model is no friend of the code: whoever plays it must notice nearly all of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from unittest.mock import patch
from uuid import UUID

import shop
from onhand.core.answers import Flow
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import ZERO, Quantity
from onhand.flows import advance_order, cancel_order, receive, take_back
from onhand.flows import workspace as workspace_module
from onhand.flows.network import Network
from onhand.flows.workspace import Workspace
from onhand.orders import rules as order_rules
from onhand.orders.actions import Desk
from onhand.orders.rules import Line
from onhand.stock import queries as stock_queries
from onhand.stock.rules import Bin, Claim, Crossing, Pair, Position, Shelf, first_expired_first_out

# What is wrong: where it sits (an object and the name on it), and what stands there instead.
Bug = tuple[str, Any, str, Any]


def _without_the_sum(self: Shelf, sku: int, site: int) -> Quantity:
    before = self.before.get((sku, site))
    if before is None:
        position = self.positions.get((sku, site))
        return position.available if position else ZERO
    return before.on_hand - before.unsellable - before.reserved


def _lapsing_early(db: Connection, shelf: Shelf, now: datetime) -> None:
    _lapse(db, shelf, now + timedelta(minutes=10))


def _last_expired_first_out(bins: Sequence[Bin], on: Any) -> list[Bin]:
    return list(reversed(_first_out(bins, on)))


def _expired_ones_too(bins: Sequence[Bin], on: Any) -> list[Bin]:
    return _first_out(bins, date.min)


def _promises_before_waiting(space: Workspace, line: Line, quantity: Quantity) -> None:
    ended = space.release(line, min(line.reserved, quantity), "released")
    waiting = quantity - sum((claim.quantity for claim in ended), ZERO)
    if waiting:
        space.unpeg(line, waiting)
        space.desk.stop_waiting(line, waiting, "given_up")
    line.cancelled += quantity


def _latest_claims_first(self: Workspace, line: Any) -> list[Claim]:
    return [claim for claim in reversed(self.claims[line]) if claim.supply is None]


def _last_come_first_served(
    self: Network, db: Connection, reach: Mapping[Pair, Quantity], *orders: Sequence[UUID]
) -> list[Any]:
    return list(reversed(_queue(self, db, reach, *orders)))


def _strongest_claims(db: Connection, missing: Mapping[Pair, Quantity], now: datetime) -> list[Claim]:
    return list(reversed(_weakest(db, missing, now)))


def _every_site(self: Network, channel: int, *there: Any) -> list[Any]:
    wide = replace(self, policies={channel: type(self.policies[channel])()}, measured={})
    return _candidates(wide, channel, *there)


def _no_memory(db: Connection, flow: Flow, asks: Sequence[Ask[Any]], now: datetime) -> list[Any]:
    return list(flow(db, asks, now))


def _returned_as_soon_as_anything_is(order: Any, lines: Sequence[Line], *, shipped: bool) -> str:
    if not shipped:
        return "cancelled"
    return "returned" if any(line.returned for line in lines) else "delivered" if order.delivered_at else "shipped"


def _told_at_every_change(self: Shelf) -> list[Crossing]:
    return [
        Crossing(sku, site, position.available < position.threshold, position.available, position.threshold)
        for (sku, site), position in ((pair, self.positions[pair]) for pair in sorted(self.before))
        if position.threshold is not None
    ]


def _still_in_the_queue(self: Desk, line: Line, quantity: Quantity, outcome: str) -> None:
    line.backordered -= quantity


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _nowhere(*_: Any) -> None:
    return None


_lapse = workspace_module.lapse
_first_out, _queue = first_expired_first_out, Network.queue
_weakest, _candidates = stock_queries.weakest_claims, Network.candidates

BUGS: list[Bug] = [
    ("goods in quarantine are sold", Position, "available", property(lambda p: p.on_hand - p.reserved)),
    ("each line is checked alone, not the sum of a batch", Shelf, "available", _without_the_sum),
    ("carts keep what they held for ever", workspace_module, "lapse", _nothing),
    ("carts lose what they hold ten minutes early", workspace_module, "lapse", _lapsing_early),
    ("the lot that expires last ships first", advance_order, "first_expired_first_out", _last_expired_first_out),
    ("expired goods are shipped", advance_order, "first_expired_first_out", _expired_ones_too),
    ("who cancels loses what is reserved before what waits", cancel_order, "give_up", _promises_before_waiting),
    ("the latest claim is released first", Workspace, "stock_claims", _latest_claims_first),
    ("who came last is served first", Network, "queue", _last_come_first_served),
    ("an order that goes on after a hold is passed over", advance_order, "serve_waiting", _nothing),
    ("what a cancelled order frees is left lying", cancel_order, "serve_waiting", _nothing),
    ("a loss takes from orders before it takes from carts", stock_queries, "weakest_claims", _strongest_claims),
    ("a channel is served from sites it may not use", Network, "candidates", _every_site),
    ("nobody measures how far it is", workspace_module, "_measure", _nowhere),
    ("asking twice does it twice", shop, "once", _no_memory),
    (
        "an order of which one piece came back counts as returned",
        order_rules,
        "_closed",
        _returned_as_soon_as_anything_is,
    ),
    (
        "damaged returns go on sale",
        take_back,
        "_SHELF_FOR",
        dict.fromkeys(("saleable", "quarantine", "damaged"), "pick"),
    ),
    ("a receipt leaves its supply open", receive, "_settle", lambda *_: ZERO),
    ("a threshold is told at every change", Shelf, "crossings", _told_at_every_change),
    ("a line that was served stays in the queue", Desk, "stop_waiting", _still_in_the_queue),
]


@contextmanager
def planted(bug: Bug) -> Iterator[None]:
    """The shop with this bug in it."""
    _, where, name, instead = bug
    with patch.object(where, name, instead):
        yield
