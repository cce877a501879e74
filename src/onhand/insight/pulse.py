"""The shop's pulse: what is there, what comes in by the minute, and what happened last. Asked every other second.

So it must not cost more as the shop grows. Orders are counted minute by minute along their primary key, which begins
with the time; a minute that is over does not change, and is counted once. What needs a look at a whole table (pieces on
hand, pieces waited for) is looked at every quarter of a minute, whoever asks and however often.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import msgspec

from onhand.core.database import statement
from onhand.core.ids import first_id

MINUTES = 60
# A batch may be committed a little after its orders were given their ids: a minute is over when no batch can be late.
LATE = timedelta(seconds=30)
FRESH_SECONDS = 1.0
SETTLED_SECONDS = 15.0
# So many events are read; of each kind the last is told, with how many others there were.
MOST_NEWS = 200

_MINUTE = timedelta(minutes=1)


class Rows(Protocol):
    """What a statement answers."""

    def fetchall(self) -> list[Any]:
        """Every row."""


class Asking(Protocol):
    """A connection, of whichever door, that can be asked."""

    def execute(self, query: Any, params: Any = None) -> Rows:
        """Ask."""


class News(NamedTuple):
    """Something that happened, as far as a person wants to know at a glance; ``others``: how often else, lately."""

    at: datetime
    kind: str
    subject: str
    facts: Mapping[str, Any]
    others: int


class AtLarge(NamedTuple):
    """What is there in all. ``skus`` is an estimate where there are many."""

    sites: int
    skus: int
    on_hand: Decimal
    waiting: Decimal
    lines_waiting: int


class Pulse(NamedTuple):
    """A glance at the shop. ``by_minute``: orders placed in each of the last sixty minutes, the present one last."""

    at: datetime
    at_large: AtLarge
    by_minute: list[int]
    last_minute: int
    news: list[News]

    @property
    def last_hour(self) -> int:
        """Orders placed in the last sixty minutes."""
        return sum(self.by_minute)


class Finger:
    """Feels the pulse, and remembers it for as long as it holds. One for each process; safe between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._turn = threading.Lock()
        self._over: dict[datetime, int] = {}
        self._at_large: tuple[float, AtLarge] | None = None
        self._pulse: tuple[float, Pulse] | None = None

    def feel(self, db: Asking, now: datetime) -> Pulse:
        """The pulse now, or of a moment ago when somebody has just felt it."""
        with self._turn:
            if self._pulse is None or self._clock() - self._pulse[0] > FRESH_SECONDS:
                (last_minute,) = _count(db, [now - _MINUTE])
                pulse = Pulse(now, self._look_around(db), self._by_minute(db, now), last_minute, _news(db))
                self._pulse = (self._clock(), pulse)
            return self._pulse[1]

    def _look_around(self, db: Asking) -> AtLarge:
        if self._at_large is None or self._clock() - self._at_large[0] > SETTLED_SECONDS:
            (row,) = db.execute(statement("insight", "at_large")).fetchall()
            self._at_large = (self._clock(), AtLarge(*row))
        return self._at_large[1]

    def _by_minute(self, db: Asking, now: datetime) -> list[int]:
        this = now.replace(second=0, microsecond=0)
        minutes = [this - _MINUTE * back for back in range(MINUTES - 1, -1, -1)]
        self._over = {minute: count for minute, count in self._over.items() if minute >= minutes[0]}
        open_ones = [minute for minute in minutes if minute not in self._over]
        counted = dict(zip(open_ones, _count(db, open_ones), strict=True))
        self._over |= {minute: count for minute, count in counted.items() if minute + _MINUTE + LATE < now}
        return [counted[minute] if minute in counted else self._over[minute] for minute in minutes]


def _count(db: Asking, minutes: list[datetime]) -> list[int]:
    begin, end = [first_id(minute) for minute in minutes], [first_id(minute + _MINUTE) for minute in minutes]
    rows = db.execute(statement("insight", "orders_by_minute"), {"begin": begin, "end": end}).fetchall()
    return [count for (count,) in rows]


def _news(db: Asking) -> list[News]:
    rows = db.execute(statement("insight", "news"), {"most": MOST_NEWS}).fetchall()
    return [News(at, kind, subject, msgspec.json.decode(facts), others) for at, kind, subject, facts, others in rows]
