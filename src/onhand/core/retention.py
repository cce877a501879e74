"""Forgetting what is old: answers to keys nobody will use again, and events everybody has read.

An answer forgotten is a key forgotten: the same key asks afresh. An order's number still cannot be used twice, for
the order itself is kept. Events go only when they are older than the retention *and* every follower has read them; a
follower that hangs keeps them, and its lag is on the metrics page. Moves are never forgotten.

Both go a page at a time, each page a transaction, so that nobody waits for a long one.
"""

from __future__ import annotations

from datetime import datetime

from onhand.core.database import Connection, statement

PAGE = 5_000


def forget_answers(db: Connection, before: datetime, *, page: int = PAGE) -> int:
    """Forget answers given before a moment; ``db`` must be in autocommit. Returns how many."""
    return _page_by_page(db, "forget_answers", before, page)


def forget_events(db: Connection, before: datetime, *, page: int = PAGE) -> int:
    """Forget events of before a moment that every follower has read; ``db`` must be in autocommit. Returns how many."""
    return _page_by_page(db, "forget_events", before, page)


def _page_by_page(db: Connection, name: str, before: datetime, page: int) -> int:
    forgotten, last = 0, page
    while last == page:
        with db.transaction():
            # The log is append-only for everybody else: see core/migrations/0003.
            db.execute("SET LOCAL onhand.forgetting = 'on'")
            last = db.execute(statement("core", name), {"before": before, "page": page}).rowcount
        forgotten += last
    return forgotten
