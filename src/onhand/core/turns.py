"""Whose turn something is that one process at a time does, and that several could do.

By holding an advisory lock. A process whose business it is (``onhand work``) says by a second lock that it would like
to, and one that only helps out then gives the first up. When a process dies the database drops its locks.
"""

from __future__ import annotations

import logging
from typing import Final

from onhand.core.database import Connection

log = logging.getLogger(__name__)

# The first half of the locks' keys is the duties' own; see doors/jobs/housekeeper.py.
_OURS: Final = 728_811
_HELD: Final = """
SELECT EXISTS (
    SELECT FROM pg_locks
    WHERE locktype = 'advisory' AND pid = pg_backend_pid() AND granted
      AND classid::bigint = %s AND objid::bigint = hashtext(%s)::bigint & 4294967295
)
"""


class Turn:
    """One process's standing to a piece of work, on one connection in autocommit."""

    def __init__(self, work: str, *, keeps: bool) -> None:
        self._work, self._wish = work, f"wish to {work}"
        self._keeps = keeps

    def sign_on(self, db: Connection) -> None:
        """Say that it is this process's business, where it is."""
        if self._keeps:
            db.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_OURS, self._wish))

    def mine(self, db: Connection) -> bool:
        """Whether it is this process's turn."""
        if not self._keeps and self._wished_for(db):
            db.execute("SELECT pg_advisory_unlock_all()")
            return False
        held = db.execute(_HELD, (_OURS, self._work)).fetchone()
        if held and held[0]:
            return True
        row = db.execute("SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_OURS, self._work)).fetchone()
        mine = bool(row and row[0])
        if mine:
            log.info("from now on it is this process's to %s", self._work)
        return mine

    def _wished_for(self, db: Connection) -> bool:
        row = db.execute("SELECT pg_try_advisory_lock_shared(%s, hashtext(%s))", (_OURS, self._wish)).fetchone()
        free = bool(row and row[0])
        if free:
            db.execute("SELECT pg_advisory_unlock_shared(%s, hashtext(%s))", (_OURS, self._wish))
        return not free
