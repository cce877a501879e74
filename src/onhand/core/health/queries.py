"""Questions about how the house fares."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from onhand.core.database import Connection, statement
from onhand.core.health.rules import Traffic, summed
from onhand.core.pages import Listing, Page

DAY = timedelta(days=1)
# Up to here minutes tell, which are exact to the second; beyond it hours do.
BY_MINUTE = timedelta(days=2)


class Up(NamedTuple):
    """A step in time: how many of its seconds count, in how many of those somebody served."""

    at: datetime
    seconds: int
    up: int


class Step(NamedTuple):
    """Requests of a door within a step in time."""

    at: datetime
    door: str
    traffic: Traffic


class Server(NamedTuple):
    """The database server: connections in use of those allowed, bytes, the oldest transaction's age in seconds.

    ``standbys`` that follow it now, and by how many seconds the last of them is behind, where it says so.
    """

    connections: int
    most_connections: int
    bytes: int
    transaction_seconds: float
    standbys: int
    standby_seconds: float | None
    version: str


class Response(NamedTuple):
    """Incidents of a while: how many, how many are over, mean seconds until somebody came and until they were over."""

    incidents: int
    resolved: int
    acknowledged_after: float | None
    resolved_after: float | None


class IncidentView(msgspec.Struct, frozen=True):
    """An incident as it is shown."""

    id: int
    kind: str
    about: str
    severity: str
    facts: dict[str, Any]
    opened_at: datetime
    opened_by: str
    seen_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str
    resolved_at: datetime | None
    resolved_by: str
    note: str


INCIDENTS = Listing(
    "core.health",
    "incidents",
    tuple[int],
    "id < %(k0)s",
    IncidentView,
    {"id": "id = %(id)s", "open": "resolved_at IS NULL"},
)


def up(db: Connection, since: datetime, now: datetime, *, step: timedelta = DAY) -> list[Up]:
    """By steps in time, in how many of the seconds that count somebody served. Those before the first sample do not."""
    facts = {"since": since, "now": now, "step": step.total_seconds()}
    if now - since <= BY_MINUTE:
        return [Up(*row) for row in db.execute(statement("core.health", "up_by_minute"), facts)]
    steps = {each.at: each for each in (Up(*row) for row in db.execute(statement("core.health", "up_by_hour"), facts))}
    for each in up(db, _summed_up_to(db, now), now, step=step):
        had = steps.get(each.at, Up(each.at, 0, 0))
        steps[each.at] = Up(each.at, had.seconds + each.seconds, had.up + each.up)
    return [steps[at] for at in sorted(steps)]


def _summed_up_to(db: Connection, now: datetime) -> datetime:
    """From when on minutes are not summed up yet, as far as minutes are looked at."""
    row = db.execute("SELECT max(hour) + interval '1 hour' FROM core_health_hour WHERE door = ''").fetchone()
    return max(row[0] if row and row[0] else now - BY_MINUTE, now - BY_MINUTE)


def uptime(steps: list[Up]) -> float | None:
    """The part of the time in which somebody served; None before anything is known."""
    seconds = sum(each.seconds for each in steps)
    return min(1.0, sum(each.up for each in steps) / seconds) if seconds else None


def traffic(db: Connection, since: datetime, now: datetime, *, step: timedelta = DAY) -> list[Step]:
    """Requests by steps in time and by door."""
    if now - since <= BY_MINUTE:
        return _steps(db, "traffic_by_minute", since, step)
    recent = _steps(db, "traffic_by_minute", _summed_up_to(db, now), step)
    return [*_steps(db, "traffic_by_hour", since, step), *recent]


def _steps(db: Connection, name: str, since: datetime, step: timedelta) -> list[Step]:
    facts = {"since": since, "step": step.total_seconds()}
    return [
        Step(at, door, Traffic(requests, errors, [int(each) for each in slower if each is not None]))
        for at, door, requests, errors, slower in db.execute(statement("core.health", name), facts)
    ]


def by_door(steps: list[Step]) -> dict[str, Traffic]:
    """The same of all steps together."""
    return {
        door: summed(each.traffic for each in steps if each.door == door) for door in sorted({s.door for s in steps})
    }


def down_seconds(db: Connection, now: datetime, *, minutes: int = 3) -> int:
    """In how many seconds of the last finished minutes nobody served; those before the first sample do not count.

    The minute just past may not be written down yet.
    """
    last = now.replace(second=0, microsecond=0) - timedelta(minutes=1)
    steps = up(db, last - timedelta(minutes=minutes), now)
    return sum(each.seconds - each.up for each in steps)


def server(db: Connection) -> Server:
    """How the database server fares."""
    row = db.execute(statement("core.health", "database")).fetchone()
    assert row is not None  # noqa: S101 - a SELECT without FROM has one row
    return Server(*row)


def queued(db: Connection, now: datetime) -> int:
    """The longest the writers' queues of a process have been in the last minutes."""
    row = db.execute(
        "SELECT max(queued) FROM core_health_minute WHERE door = '' AND minute >= %s", (now - timedelta(minutes=3),)
    ).fetchone()
    return int(row[0] or 0) if row else 0


def response(db: Connection, since: datetime) -> Response:
    """How soon somebody came to incidents."""
    row = db.execute(statement("core.health", "response"), (since,)).fetchone()
    return Response(*row) if row else Response(0, 0, None, None)


def incidents(
    db: Connection, *, only_open: bool = False, after: str | None = None, most: int = 50
) -> Page[IncidentView]:
    """Incidents, latest first."""
    return INCIDENTS.page(db, {"open": True if only_open else None}, after=after, most=most)


def incident(db: Connection, number: int) -> IncidentView | None:
    """One incident."""
    return next(iter(INCIDENTS.page(db, {"id": number}).items), None)
