"""Readings shared: what many ask about the same thing at the same time is read once.

For questions put by threads whose answer may be some tenths of a second old, because whoever hears it is told the rest
anyway. When thousands come to look at one thing, the database is asked as often as if there were two or three.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from onhand.core.writer import Overloaded

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MOST_KEPT = 512
PATIENCE_SECONDS = 5.0


class _Reading(Generic[V]):
    """One reading: under way, then answered or failed."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.over = threading.Event()
        self.answers: list[V] = []


class Shared(Generic[K, V]):
    """Answers one kind of question, each answer for whoever asks within ``seconds`` of the beginning of its reading."""

    def __init__(self, read: Callable[[K], V], *, seconds: float, most: int = MOST_KEPT) -> None:
        """``read`` is called by whoever asks first; ``most``: so many answers are kept."""
        self.seconds = seconds
        self._read = read
        self._most = most
        self._kept: OrderedDict[K, _Reading[V]] = OrderedDict()
        self._turn = threading.Lock()

    def ask(self, key: K) -> V:
        """The answer; raises what reading it raised, or ``Overloaded`` when somebody else's reading takes too long."""
        reading, mine = self._join(key)
        if mine:
            return self._answer(key, reading)
        if not reading.over.wait(PATIENCE_SECONDS):
            raise Overloaded
        # Whoever read it was told why that failed; others look for themselves.
        return reading.answers[0] if reading.answers else self._read(key)

    def _join(self, key: K) -> tuple[_Reading[V], bool]:
        """The reading that will do, and whether it is still to be made."""
        with self._turn:
            reading = self._kept.get(key)
            if reading and time.monotonic() - reading.began < self.seconds:
                return reading, False
            reading = self._kept[key] = _Reading()
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
            return reading, True

    def _answer(self, key: K, reading: _Reading[V]) -> V:
        try:
            reading.answers.append(self._read(key))
        except BaseException:
            with self._turn:
                if self._kept.get(key) is reading:
                    del self._kept[key]
            raise
        finally:
            reading.over.set()
        return reading.answers[0]
