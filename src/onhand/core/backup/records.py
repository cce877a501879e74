"""What of backups is on record: in the event log of the database they are of."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record

SUBJECT = "backup/store"
TAKEN, FAILED, PRUNED, POINT, GAP, DRILLED, RESTORED = (
    "backup.taken",
    "backup.failed",
    "backup.pruned",
    "backup.point_set",
    "backup.gap_found",
    "backup.drilled",
    "database.restored",
)


class LastBackup(NamedTuple):
    """The backup taken last: when it was complete, which it is, how large it is in the store, how long it took."""

    at: datetime
    id: str
    kind: str
    stored_bytes: int
    seconds: float


class LastDrill(NamedTuple):
    """The drill made last: when, whether all was well, from the first byte read to the books proven, what was seen.

    ``rto_seconds`` is how long a restore takes; ``rpo_seconds`` how much of the past the archive lacked then, at most.
    """

    at: datetime
    passed: bool
    rto_seconds: float
    rpo_seconds: float
    said: str


class Archiving(NamedTuple):
    """Whether somebody archives the log just now, and how many bytes of it are not in the archive yet."""

    active: bool
    bytes_behind: int


def note(db: Connection, kind: str, data: dict[str, Any], at: datetime, *, actor: str = "system") -> None:
    """Put something on record, in the caller's transaction."""
    record(db, [fact(kind, SUBJECT, actor, data)], at)


def last_backup(db: Connection) -> LastBackup | None:
    """The backup taken last, or nothing."""
    at, data = _last(db, TAKEN)
    if at is None:
        return None
    return LastBackup(at, data["id"], data["kind"], int(data["stored_bytes"]), float(data["seconds"]))


def last_drill(db: Connection) -> LastDrill | None:
    """The drill made last, or nothing."""
    at, data = _last(db, DRILLED)
    if at is None:
        return None
    return LastDrill(
        at, bool(data["passed"]), float(data["rto_seconds"]), float(data["rpo_seconds"]), str(data["said"])
    )


def archiving(db: Connection) -> Archiving | None:
    """How the archive fares, as the server sees it; nothing where the log was never archived."""
    row = db.execute(statement("core", "archiving")).fetchone()
    return Archiving(bool(row[0]), int(row[1])) if row else None


def _last(db: Connection, kind: str) -> tuple[datetime | None, dict[str, Any]]:
    row = db.execute(statement("core", "last_of_backups"), {"subject": SUBJECT, "kind": kind}).fetchone()
    return (row[0], row[1]) if row else (None, {})
