"""Happenings that do not disturb each other go together, since a command of a batch costs a fraction of one alone.

Placing an order and shipping another do not touch the same stock: a shipment takes what was reserved already and leaves
what is available as it was. Nor do the other steps of an order concern any order but their own. So orders and steps
are gathered in lanes, one for each act in the order of an order's life, and the lanes are sent one after the other.
Whatever else happens (deliveries, cancellations, returns) changes what is available, and waits for empty lanes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from onhand.connect.online_retail.timetable import Happening
from onhand.core.asks import Command
from onhand.flows.commands import AdvanceOrder, PlaceOrder

MOST_TOGETHER = 200

_LANES = {"place": 0, "confirm": 1, "pick": 2, "pack": 3, "ship": 4, "deliver": 5}

Batch = list[Happening]
# A lane, and an order by channel and number.
Step = tuple[int, tuple[str, str]]


class Lanes:
    """Gathers happenings; ``span``: of how much time at most, if that matters."""

    def __init__(self, span: timedelta | None = None) -> None:
        self._span = span
        self._lanes: list[Batch] = [[] for _ in _LANES]
        self._others: Batch = []
        self._last_lane: dict[tuple[str, str], int] = {}
        self._began: datetime | None = None

    def gather(self, happenings: Iterable[Happening]) -> Iterator[list[Batch]]:
        """Batches to be sent one after the other, each of commands of one kind."""
        for each in happenings:
            step = _step(each.command)
            if self._must_go_first(each, step):
                yield self._sent()
            if step is None:
                self._others.append(each)
            else:
                lane, order = step
                self._lanes[lane].append(each)
                self._last_lane[order] = lane
            self._began = self._began or each.at
        if batches := self._sent():
            yield batches

    def _must_go_first(self, each: Happening, step: Step | None) -> bool:
        """Whether what is gathered has to be sent before this can be."""
        if self._began is None:
            return False
        if self._span and each.at - self._began > self._span:
            return True
        if step is None:
            others = self._others
            return not others or type(each.command) is not type(others[0].command) or len(others) >= MOST_TOGETHER
        lane, order = step
        full = len(self._lanes[lane]) >= MOST_TOGETHER
        return bool(self._others) or full or self._last_lane.get(order, 0) > lane

    def _sent(self) -> list[Batch]:
        batches = [batch for batch in (*self._lanes, self._others) if batch]
        self._lanes, self._others = [[] for _ in _LANES], []
        self._last_lane, self._began = {}, None
        return batches


def _step(command: Command) -> Step | None:
    """The lane of a command and the order it is about; None for what has no lane."""
    if isinstance(command, PlaceOrder):
        return _LANES["place"], (command.channel, command.number)
    if isinstance(command, AdvanceOrder) and command.step in _LANES:
        return _LANES[command.step], (command.channel, command.number)
    return None
