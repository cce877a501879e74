"""Customers who watch the stock: strangers, so only so many at once, and of one address only so many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import prometheus_client

TURNED_AWAY = prometheus_client.Counter("onhand_live_turned_away_total", "Customers who could not watch live")


class Full(Exception):
    """There is no room for one more."""


class Crowd:
    """Who watches now, by address; belongs to the event loop."""

    def __init__(self, *, most: int, most_each: int) -> None:
        self._most = most
        self._most_each = most_each
        self._here: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._here.total()

    @contextmanager
    def joined(self, address: str) -> Iterator[None]:
        """Be one of them, as long as it lasts; raises ``Full``."""
        if len(self) >= self._most or self._here[address] >= self._most_each:
            TURNED_AWAY.inc()
            raise Full
        self._here[address] += 1
        try:
            yield
        finally:
            self._here[address] -= 1
            if not self._here[address]:
                del self._here[address]
