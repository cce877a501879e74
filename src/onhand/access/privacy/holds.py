"""Legal holds: a duty to keep what is known of somebody until a day. While one lasts nobody erases them."""

from __future__ import annotations

from datetime import datetime

import msgspec

from onhand.access.privacy import registry
from onhand.core import events
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused


class Held(msgspec.Struct, frozen=True):
    """A hold that lasts: until when, why, and who said so."""

    number: int
    until: datetime
    reason: str
    actor: str


def hold(db: Connection, said: str, until: datetime, reason: str, *, now: datetime, actor: str) -> str | Refused:
    """Hold what is known of a subject until a day; answers the subject."""
    subject = registry.known(db, said)
    if refused(subject):
        return subject
    if until <= now:
        return Refused("past_day", "A hold ends on a day to come; give a later one.", "until")
    db.execute(
        "INSERT INTO access_privacy_hold (subject, reason, until, actor, at) VALUES (%s, %s, %s, %s, %s)",
        (subject, reason, until, actor, now),
    )
    events.record(db, [events.fact("hold.placed", subject, actor, {"until": until})], now)
    return subject


def release(db: Connection, said: str, *, now: datetime, actor: str) -> int | Refused:
    """End the holds on a subject; how many there were."""
    subject = registry.known(db, said)
    if refused(subject):
        return subject
    ended = db.execute(
        "UPDATE access_privacy_hold SET ended_at = %s WHERE subject = %s AND ended_at IS NULL AND until > %s",
        (now, subject, now),
    ).rowcount
    if ended:
        events.record(db, [events.fact("hold.ended", subject, actor, {"holds": ended})], now)
    return ended


def lasting(db: Connection, subject: str, *, now: datetime) -> list[Held]:
    """The holds that last, the longest first."""
    rows = db.execute(
        "SELECT id, until, reason, actor FROM access_privacy_hold"
        " WHERE subject = %s AND ended_at IS NULL AND until > %s ORDER BY until DESC",
        (subject, now),
    )
    return [Held(*row) for row in rows]
