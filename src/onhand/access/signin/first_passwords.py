"""Passwords that were made up for somebody: good for a first time, soon, and never what they go on with."""

from __future__ import annotations

from datetime import datetime, timedelta

from onhand.core.database import Connection

HOLDS = timedelta(days=3)

_LEND = """
INSERT INTO access_signin_first_password (person_id, until) VALUES (%s, %s)
ON CONFLICT (person_id) DO UPDATE SET until = EXCLUDED.until
"""


def lend(db: Connection, person: int, now: datetime) -> None:
    """Somebody has a password that was made up for them; it holds for three days."""
    db.execute(_LEND, (person, now + HOLDS))


def own(db: Connection, person: int) -> None:
    """Somebody has a password of their own."""
    db.execute("DELETE FROM access_signin_first_password WHERE person_id = %s", (person,))


def until(db: Connection, person: int) -> datetime | None:
    """Until when the password made up for somebody holds; None where they have one of their own."""
    row = db.execute("SELECT until FROM access_signin_first_password WHERE person_id = %s", (person,)).fetchone()
    return None if row is None else row[0]
