"""What is to be done when, in order of time; of two things at one moment, first the one that was planned first."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import count

import msgspec

from onhand.core.asks import Command


class Happening(msgspec.Struct, frozen=True):
    """A command and when it was given. ``key`` is the same in every replay, so that asking twice is harmless."""

    at: datetime
    command: Command
    key: str


Task = Callable[[datetime], Iterator[Happening]]


class Timetable:
    """Tasks to come. A task may plan others, at its own moment or later."""

    def __init__(self) -> None:
        self._tasks: list[tuple[datetime, int, Task]] = []
        self._turn = count()

    def plan(self, at: datetime, task: Task) -> None:
        """Do this then."""
        heapq.heappush(self._tasks, (at, next(self._turn), task))

    def until(self, moment: datetime | None = None) -> Iterator[Happening]:
        """Do what is due up to and including a moment; everything when none is named."""
        while self._tasks and (moment is None or self._tasks[0][0] <= moment):
            at, _, task = heapq.heappop(self._tasks)
            yield from task(at)
