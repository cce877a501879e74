"""What is done as soon as somebody notifies, and at least every second, by one process in the whole house.

A thread with one connection. Several processes could do it, so it is done by whose turn it is (``core/turns.py``).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

import psycopg

from onhand.core.database import Connection
from onhand.core.turns import Turn

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
SECONDS_TO_RECONNECT: Final = 1.0


class OnCall:
    """Does a round whenever the channel is notified, from ``start`` to ``stop``."""

    def __init__(
        self,
        work: str,
        connect: Callable[[], Connection],
        channel: str,
        round_: Callable[[Connection], float],
        *,
        keeps: bool,
        pace: float = 0.0,
    ) -> None:
        """``connect`` opens connections in autocommit; a round says for how many seconds nothing more is to be done.

        ``keeps``: it is this process's business. ``pace``: at least so long from one round to the next, so that what
        is notified in between is dealt with at once.
        """
        self._work_called, self._connect, self._channel, self._round = work, connect, channel, round_
        self._turn, self._pace = Turn(work, keeps=keeps), pace
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._work, name=work, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 15.0) -> None:
        """End: a round under way is done to its end."""
        self._told.set()
        if self._thread.is_alive():
            self._thread.join(timeout)

    def _work(self) -> None:
        while not self._told.is_set():
            try:
                with self._connect() as db:
                    db.execute(f"LISTEN {self._channel}")
                    self._turn.sign_on(db)
                    while not self._told.is_set():
                        self._rest(db, self._round(db) if self._turn.mine(db) else LOOK_SECONDS)
            except psycopg.Error as fault:
                log.warning("to %s waits for the database: %s", self._work_called, str(fault).strip())
                self._told.wait(SECONDS_TO_RECONNECT)
            except Exception:  # whatever it is, the next round may do better
                log.exception("to %s failed", self._work_called)
                self._told.wait(SECONDS_TO_RECONNECT)

    def _rest(self, db: Connection, seconds: float) -> None:
        if seconds > 0 and not self._told.is_set():
            with suppress(StopIteration):
                next(db.notifies(timeout=min(seconds, LOOK_SECONDS), stop_after=1))
        if self._pace:
            self._told.wait(self._pace)
