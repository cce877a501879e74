"""Moments with a name, to which the database can be restored: set before a risky act."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from onhand.core.backup import lsn, records, wal
from onhand.core.backup.replication import Replication
from onhand.core.backup.vault import Vault
from onhand.core.clock import utc_now
from onhand.core.database import connect

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,59}")


class BadPoint(Exception):
    """There is no such point, or it cannot be set; the text says why."""


class Point(msgspec.Struct, frozen=True):
    """A named moment: where it lies in the log, and when it was."""

    name: str
    cluster: str
    timeline: int
    place: int
    at: datetime


def set_point(url: str, vault: Vault, name: str, *, actor: str = "system", patience_seconds: float = 60.0) -> Point:
    """Name this moment, and wait until the archive holds it; raises ``BadPoint``."""
    if not _NAME.fullmatch(name):
        raise BadPoint(
            f"A point cannot be called {name!r}: letters, digits, dots, dashes and underscores, 60 of them at most."
        )
    with Replication(url) as wire:
        cluster, timeline, _ = wire.identify()
    if find(vault, name, cluster) is not None:
        raise BadPoint(f"There is a point {name} already: choose another name, the first would be meant.")
    with wal.archiving(url, vault), connect(url, autocommit=True) as db:
        set_at = utc_now()
        (place,) = db.execute("SELECT pg_create_restore_point(%s)::text", (name,)).fetchone() or ("0/0",)
        point = Point(name, cluster, timeline, lsn.parse(place), set_at)
        records.note(db, records.POINT, {"name": name, "lsn": place}, set_at, actor=actor)
        if not wal.wait_until_kept(vault, cluster, point.place, patience_seconds):
            raise BadPoint("The point was set, but the archive does not reach it: is `onhand work` running?")
    vault.keep(_object(cluster, name), point)
    return point


def points(vault: Vault, cluster: str) -> list[Point]:
    """The points there are, oldest first."""
    found = [vault.note(name, Point) for name in list(vault.store.names(f"{cluster}/points"))]
    return sorted((each for each in found if each), key=lambda each: each.at)


def find(vault: Vault, name: str, cluster: str) -> Point | None:
    """The point of that name, or nothing."""
    return vault.note(_object(cluster, name), Point) if _NAME.fullmatch(name) else None


def _object(cluster: str, name: str) -> str:
    return f"{cluster}/points/{name}.sealed"


def forget(vault: Vault, point: Point) -> None:
    """Forget a point, because nothing is kept any more from which it could be restored."""
    vault.store.remove(_object(point.cluster, point.name))
