"""What is done to a database that was restored before anybody may use it, in this order.

A step is handed the database and what came of the restore, and says what it did; one that raises stops the restore.
Whatever must be done again after a restore (``Restored.survivors`` are the events to do it for) is a line here.
"""

from __future__ import annotations

from onhand.access.privacy.tombstones import Tombstone, replay_erasures
from onhand.core.backup.restore import Restored, Step
from onhand.core.database import Connection
from onhand.orders import queries as orders
from onhand.stock import queries as stock


class BooksBroken(Exception):
    """The restored books are not in order; the text names the first invariant that does not hold."""


def prove_books(db: Connection, _: Restored) -> str:
    """As ``onhand check``: every position rebuilt from the moves, every invariant proven; raises ``BooksBroken``."""
    with db.transaction():
        db.execute("SET LOCAL statement_timeout = 0")
        broken = [(each.invariant, each.count, str(each.example)) for each in stock.check(db)]
        broken += [(name, count, str(example)) for name, count, example in orders.check(db)]
        row = db.execute("SELECT count(*) FROM stock_move").fetchone()
    if broken:
        name, count, example = broken[0]
        raise BooksBroken(f"{name}: broken {count} times, for example {example}")
    return f"clean, every invariant holds over {row[0] if row else 0} moves"


def erase_again(db: Connection, restored: Restored) -> str:
    """Whoever was erased since the backup is erased again, by the tombstones at hand and by what outlived the shop."""
    survived = [Tombstone(subject=each.subject, at=each.at) for each in restored.survivors]
    done = replay_erasures(db, more=survived)
    return f"{done.erased} erased again, {done.already} were already, {done.newer + done.unknown} are not there"


AFTER_RESTORE: tuple[Step, ...] = (Step("erasures", erase_again), Step("the books", prove_books))
