"""What doors notice that changes nothing, and that whoever watches should know: refusals, and from where keys are used.

Both happen as often as requests do, and are put on record far more seldom: refusals together every few seconds, a key's
address when it has not been seen for an hour. What a process noticed in its last seconds before it died is lost.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import psycopg

from onhand.core.asks import Actor
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.events import Fact, fact, record

log = logging.getLogger(__name__)

SECONDS_BETWEEN = 2.0
SECONDS_KNOWN = 3600.0
MOST_KNOWN = 50_000
# So many people and keys at a time are told apart; a flood of others waits for the next time.
MOST_WAITING = 2_000


@dataclass
class _Refusals:
    """How often somebody was refused since the last time, and where last."""

    times: int
    route: str
    origin: str


class Notices:
    """Gathers in memory, from any thread; ``tell`` puts it on record."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._refused: dict[str, _Refusals] = {}
        self._used: dict[tuple[str, str], float] = {}
        self._fresh: list[tuple[str, str]] = []

    def refused(self, who: str, route: str, address: str, door: str) -> None:
        """Somebody asked for what is not for them."""
        with self._turn:
            found = self._refused.get(who)
            if found:
                found.times, found.route = found.times + 1, route
            elif len(self._refused) < MOST_WAITING:
                self._refused[who] = _Refusals(1, route, f"{door} {address}".strip())

    def used(self, key: str, address: str) -> None:
        """A key opened a door from an address."""
        now = time.monotonic()
        if self._used.get((key, address), 0.0) > now:
            return
        with self._turn:
            if len(self._used) >= MOST_KNOWN:
                self._used.clear()
            self._used[key, address] = now + SECONDS_KNOWN
            if len(self._fresh) < MOST_WAITING:
                self._fresh.append((key, address))

    def waiting(self) -> list[Fact]:
        """What is to be told, taken out."""
        with self._turn:
            refused, self._refused = self._refused, {}
            fresh, self._fresh = self._fresh, []
        facts = [fact("key.used_from", key, Actor(key, f"api {address}"), {}) for key, address in fresh]
        for who, found in refused.items():
            data = {"times": found.times, "route": found.route}
            facts.append(fact("access.refused", who, Actor(who, found.origin), data))
        return facts

    def tell(self, connect: Callable[[], Connection]) -> int:
        """Put what was noticed on record; how much that was. A database that does not answer is passed over."""
        facts = self.waiting()
        if not facts:
            return 0
        try:
            with connect() as db:
                record(db, facts, utc_now())
        except psycopg.OperationalError as fault:
            log.warning("%s notices are lost, the database does not answer: %s", len(facts), fault)
            return 0
        return len(facts)


# One for each process: every door of it notices for the same log.
NOTICES = Notices()
