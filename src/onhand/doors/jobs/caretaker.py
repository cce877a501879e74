"""The duty to look after the house's health: the signs are gathered, and incidents follow from them."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta
from pathlib import Path

from onhand.core import events
from onhand.core.backup import records
from onhand.core.certificates import ends
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.health import actions, queries
from onhand.core.health.rules import Signs, troubles
from onhand.core.settings import Settings

LATELY = timedelta(minutes=5)


def look_after(settings: Settings, db: Connection) -> int:
    """Look, and open an incident for what is not as it should be; how many were opened."""
    now = utc_now()
    return actions.follow_up(db, troubles(signs(settings, db, now)), now)


def signs(settings: Settings, db: Connection, now: datetime) -> Signs:
    """Everything that is looked at, as it is now."""
    server, backup, drill = queries.server(db), records.last_backup(db), records.last_drill(db)
    return Signs(
        traffic=queries.by_door(queries.traffic(db, now - LATELY, now)),
        down_seconds=queries.down_seconds(db, now),
        behind={each.follower: each.seconds for each in events.behind(db)},
        queued=queries.queued(db, now) / settings.queue,
        disk=free_disk(settings.data),
        connections=server.connections / server.most_connections,
        transaction_seconds=server.transaction_seconds,
        certificate_days=certificate_days(settings, now),
        backup_hours=(now - backup.at) / timedelta(hours=1) if backup else None,
        drill_days=(now - drill.at) / timedelta(days=1) if drill else None,
        drill_failed=bool(drill and not drill.passed),
    )


def free_disk(folder: Path) -> float:
    """The part of the disk that is free where our data lies, or would lie."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    usage = shutil.disk_usage(there)
    return usage.free / usage.total


def certificate_days(settings: Settings, now: datetime) -> float | None:
    """For how many days our own certificate still holds; None where a proxy has it."""
    until = ends(settings.tls_certificate) if settings.tls_certificate else None
    return (until - now) / timedelta(days=1) if until else None
