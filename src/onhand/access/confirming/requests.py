"""Requests: what waits for a second person, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from onhand.access.people import number_of
from onhand.access.permissions import Standing
from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.core.pages import Listing, Page
from onhand.core.refusals import Refused

GOOD_FOR = timedelta(hours=24)
MOST_WAITING = 1000
PERMISSION = "do.approvals"
LONGEST_REASON = 200
LOOKED_AMONG = 20_000

_ASK = """
INSERT INTO access_request (act, facts, before, key, asked_by, asked_at, expires_at, permission, sites)
VALUES (%(act)s, %(facts)s, %(before)s, %(key)s, %(by)s, %(at)s, %(until)s, %(permission)s, to_jsonb(%(sites)s::text[]))
ON CONFLICT (key) DO NOTHING
RETURNING id
"""


class RequestView(msgspec.Struct, frozen=True):
    """A request, as it is listed. ``state`` is ``expired`` where it waited too long."""

    id: int
    act: str
    facts: str
    before: str
    key: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    permission: str
    sites: list[str]
    state: str
    decided_by: str
    decided_at: datetime | None
    answer: str


REQUESTS = Listing(
    "access.confirming",
    "requests",
    tuple[int],
    "request.id < %(k0)s",
    RequestView,
    {
        "id": "request.id = %(id)s",
        "waiting": "request.state = 'waiting' AND request.expires_at > %(waiting)s",
        "by": "request.asked_by = %(by)s",
    },
)


def ask(
    db: Connection,
    *,
    act: str,
    facts: str,
    before: str,
    key: str,
    actor: str,
    permission: str,
    sites: Sequence[str],
    now: datetime,
) -> int | Refused:
    """Keep what somebody wants done until a second person approves it; returns its number. Asked twice it is one."""
    waiting = db.execute(
        "SELECT count(*) FROM access_request WHERE state = 'waiting' AND expires_at > %s", [now]
    ).fetchone()
    if waiting and waiting[0] >= MOST_WAITING:
        return Refused("too_many_waiting", f"{MOST_WAITING} requests wait for approval already; decide some first.")
    given = {"act": act, "facts": facts, "before": before, "key": key, "by": actor, "at": now}
    given |= {"until": now + GOOD_FOR, "permission": permission, "sites": list(sites)}
    row = db.execute(_ASK, given).fetchone()
    if row is None:
        known = db.execute("SELECT id, facts, asked_by FROM access_request WHERE key = %s", [key]).fetchone()
        if known is None or known[1:] != (facts, actor):
            return Refused("key_reused", "This form was sent for something else already; open it anew.")
        return int(known[0])
    told = {"act": act, "key": key, "sites": list(sites)}
    events.record(db, [events.fact("request.made", f"request/{row[0]}", actor, told)], now)
    return int(row[0])


def request(db: Connection, number: int) -> RequestView | None:
    """One request; None where there is none of this number."""
    return next(iter(REQUESTS.page(db, {"id": number}).items), None)


def listed(
    db: Connection, now: datetime, *, waiting: bool = False, by: str = "", after: str | None = None, most: int = 50
) -> Page[RequestView]:
    """Requests, latest first: those that wait, those of somebody, or all."""
    given = {"waiting": now if waiting else None, "by": by or None}
    page: Page[RequestView] = REQUESTS.page(db, given, after=after, most=most)
    return page


def waiting_for(db: Connection, actor: str, standing: Standing, now: datetime, *, most: int = 100) -> int:
    """How many requests wait that somebody could decide, up to ``most``."""
    found: Page[RequestView] = REQUESTS.page(db, {"waiting": now}, most=most)
    return sum(may_decide(each, actor, standing) is None for each in found.items)


def may_decide(asked: RequestView, actor: str, standing: Standing) -> Refused | None:
    """Why somebody may not decide a request: it is their own, or they could not do themselves what it asks for."""
    if asked.asked_by == actor:
        return Refused("your_request", "Nobody approves what they asked for themselves; ask somebody else.")
    if standing.may(PERMISSION, *asked.sites) and standing.may(asked.permission, *asked.sites):
        return None
    return Refused(
        "not_yours_to_approve",
        f"This takes {PERMISSION!r} and {asked.permission!r} at {', '.join(asked.sites) or 'every site'}.",
    )


def take(db: Connection, number: int, now: datetime) -> RequestView | Refused:
    """Take a request in hand until the transaction ends: two who decide at once do so one after the other."""
    found = db.execute("SELECT FROM access_request WHERE id = %s FOR UPDATE", [number]).fetchone()
    asked = None if found is None else request(db, number)
    if asked is None:
        return Refused("unknown_request", f"There is no request {number}.")
    if asked.state not in {"waiting", "expired"}:
        return Refused("decided", f"It was decided already, by {asked.decided_by}: {asked.state}.")
    if asked.expires_at <= now:
        return Refused("request_expired", "It waited for longer than a day; it must be asked for anew.")
    return asked


def decide(db: Connection, asked: RequestView, state: str, *, actor: str, now: datetime, answer: str = "") -> None:
    """Say what became of a request that was taken in hand."""
    db.execute(
        "UPDATE access_request SET state = %s, decided_by = %s, decided_at = %s, answer = %s WHERE id = %s",
        [state, actor, now, answer[:500], asked.id],
    )
    _tell_asker(db, asked, actor, state, now)
    kind = {"done": "request.approved", "declined": "request.declined"}.get(state, f"request.{state}")
    told = {"act": asked.act, "key": asked.key, "asked_by": asked.asked_by, "reason": answer[:500]}
    events.record(db, [events.fact(kind, f"request/{asked.id}", actor, told)], now)


def _tell_asker(db: Connection, asked: RequestView, actor: str, state: str, now: datetime) -> None:
    """Something for the asker's inbox, which a page of theirs hears at once."""
    number = number_of(db, asked.asked_by.partition("/")[2])
    if number is not None and asked.asked_by != actor:
        told = {"request": asked.id, "state": state}
        events.record(db, [events.fact("inbox.told", f"inbox/{number}", actor, told)], now)


def news(db: Connection, actor: str, now: datetime) -> list[RequestView]:
    """What was decided of somebody's requests and they were not told yet; now they are."""
    told = db.execute(
        "UPDATE access_request SET told_at = %s WHERE asked_by = %s AND told_at IS NULL AND decided_by <> asked_by"
        " AND state <> 'waiting' RETURNING id",
        [now, actor],
    ).fetchall()
    return [found for (number,) in told if (found := request(db, number))]


def hopes(db: Connection, actor: str, now: datetime) -> bool:
    """Whether somebody waits to hear of a request of theirs, or was not told yet what became of it."""
    found = db.execute(
        "SELECT FROM access_request WHERE asked_by = %s AND told_at IS NULL AND decided_by <> asked_by"
        " AND (state <> 'waiting' OR expires_at > %s) LIMIT 1",
        [actor, now],
    )
    return found.fetchone() is not None


class Recent(NamedTuple):
    """Something somebody did lately."""

    at: datetime
    kind: str
    subject: str
    data: dict[str, Any]


def lately(db: Connection, actor: str, *, most: int = 8) -> list[Recent]:
    """What somebody did last, latest first; looked for among the latest events only."""
    rows = db.execute(statement("access.confirming", "lately"), {"actor": actor, "most": most, "among": LOOKED_AMONG})
    return [Recent(*row) for row in rows]
