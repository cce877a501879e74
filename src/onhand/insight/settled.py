"""Figures that need a look at a whole table: looked up seldom, and never by two at once.

How long a figure is kept depends on what it cost: where looking took two seconds it is kept for a minute and a half, so
that all the looking together stays a small share of one processor. Whoever asks while somebody looks is told the figure
from before.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from onhand.core.database import Connection

T = TypeVar("T")

LEAST_SECONDS: Final = 15.0
MOST_SHARE: Final = 0.02


class Settled(Generic[T]):
    """A figure and how it is found; one for each process, safe between threads."""

    def __init__(self, find: Callable[[Connection], T], clock: Callable[[], float] = time.monotonic) -> None:
        self._find = find
        self._clock = clock
        self._turn = threading.Lock()
        self._kept: tuple[float, T] | None = None

    def ask(self, db: Connection) -> T:
        """The figure, as it was found not long ago."""
        kept = self._kept
        if kept and self._clock() < kept[0]:
            return kept[1]
        if not self._turn.acquire(blocking=kept is None):
            return kept[1]  # type: ignore[index]  # without a figure one waits
        try:
            return self._look(db, kept)
        finally:
            self._turn.release()

    def _look(self, db: Connection, before: tuple[float, T] | None) -> T:
        if self._kept is not None and self._kept is not before:
            return self._kept[1]
        began = self._clock()
        found = self._find(db)
        ended = self._clock()
        self._kept = (ended + max(LEAST_SECONDS, (ended - began) / MOST_SHARE), found)
        return found
