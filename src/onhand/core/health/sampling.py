"""Samples of one process: gathered in memory while it serves, written down when a minute is over."""

from __future__ import annotations

import logging
import os
import socket
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import psycopg
from psycopg_pool import PoolTimeout

from onhand.core.database import Connection, statement
from onhand.core.health.rules import SPANS, span_of

log = logging.getLogger(__name__)

# Minutes that could not be written down are kept so long: an hour without a database.
MOST_WAITING = 60
SECOND = timedelta(seconds=1)
# Looks may come late by so much.
GAP = timedelta(seconds=3)

Row = tuple[datetime, str, str, int, int, int, list[int], int]


class Tally:
    """Requests of one door since the last minute. Written by one thread at a time, as a process's doors are."""

    __slots__ = ("errors", "requests", "slower")

    def __init__(self) -> None:
        self.requests = 0
        self.errors = 0
        self.slower = [0] * (len(SPANS) + 1)

    def add(self, status: int, seconds: float | None) -> None:
        """An answer; without its time where that says nothing, as of a stream."""
        self.requests += 1
        if status >= 500:
            self.errors += 1
        if seconds is not None:
            self.slower[span_of(seconds)] += 1


class Sampler:
    """Gathers, and once a second looks whether the process could serve."""

    def __init__(self) -> None:
        self._tallies: dict[str, Tally] = {}
        self._minute: datetime | None = None
        self._ready_at: datetime | None = None
        self._ready = 0
        self._queued = 0
        self._waiting: list[Row] = []
        self._turn = threading.Lock()
        self.process = f"{socket.gethostname()}:{os.getpid()}"

    def answered(self, door: str, status: int, seconds: float | None) -> None:
        """A request was answered."""
        tally = self._tallies.get(door)
        if tally is None:
            tally = self._tallies[door] = Tally()
        tally.add(status, seconds)

    def second(self, now: datetime, *, ready: bool, queued: int) -> None:
        """Look once a second. Between two looks that found it ready, and that are near each other, it was ready."""
        with self._turn:
            at = now.replace(microsecond=0)
            last, self._ready_at = self._ready_at, at if ready else None
            if ready and last and SECOND <= at - last <= GAP:
                for ahead in range(1, (at - last) // SECOND):
                    self._mark(last + ahead * SECOND, ready=True)
            self._mark(at, ready=ready)
            self._queued = max(self._queued, queued)

    def _mark(self, at: datetime, *, ready: bool) -> None:
        """A second of a minute. When its minute is over, what was gathered is put by, to be written down."""
        minute = at.replace(second=0)
        if self._minute is not None and minute != self._minute:
            self._put_by(self._minute)
        self._minute = minute
        if ready:
            self._ready |= 1 << at.second

    def _put_by(self, minute: datetime) -> None:
        tallies, self._tallies = self._tallies, {}
        ready, queued = self._ready, self._queued
        self._ready = self._queued = 0
        self._waiting.append((minute, self.process, "", ready, 0, 0, [], queued))
        self._waiting += [
            (minute, self.process, door, 0, each.requests, each.errors, each.slower, 0)
            for door, each in tallies.items()
        ]
        # Of each minute there are a few rows, one a door.
        del self._waiting[: -4 * MOST_WAITING]

    def write(self, connect: Callable[[], Connection], *, last: bool = False) -> int:
        """Write down what was put by; how many rows. A database that does not answer is asked again the next time.

        ``last``: the minute that is not over, too, for the process ends.
        """
        with self._turn:
            if last and self._minute is not None:
                self._put_by(self._minute)
                self._minute = None
            rows = list(self._waiting)
        if not rows:
            return 0
        try:
            with connect() as db, db.cursor() as cursor:
                cursor.executemany(statement("core.health", "keep_minute"), rows)
        except (psycopg.OperationalError, psycopg.InterfaceError, PoolTimeout) as fault:
            log.warning("samples wait for the database: %s", str(fault).strip())
            return 0
        with self._turn:
            self._waiting = [row for row in self._waiting if row not in rows]
        return len(rows)


# One for each process: every door of it counts here.
SAMPLER = Sampler()
