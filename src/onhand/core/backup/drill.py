"""A drill: the only proof that there is a backup. Restores to a moment just past in a scratch folder, and compares.

A shop at work never stands still to be counted. So of the shop is remembered which transactions it could see just
before a named point was set; every event of theirs must be in what is restored, letter for letter, and of what only
ever grows there must be no less than before the point and no more than after it.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from onhand.core.backup import base, points, records
from onhand.core.backup.plan import Target
from onhand.core.backup.restore import Hear, Step, restore, unheard
from onhand.core.backup.vault import Vault
from onhand.core.clock import utc_now
from onhand.core.database import Connection, connect, statement

GROWING = ("core_event", "stock_move", "orders_order", "django_migrations")


class Differs(Exception):
    """What was restored is not what there was; the text says what differs."""


@dataclass(frozen=True)
class Drilled:
    """How a drill went. ``said``: what was looked at, or why it failed."""

    passed: bool
    rto_seconds: float
    rpo_seconds: float
    said: list[str]
    point: str


@dataclass(frozen=True)
class Remembered:
    """What was seen of the shop: a snapshot, the events it could see (the latest of them), rows of what only grows."""

    snapshot: str
    events: tuple[int, int]
    rows: dict[str, int]


def drill(url: str, vault: Vault, steps: Sequence[Step], scratch: Path | None = None, hear: Hear = unheard) -> Drilled:
    """Set a point, restore to it, compare, put the outcome on record. ``scratch``: where there is room for it."""
    with connect(url, autocommit=True) as db, base.turn(db, 2, "A drill is under way: wait until it is done."):
        drilled = _in_scratch(url, vault, steps, scratch, hear)
        told = {
            "passed": drilled.passed,
            "rto_seconds": round(drilled.rto_seconds, 3),
            "rpo_seconds": round(drilled.rpo_seconds, 3),
            "said": "; ".join(drilled.said),
            "point": drilled.point,
        }
        records.note(db, records.DRILLED, told, utc_now())
    return drilled


def _in_scratch(url: str, vault: Vault, steps: Sequence[Step], scratch: Path | None, hear: Hear) -> Drilled:
    folder = Path(tempfile.mkdtemp(prefix="onhand-drill-", dir=scratch))
    # Under root the restored server runs under another account, which must pass.
    folder.chmod(0o711)
    name = f"drill-{utc_now():%Y%m%dT%H%M%S}"
    try:
        drilled = _drill(url, vault, steps, folder, name, hear)
    except Exception as fault:  # noqa: BLE001 - whatever it was, the drill has failed, and that is its outcome
        drilled = Drilled(False, 0.0, 0.0, [f"{type(fault).__name__}: {fault}"], name)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return drilled


def _drill(url: str, vault: Vault, steps: Sequence[Step], folder: Path, name: str, hear: Hear) -> Drilled:
    if not base.any_of(url, vault):
        hear("Taking a first backup", 0, 0)
        base.take(url, vault)
    with connect(url, autocommit=True) as db:
        db.execute("SET statement_timeout = 0")
        before = _remember(db)
        lag = time.monotonic()
        point = points.set_point(url, vault, name)
        lag = time.monotonic() - lag
        after = _count(db)
    compare = Step("what there was, compared", lambda db, _: _compare(db, before, after))
    try:
        restored = restore(vault, folder, Target(point=point.name), [compare, *steps], hear=hear)
    finally:
        points.forget(vault, point)
    return Drilled(True, restored.rto_seconds, lag, restored.said, name)


def _remember(db: Connection) -> Remembered:
    rows = _count(db)
    (snapshot,) = db.execute("SELECT pg_current_snapshot()::text").fetchone() or ("",)
    return Remembered(snapshot, _events(db, snapshot), rows)


def _events(db: Connection, snapshot: str) -> tuple[int, int]:
    row = db.execute(statement("core", "events_digest"), {"snapshot": snapshot}).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def _count(db: Connection) -> dict[str, int]:
    counted = {}
    for table in GROWING:
        (there,) = db.execute("SELECT to_regclass(%s) IS NOT NULL", (table,)).fetchone() or (False,)
        if there:
            row = db.execute(f"SELECT count(*) FROM {table}").fetchone()
            counted[table] = int(row[0]) if row else 0
    return counted


def _compare(db: Connection, before: Remembered, after: dict[str, int]) -> str:
    events, rows = _events(db, before.snapshot), _count(db)
    if events != before.events:
        raise Differs(f"{before.events[0]} events were looked at, and {events[0]} are restored, or others.")
    for table, count in rows.items():
        if not before.rows[table] <= count <= after[table]:
            raise Differs(f"{table} had {before.rows[table]} to {after[table]} rows, and {count} are restored.")
    told = ", ".join(f"{count} of {table}" for table, count in rows.items())
    return f"{events[0]} events letter for letter; rows {told}"
