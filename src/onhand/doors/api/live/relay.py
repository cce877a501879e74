"""The thread that reads the log for everybody who listens: woken by NOTIFY, a batch at a time, at a measured pace.

It keeps its place as two snapshots (``core/events.py``). A round fixes what is visible now, reads what became so since
the last round, and hands that to the event loop in one call. Who comes is seated between two rounds: up to there he
reads for himself (``catching_up.py``), from there he hears what everybody hears. While nobody listens it sleeps.
"""

from __future__ import annotations

import asyncio
import logging
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
from prometheus_client import Histogram

from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.events import CHANNEL, Marks, Told, Window, between, present, windows
from onhand.core.writer import Stopping
from onhand.doors.api.live.audience import Audience, Listener, Message, Round
from onhand.doors.api.live.messages import changes_in, compose
from onhand.doors.api.live.topics import SHOP

log = logging.getLogger(__name__)

LAG = Histogram(
    "onhand_live_lag_seconds",
    "From an event's time to its being handed to the listeners (oldest of a batch)",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)

PAGE = 500
# Rounds begin no sooner after each other: under load they gather more, and an event gets cheaper. When many are to be
# told, later still: each listener hears of a figure, and is sent a packet, once a round.
PACE_SECONDS = 0.1
WOKEN_A_SECOND = 6_000
SLOWEST_PACE_SECONDS = 1.0
# A notification lost with its connection is made up for.
LOOK_SECONDS = 15.0
SECONDS_TO_RECONNECT = 1.0


class Relay:
    """Reads the log for an audience; ``join`` and ``end`` are for the event loop."""

    def __init__(self, connect: Callable[[], Connection], audience: Audience, *, pace: float = PACE_SECONDS) -> None:
        self._connect = connect
        self._audience = audience
        self._pace = pace
        self._newcomers: list[Listener] = []
        self._changed = threading.Lock()
        self._ending = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        # Made with the thread, which waits at the other end.
        self._rope: socket.socket | None = None
        self._db: Connection | None = None
        self._place: Marks | None = None
        self._number = 0
        self._woken = 0
        self._rung = False

    async def join(self, listener: Listener) -> Marks:
        """Seat somebody; the place in the log from which on he hears everything."""
        self._loop = asyncio.get_running_loop()
        with self._changed:
            if self._ending:
                raise Stopping
            self._newcomers.append(listener)
            if self._thread is None:
                self._start()
            self._ring()
        return await listener.seated

    def end(self) -> None:
        """Read no more; does not wait."""
        with self._changed:
            self._ending = True
            self._ring()

    def close(self, timeout: float = 5.0) -> None:
        """Wait until nothing is read any more."""
        self.end()
        if self._thread:
            self._thread.join(timeout)

    def _start(self) -> None:
        bell, self._rope = socket.socketpair()
        self._rope.setblocking(False)
        self._thread = threading.Thread(target=self._work, args=[bell], name="relay", daemon=True)
        self._thread.start()

    def _ring(self) -> None:
        if self._rope:
            with suppress(BlockingIOError):  # so many have rung that it is heard anyway
                self._rope.send(b"!")

    def _work(self, bell: socket.socket) -> None:
        while not self._ending:
            try:
                began = time.monotonic()
                self._round(self._connected())
                self._rest(bell, began)
                self._wait(bell)
            except psycopg.Error as fault:
                log.warning("the live stream waits for the database: %s", str(fault).strip())
                self._disconnect()
                time.sleep(SECONDS_TO_RECONNECT)
            except Exception:  # whatever it is, thousands listen: begin afresh at the place that was reached
                log.exception("the live stream stumbled")
                self._disconnect()
                time.sleep(SECONDS_TO_RECONNECT)
        self._disconnect()
        with self._changed:
            if self._rope:
                self._rope.close()
            self._rope = None
        bell.close()

    def _connected(self) -> Connection:
        if self._db is None:
            self._db = self._connect()
            self._db.add_notify_handler(self._heard)
            self._db.execute(f"LISTEN {CHANNEL}")
        return self._db

    def _heard(self, _: object) -> None:
        self._rung = True

    def _disconnect(self) -> None:
        if self._db:
            self._db.close()
        self._db = None

    def _rest(self, bell: socket.socket, began: float) -> None:
        """Keep the pace, but let nobody at the door wait for it."""
        woken, self._woken = self._audience.woken - self._woken, self._audience.woken
        pace = max(self._pace, min(woken / WOKEN_A_SECOND, SLOWEST_PACE_SECONDS))
        left = began + pace - time.monotonic()
        if left > 0 and not self._ending and not self._newcomers:
            _readable(left, bell.fileno())

    def _wait(self, bell: socket.socket) -> None:
        """Wait for news or newcomers. What was heard while a round was read is news already."""
        if not self._rung and not self._newcomers and not self._ending:
            if self._db and len(self._audience):
                _readable(LOOK_SECONDS, bell.fileno(), self._db.fileno())
            else:
                _readable(None, bell.fileno())
        self._rung = False
        if _readable(0, bell.fileno()):
            bell.recv(4096)

    def _round(self, db: Connection) -> None:
        with self._changed:
            newcomers, self._newcomers = self._newcomers, []
        try:
            until = present(db)
            self._number += 1
            if len(self._audience):
                self._read(db, until)
        except BaseException:
            with self._changed:
                self._newcomers[:0] = newcomers
            raise
        self._place = until
        for each in newcomers:
            self._audience.seat(each, self._number)
        if self._loop:
            _call(self._loop, self._seat, newcomers, until)

    def _seat(self, newcomers: list[Listener], place: Marks) -> None:
        self._audience.marks = place
        for each in newcomers:
            if not each.seated.done():
                each.seated.set_result(place)

    def _read(self, db: Connection, until: Marks) -> None:
        """Read up to a place, page by page, and tell each page at once: who is cut off goes on behind the last."""
        for window in windows(self._place, until.seen) if self._place else []:
            part = window
            while told := between(db, part, most=PAGE):
                self._tell(self._compose(db, part, told), part.at(told[-1].seq))
                self._place = part.at(told[-1].seq)
                LAG.observe(max(0.0, (utc_now() - told[0].at).total_seconds()))
                if len(told) < PAGE:
                    break
                part = part._replace(seq=told[-1].seq)
            self._place = Marks(window.until)

    def _compose(self, db: Connection, window: Window, told: list[Told]) -> list[Message]:
        figures = any(map(self._audience.listens_to, ("sku", "site", SHOP)))
        return compose(db, self._audience, window, told, changes_in(told) if figures else [], utc_now())

    def _tell(self, messages: list[Message], place: Marks) -> None:
        if self._loop:
            _call(self._loop, self._audience.deliver, Round(self._number, messages, place))


def _readable(seconds: float | None, *files: int) -> bool:
    """Wait until one of these can be read. Not ``select``, which knows only a thousand files: each listener is one."""
    poll = select.poll()
    for each in files:
        poll.register(each, select.POLLIN)
    return bool(poll.poll(None if seconds is None else seconds * 1000))


def _call(loop: asyncio.AbstractEventLoop, what: Callable[..., object], *words: object) -> None:
    try:
        loop.call_soon_threadsafe(what, *words)
    except RuntimeError:  # the loop is closed: nobody listens any more
        log.debug("nobody is left to tell")
