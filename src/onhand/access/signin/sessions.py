"""Sessions of people: which there are, and ending them. Ended, they are dead in every process and at both doors."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from onhand.core.database import Connection, statement
from onhand.core.events import fact, record
from onhand.core.refusals import Refused

# When a session began, in it.
BEGAN = "began"


class Session(NamedTuple):
    """A browser somebody is signed in with."""

    id: int
    key: str
    began_at: datetime
    seen_at: datetime
    address: str
    browser: str


def of(db: Connection, person: int) -> list[Session]:
    """Somebody's sessions, latest first."""
    return [Session(*row) for row in db.execute(statement("access.signin", "sessions_of"), (person,))]


def alive(db: Connection, keys: Sequence[str], longest_seconds: float) -> set[str]:
    """Which of these sessions have not ended, nor lived for as long as any may."""
    facts = {"keys": list(keys), "longest": longest_seconds}
    return {key for (key,) in db.execute(statement("access.signin", "alive_sessions"), facts)}


def over(session: Mapping[str, Any], longest_seconds: float) -> bool:
    """Whether a session has lived for as long as any may."""
    now = time.time()
    return now - float(session.get(BEGAN, now)) > longest_seconds


def end(
    db: Connection,
    person: int,
    *,
    actor: str,
    reason: str,
    now: datetime,
    only: int | None = None,
    spare: str | None = None,
) -> int:
    """End the sessions of somebody: all, or ``only`` one, or all but the one to ``spare``; how many there were."""
    facts = {"person": person, "only": only, "spare": spare}
    ended = [number for (number,) in db.execute(statement("access.signin", "end_sessions"), facts)]
    (name,) = db.execute("SELECT username FROM access_person WHERE id = %s", (person,)).fetchone() or ("",)
    told = [fact("session.ended", f"session/{each}", actor, {"person": name, "reason": reason}) for each in ended]
    record(db, told, now)
    return len(ended)


def end_all(db: Connection, name: str, *, actor: str, reason: str, now: datetime) -> Refused | None:
    """End every session of somebody by their name."""
    found = db.execute("SELECT id FROM access_person WHERE username = %s", (name,)).fetchone()
    if found is None:
        return Refused("unknown_person", f"Nobody is called {name!r} here.", "name")
    end(db, found[0], actor=actor, reason=reason, now=now)
    return None


def forget_old(db: Connection, now: datetime) -> int:
    """Take away sessions and tokens of machines that have run out."""
    gone = db.execute("DELETE FROM django_session WHERE expire_date <= %s", (now,)).rowcount
    db.execute(
        "DELETE FROM usersessions_usersession AS kept WHERE NOT EXISTS"
        " (SELECT FROM django_session AS session WHERE session.session_key = kept.session_key)"
    )
    return gone + db.execute("DELETE FROM allauth_idp_oidc_token WHERE expires_at <= %s", (now,)).rowcount
