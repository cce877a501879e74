"""Who does the duties, when several processes could.

Each duty has an advisory lock in the database, and is done by who holds it. ``onhand work`` keeps the locks it gets,
taking on one more a round, so that two that start together share out, and one that starts later stands by. A serving
process only borrows a lock for as long as the duty takes: as soon as ``onhand work`` runs beside it, the duties move
there; when that dies the database drops its locks and the serving processes see to the duties again.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable

import psycopg
from prometheus_client import Counter

from onhand.core.database import Connection
from onhand.core.writer import Overloaded, Writer
from onhand.doors.jobs.duties import Duty

log = logging.getLogger(__name__)

DONE = Counter("onhand_duties_total", "Duties done, by how they ended", ["duty", "outcome"])

# The first half of the locks' keys, so that they meet nobody else's; the second half is made from the duty's name.
_OURS = 728_811
ROUND_SECONDS = 0.5


class Housekeeper:
    """One thread with one connection, which does the duties that are its to do."""

    def __init__(
        self,
        connect: Callable[[], Connection],
        writer: Writer,
        duties: Iterable[Duty],
        *,
        keeps: bool,
        round_seconds: float = ROUND_SECONDS,
    ) -> None:
        self._connect = connect
        self._writer = writer
        self._due = dict.fromkeys(duties, 0.0)
        self._keeps = keeps
        self._round_seconds = round_seconds
        self._held: set[Duty] = set()
        self._db: Connection | None = None
        self._told = threading.Event()
        self._thread = threading.Thread(target=self._work, name="housekeeper", daemon=True)

    @property
    def held(self) -> set[str]:
        """The names of the duties that are this process's for good."""
        return {duty.name for duty in self._held}

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self, timeout: float = 30.0) -> None:
        """End; a duty under way is done to its end."""
        self._told.set()
        self._thread.join(timeout)

    def do_all(self) -> None:
        """Each duty once, now, waiting for nobody's turn; a fault is raised."""
        with self._connect() as db:
            for duty in self._due:
                duty.do(self._writer, db)

    def _work(self) -> None:
        while not self._told.is_set():
            try:
                self._round()
            except psycopg.Error as fault:
                log.warning("housekeeping waits for the database: %s", str(fault).strip())
                self._leave()
            self._told.wait(self._round_seconds)
        self._leave()

    def _round(self) -> None:
        if self._db is None:
            self._db = self._connect()
        took_on = False
        for duty in [duty for duty, due in self._due.items() if time.monotonic() >= due]:
            if duty not in self._held:
                if (took_on and self._keeps) or not self._lock(self._db, duty):
                    continue
                took_on = True
            self._do(self._db, duty)

    def _do(self, db: Connection, duty: Duty) -> None:
        try:
            duty.do(self._writer, db)
            DONE.labels(duty.name, "done").inc()
        except Overloaded:
            DONE.labels(duty.name, "put off").inc()
        except Exception as fault:
            DONE.labels(duty.name, "failed").inc()
            if db.closed or isinstance(fault, psycopg.OperationalError):
                raise
            log.exception("the duty to %s failed", duty.name)
        finally:
            self._due[duty] = time.monotonic() + duty.every_seconds
            if not self._keeps and not db.closed:
                self._unlock(db, duty)

    def _lock(self, db: Connection, duty: Duty) -> bool:
        row = db.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_OURS, duty.name)).fetchone()
        mine = bool(row and row[0])
        if mine and self._keeps:
            self._held.add(duty)
            log.info("this process sees to it: %s", duty.name)
        return mine

    def _unlock(self, db: Connection, duty: Duty) -> None:
        db.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", (_OURS, duty.name))

    def _leave(self) -> None:
        """Give the locks up with the connection that holds them."""
        if self._db:
            self._db.close()
        self._db = None
        self._held.clear()
