"""The event log: what happened, written with it, read in order by followers who never miss one.

A sequence number alone does not make a safe cursor: a transaction may take number 5, sleep, and commit after number 6
was read. So a follower remembers a *snapshot* (``pg_current_snapshot()``): which transactions it could already see.
The next events are those of transactions visible now and not visible then; each appears exactly once, whatever the
order of commits. Within one reading they go out by sequence number. Whoever writes about a subject holds that
subject's row lock, so an earlier event of a subject is visible, and numbered, before a later one: each subject's
events arrive in order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from onhand.core.database import Connection, statement

CHANNEL = "onhand_events"


class Fact(NamedTuple):
    """An event about to be recorded. ``data`` is JSON text, encoded once by whoever knows the facts."""

    kind: str
    subject: str
    actor: str
    data: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event as followers read it."""

    seq: int
    at: datetime
    kind: str
    subject: str
    actor: str
    data: dict[str, Any]


_encoder = msgspec.json.Encoder()


def fact(kind: str, subject: str, actor: str, data: object) -> Fact:
    """Shape an event; ``data`` may be anything msgspec can write as a JSON object."""
    return Fact(kind, subject, actor, _encoder.encode(data).decode())


def record(db: Connection, facts: Sequence[Fact], at: datetime) -> None:
    """Append events to the log, in the caller's transaction, and wake followers once when it commits."""
    if not facts:
        return
    kinds, subjects, actors, data = (list(column) for column in zip(*facts, strict=True))
    db.execute(statement("core", "record_events"), (at, kinds, subjects, actors, data))
    db.execute(f"NOTIFY {CHANNEL}")


def read(db: Connection, follower: str, *, most: int = 500) -> list[Event]:
    """The next events for a follower, oldest first, without moving its cursor; see ``advance``.

    A new follower begins at the first event still kept. Call ``advance`` in the transaction in which the events
    were dealt with: until then the same events are read again (at least once).
    """
    db.execute(statement("core", "open_window"), (follower,))
    rows = db.execute(statement("core", "read_events"), {"follower": follower, "most": most}).fetchall()
    return [Event(*row) for row in rows]


def advance(db: Connection, follower: str, events: Sequence[Event], *, most: int = 500) -> None:
    """Remember that these events, just read, were dealt with; a short page closes the window it was read from."""
    last = events[-1].seq if events else 0
    db.execute(statement("core", "advance_follower"), {"follower": follower, "last": last, "full": len(events) >= most})


def about(db: Connection, subject: str, *, after: int = 0, most: int = 200) -> list[Event]:
    """The history of one subject, oldest first."""
    rows = db.execute(statement("core", "events_about"), (subject, after, most)).fetchall()
    return [Event(*row) for row in rows]


class LogSize(NamedTuple):
    """How large the log has grown; rows as the database last estimated them."""

    rows: int
    bytes: int


def size(db: Connection) -> LogSize:
    """The log's size, without counting."""
    row = db.execute(statement("core", "event_log_size")).fetchone()
    return LogSize(*row) if row else LogSize(0, 0)


class Behind(NamedTuple):
    """What a follower has not dealt with yet: how many events, and for how long the oldest has waited."""

    follower: str
    events: int
    seconds: float


def behind(db: Connection, *, most: int = 10_000) -> list[Behind]:
    """How far each follower is behind; more than ``most`` events are not counted on."""
    return [Behind(*row) for row in db.execute(statement("core", "followers_behind"), {"most": most})]
