"""Incidents: opened where something is not as it should be, by itself or by hand, come to, and over."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.core.health.rules import CALM_SECONDS, Trouble
from onhand.core.refusals import Refused

BY_HAND = "by_hand"
LONGEST = 500
_encoder = msgspec.json.Encoder()


def sum_up(db: Connection, now: datetime) -> None:
    """Sum minutes up into hours, and forget what is old; ``db`` must be in autocommit."""
    with db.transaction():
        db.execute(statement("core.health", "sum_up"), {"now": now})
    with db.transaction():
        db.execute(statement("core.health", "forget"), {"now": now})


def follow_up(db: Connection, troubles: Iterable[Trouble], now: datetime) -> int:
    """Open an incident for each trouble that has none; those whose trouble is gone for a while are over.

    How many were opened. ``db`` must be in autocommit.
    """
    with db.transaction():
        opened = sum(_open(db, each, "system", now) for each in troubles)
        calm = db.execute(
            "UPDATE core_health_incident SET resolved_at = seen_at, resolved_by = 'system'"
            " WHERE resolved_at IS NULL AND opened_by = 'system' AND seen_at < %s RETURNING id, kind",
            (now - timedelta(seconds=CALM_SECONDS),),
        ).fetchall()
        told = [fact("incident.resolved", f"incident/{number}", "system", {"kind": kind}) for number, kind in calm]
        record(db, told, now)
    return opened


def _open(db: Connection, trouble: Trouble, by: str, now: datetime) -> int:
    facts = {
        "kind": trouble.kind,
        "about": trouble.about,
        "severity": trouble.severity,
        "facts": _encoder.encode(dict(trouble.facts)).decode(),
        "by": str(by),
        "now": now,
    }
    (number, fresh) = db.execute(statement("core.health", "open_incident"), facts).fetchone() or (0, False)
    if fresh:
        told = {"kind": trouble.kind, "about": trouble.about, "severity": trouble.severity}
        record(db, [fact("incident.opened", f"incident/{number}", by, told)], now)
    return int(fresh)


def open_by_hand(db: Connection, words: str, severity: str, *, actor: str, now: datetime) -> Refused | None:
    """Somebody tells of an incident that nothing noticed."""
    if not words.strip() or len(words) > LONGEST:
        return Refused("bad_words", f"Say what is wrong, in {LONGEST} characters at most.", "words")
    if severity not in {"minor", "major", "critical"}:
        return Refused("bad_severity", "An incident is minor, major or critical.", "severity")
    _open(db, Trouble(BY_HAND, words.strip(), severity, {}), actor, now)  # type: ignore[arg-type]
    return None


def acknowledge(db: Connection, number: int, *, actor: str, now: datetime) -> Refused | None:
    """Somebody has come to it."""
    return _change(db, number, "acknowledged", "acknowledged_at IS NULL AND resolved_at IS NULL", actor, now)


def resolve(db: Connection, number: int, note: str, *, actor: str, now: datetime) -> Refused | None:
    """It is over. Whoever ends one that nobody came to has come to it."""
    if len(note) > LONGEST:
        return Refused("bad_note", f"A note has {LONGEST} characters at most.", "note")
    refusal = _change(db, number, "resolved", "resolved_at IS NULL", actor, now)
    if refusal is None:
        db.execute(
            "UPDATE core_health_incident SET note = %s, acknowledged_at = coalesce(acknowledged_at, %s),"
            " acknowledged_by = CASE WHEN acknowledged_at IS NULL THEN %s ELSE acknowledged_by END WHERE id = %s",
            (note.strip(), now, str(actor), number),
        )
    return refusal


def _change(db: Connection, number: int, what: str, while_: str, actor: str, now: datetime) -> Refused | None:
    row: Any = db.execute(
        f"UPDATE core_health_incident SET {what}_at = %s, {what}_by = %s WHERE id = %s AND {while_} RETURNING kind",
        (now, str(actor), number),
    ).fetchone()
    if row is None:
        if db.execute("SELECT FROM core_health_incident WHERE id = %s", (number,)).fetchone() is None:
            return Refused("unknown_incident", f"There is no incident {number}.", "incident")
        return Refused("incident_not_open", "Somebody was here before, or it is over.", "incident")
    record(db, [fact(f"incident.{what}", f"incident/{number}", actor, {"kind": row[0]})], now)
    return None
