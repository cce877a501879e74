"""An order, or a part of it, is given up: what it reserved is free and goes to those who wait, at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.quantity import Quantity, text
from onhand.core.refusals import Refused
from onhand.flows.answers import OrderChanged, order_changed
from onhand.flows.commands import CancelOrder, CancelOwn, LineQuantity
from onhand.flows.workspace import Workspace, enter, find_orders, released_at, serve_waiting
from onhand.orders import queries as order_queries
from onhand.orders.rules import Line


def cancel_order(db: Connection, asks: Sequence[Ask[CancelOrder]], now: datetime) -> list[OrderChanged | Refused]:
    """Cancel a batch of orders or lines of orders."""
    return cancelled(db, asks, now, cancel)


# What can be asked here: a member of staff's cancellation, or a customer's own, which says the same and more.
C = TypeVar("C", CancelOrder, CancelOwn)
Cancel = Callable[[Workspace, Ask[C], UUID | Refused], OrderChanged | Refused]


def cancelled(db: Connection, asks: Sequence[Ask[C]], now: datetime, cancel: Cancel[C]) -> list[OrderChanged | Refused]:
    """Have a batch of cancellations decided, each by ``cancel``, under the locks they need."""
    found = find_orders(db, asks)
    known = [each for each in found.values() if isinstance(each, UUID)]
    lines = order_queries.lines(db, known)
    asked = [
        (ask.command, lines[order]) for ask, order in zip(asks, found.values(), strict=True) if isinstance(order, UUID)
    ]
    frees = released_at(db, (part for command, each in asked for part in _given_up(command, each)))
    space = enter(db, now, named=known, frees=frees)
    answers = [cancel(space, ask, found[index]) for index, ask in enumerate(asks)]
    serve_waiting(space)
    space.finish()
    return answers


def _given_up(command: CancelOrder | CancelOwn, lines: Sequence[Line]) -> Iterator[tuple[Line, Quantity]]:
    """What a cancellation gives up of lines as they look before they are locked."""
    if not command.lines:
        yield from ((line, line.open) for line in lines)
    numbered = {line.number: line for line in lines}
    for part in command.lines:
        if part.line in numbered and part.quantity.is_finite():
            yield numbered[part.line], part.quantity


def cancel(space: Workspace, ask: Ask[CancelOrder] | Ask[CancelOwn], order: UUID | Refused) -> OrderChanged | Refused:
    """Cancel an order of the workspace, or lines of it."""
    if isinstance(order, Refused):
        return order
    command, lines = ask.command, space.desk.lines[order]
    parts = asked_parts(lines, command.lines, "open")
    if isinstance(parts, Refused):
        return parts
    if not parts:
        return Refused(
            "nothing_open", f"Nothing of order {command.number!r} is open; what has shipped can be returned."
        )
    before = space.state(order)
    for line, quantity in parts:
        give_up(space, line, quantity)
    data = {
        "channel": command.channel,
        "number": command.number,
        "reason": command.reason,
        "before": {"state": before},
        "after": {"state": space.state(order)},
        "lines": [{"line": line.number, "sku": line.sku, "quantity": text(quantity)} for line, quantity in parts],
    }
    space.tell("order.cancelled", f"order/{order}", ask.actor, data)
    return order_changed(space, order, command.channel, command.number)


def give_up(space: Workspace, line: Line, quantity: Quantity) -> None:
    """Cancel so much of a line: first what it only waits for, then what is reserved."""
    waiting = min(line.backordered, quantity)
    if waiting:
        space.unpeg(line, waiting)
        space.desk.stop_waiting(line, waiting, "given_up")
    if quantity > waiting:
        space.release(line, quantity - waiting, "released")
    line.cancelled += quantity


def asked_parts(
    lines: Sequence[Line], wanted: Sequence[LineQuantity], of: str
) -> list[tuple[Line, Quantity]] | Refused:
    """Which quantities of which lines are meant: those named, or all there is ``of`` them (open, reserved …).

    Each line once: a line named twice means the sum.
    """
    if not wanted:
        return [(line, getattr(line, of)) for line in lines if getattr(line, of) > 0]
    parts: dict[int, Quantity] = defaultdict(Quantity)
    numbered = {line.number: line for line in lines}
    left = {line.number: getattr(line, of) for line in lines}
    for index, part in enumerate(wanted):
        line = numbered.get(part.line)
        if line is None:
            return Refused("unknown_line", f"The order has no line {part.line}.", f"lines[{index}].line")
        if (
            not part.quantity.is_finite()
            or not 0 < part.quantity <= left[part.line]
            or part.quantity != round(part.quantity, 3)
        ):
            detail = (
                f"Line {part.line} has {text(left[part.line])} {of}; the quantity must be above 0 and at most that."
            )
            return Refused("bad_quantity", detail, f"lines[{index}].quantity")
        left[part.line] -= part.quantity
        parts[part.line] += part.quantity
    return [(numbered[number], quantity) for number, quantity in parts.items()]
