"""What the verbs that save records share: taking turns, rounds of a batch, arrays for ``unnest``, news of what changed.

Records are saved by people and imports, not at the rate of sales: they need no writer, but they, too, come in batches.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from onhand.core import events
from onhand.core.database import Connection
from onhand.core.refusals import Refused

T = TypeVar("T")
# What became of the records of a batch, by their position in it.
Answers = dict[int, T | Refused]


def take_turns(db: Connection, room: str) -> None:
    """Wait until other changes to the room's records are committed; they are few, and so none can race another.

    Readers do not wait. Not a table lock: that would chase autovacuum away for the length of an import.
    """
    db.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"onhand.{room}"])


# Whoever waits for a table holds up all who come after: not for long, then, and rather once more.
ALONE_PATIENCE = "2s"


def alone_with(db: Connection, table: str) -> None:
    """Wait until nobody who has read a table is under way, and let nobody read it until the transaction ends.

    What somebody has read they may yet write down by its plain id; so only now may be asked whether a row is named
    anywhere, and only of one table, lest two who each hold one wait for the other. Raises
    ``psycopg.errors.LockNotAvailable`` when it is not to be had soon.
    """
    db.execute("SELECT set_config('lock_timeout', %s, true)", [ALONE_PATIENCE])
    db.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")


def moment(db: Connection, now: datetime | None) -> datetime:
    """The present as the caller has it, else the moment the transaction began."""
    if now is not None:
        return now
    row = db.execute("SELECT now()").fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    began: datetime = row[0]
    return began


def rounds(positions: Iterable[int], keys: Sequence[Hashable]) -> list[list[int]]:
    """Deal positions of a batch into rounds in which no key comes twice, keeping each key's order.

    So a batch that names one thing twice ends as if the records had come one after the other.
    """
    dealt: list[list[int]] = []
    turns: dict[Hashable, int] = {}
    for at in positions:
        turn = turns.get(keys[at], 0)
        turns[keys[at]] = turn + 1
        if turn == len(dealt):
            dealt.append([])
        dealt[turn].append(at)
    return dealt


def in_order(answers: Mapping[int, T | Refused]) -> list[T | Refused]:
    """Answers in the order of the batch's records."""
    return [answers[at] for at in range(len(answers))]


def columns(rows: Sequence[tuple[object, ...]], *names: str) -> dict[str, list[object]]:
    """Rows turned into one array a column, as ``unnest`` takes them."""
    return {name: [row[at] for row in rows] for at, name in enumerate(names)}


@dataclass(slots=True)
class Diary:
    """Who saves records, when, and what changed by it; to be written in the transaction that saves them."""

    actor: str
    now: datetime
    facts: list[events.Fact] = field(default_factory=list)

    def note(self, kind: str, subject: str, change: str, record: object, before: object = None) -> None:
        """A record was saved; one that was so already is no news."""
        if change != "unchanged":
            data = {"change": change, "before": before, "record": record}
            self.facts.append(events.fact(kind, subject, self.actor, data))

    def write(self, db: Connection) -> None:
        """Append what was noted to the event log."""
        events.record(db, self.facts, self.now)
