"""Strangers who are let in together: only so many at once, and of one address only so many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import prometheus_client


class Full(Exception):
    """There is no room for one more."""


class Crowd:
    """Who is here now, by address; belongs to the event loop. ``turned_away`` counts for whom there was no room."""

    def __init__(self, *, most: int, most_each: int, turned_away: prometheus_client.Counter) -> None:
        self._most = most
        self._most_each = most_each
        self._turned_away = turned_away
        self._here: Counter[str] = Counter()

    def __len__(self) -> int:
        return self._here.total()

    @contextmanager
    def joined(self, address: str) -> Iterator[None]:
        """Be one of them, as long as it lasts; raises ``Full``."""
        if len(self) >= self._most or self._here[address] >= self._most_each:
            self._turned_away.inc()
            raise Full
        self._here[address] += 1
        try:
            yield
        finally:
            self._here[address] -= 1
            if not self._here[address]:
                del self._here[address]
