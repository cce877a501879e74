"""Orders: rows of one channel and number are one order, placed whole or not at all, under its own number.

An undo cancels: what was placed has been told to others, so it stays in the books as given up.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from onhand.connect.sheets.hands.hand import Bearer, Hand, Left, Logged, Refusals, Row, left
from onhand.core.answers import once
from onhand.core.asks import Ask
from onhand.core.database import Connection
from onhand.core.refusals import Refused
from onhand.flows.cancel_order import cancel_order
from onhand.flows.commands import CancelOrder, Destination, PlaceOrder, WantedLine
from onhand.flows.place_order import place_order

SHIPPED = "something of it has left; take it back as a return"
REASON = "undo of an import"


class Orders(Hand):
    """Carries orders."""

    def save(self, db: Connection, rows: Sequence[Row], bearer: Bearer) -> Refusals:
        """Place orders; each is asked under its natural key, so asking again changes nothing."""
        grouped: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            grouped.setdefault((row.said["channel"], row.said["number"]), []).append(row)
        commands = [_order(each) for each in grouped.values()]
        asks = [Ask(command, bearer.actor, command.natural_key()) for command in commands]
        refusals: Refusals = {}
        for answer, lines in zip(once(db, place_order, asks, bearer.now), grouped.values(), strict=True):
            if isinstance(answer, Refused):
                refusals |= _refused(answer, lines)
        return refusals

    def remove(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:
        """Cancel orders of which nothing has left."""
        shipped = {thing.number: SHIPPED for thing in things if _has_left(thing.image.facts["lines"])}
        whole = [thing for thing in things if thing.number not in shipped]
        commands = [CancelOrder(thing.found_by["channel"], thing.found_by["number"], REASON) for thing in whole]
        answers = cancel_order(db, [Ask(command, bearer.actor) for command in commands], bearer.now) if commands else []
        return shipped | left(whole, answers)

    def put_back(self, db: Connection, things: Sequence[Logged], bearer: Bearer) -> Left:  # noqa: ARG002 - nothing is asked of it
        """Nothing to put back: an import never changes an order that was placed."""
        raise AssertionError(f"import {bearer.number} has changed {len(things)} orders, which imports never do")


def _order(rows: Sequence[Row]) -> PlaceOrder:
    """The order that these rows are; what belongs to the whole order is said by the first row that says it."""

    def first(name: str) -> Any:
        return next((row.said[name] for row in rows if row.said.get(name) is not None), None)

    return PlaceOrder(
        first("channel"),
        first("number"),
        [WantedLine(row.said["sku"], row.said["quantity"], row.said.get("unit_price")) for row in rows],
        first("customer"),
        _there(first("country"), first("postcode"), first("address")),
        first("currency"),
        int(first("priority") or 0),
        first("placed_at"),
    )


def _there(country: str | None, postcode: str | None, address: str | None) -> Destination | None:
    return Destination(country, postcode or "", address=address or "") if country else None


def _refused(answer: Refused, rows: Sequence[Row]) -> Refusals:
    """The row at fault is told the refusal, the others that they wait for it."""
    found = re.match(r"lines\[(\d+)\]", answer.field)
    guilty = rows[int(found.group(1))] if found else rows[0]
    other = Refused("order_not_whole", f"Row {guilty.number} of the same order was refused; mend that one.")
    return {row.number: answer if row is guilty else other for row in rows}


def _has_left(lines: list[list[Any]] | None) -> bool:
    return any(float(shipped) > 0 for _, _, _, shipped, _, _ in lines or [])
