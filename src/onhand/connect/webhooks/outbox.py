"""The outbox: deliveries written for events, taken up when they are due, settled when they were answered.

All of it in batches and set-based, and by one courier at a time. ``take_turns`` keeps it apart from whoever disables
an endpoint or replays its dead letters in the same moment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from onhand.connect.webhooks import rules
from onhand.connect.webhooks.actions import ROOM, disable
from onhand.connect.webhooks.rules import Answer, Verdict
from onhand.core import events
from onhand.core.batch import take_turns
from onhand.core.cards import masked
from onhand.core.database import Connection, statement

FOLLOWER = "webhooks"
PAGE = 1000
KEEP_DONE = timedelta(days=7)
KEEP_DEAD = timedelta(days=90)
FORGET_PAGE = 5000


class Endpoint(NamedTuple):
    """An endpoint that something is sent to, and the secrets it is signed with."""

    id: UUID
    url: str
    state: str
    secrets: list[str]


class Parcel(NamedTuple):
    """A delivery taken up: what is posted, to whom, after how many attempts."""

    id: int
    endpoint: UUID
    message: str
    attempts: int
    body: bytes | None


class _Order(msgspec.Struct):
    """The order an event is about, as its channel names it."""

    channel: str
    number: str


class Payload(msgspec.Struct, omit_defaults=True):
    """The body of a post. ``seq`` orders the events of one subject; ``order`` is there when the subject is one."""

    type: str
    timestamp: datetime
    seq: int
    subject: str
    actor: str
    data: msgspec.Raw
    order: _Order | None = None


def fill(db: Connection, now: datetime, *, most: int = PAGE) -> int:
    """Write deliveries for the next events of the log; returns how many events were looked at. Commits."""
    with db.transaction():
        take_turns(db, ROOM)
        seqs = events.glance(db, FOLLOWER, most=most)
        if seqs:
            trade = sorted(events.OF_THE_TRADE)
            db.execute(statement("connect.webhooks", "fill"), {"seqs": seqs, "now": now, "trade": trade})
        events.move_on(db, FOLLOWER, seqs[-1] if seqs else 0, full=len(seqs) >= most)
    return len(seqs)


def endpoints(db: Connection, now: datetime) -> list[Endpoint]:
    """Those that something is sent to."""
    return [Endpoint(*row) for row in db.execute(statement("connect.webhooks", "endpoints_to_serve"), {"now": now})]


def due(db: Connection, slots: Mapping[UUID, int], now: datetime, *, under_way: Sequence[int] = ()) -> list[Parcel]:
    """What is to be posted now: for each endpoint so many at most, and none that is under way already."""
    free = {endpoint: number for endpoint, number in slots.items() if number > 0}
    if not free:
        return []
    values = {"endpoints": list(free), "slots": list(free.values()), "now": now, "under_way": list(under_way)}
    return [_parcel(*row) for row in db.execute(statement("connect.webhooks", "due"), values)]


def letter(db: Connection, endpoint: UUID, number: int) -> Parcel | None:
    """What a delivery of an endpoint carries, whatever became of it; without a body when its event is not kept."""
    row = db.execute(statement("connect.webhooks", "letter"), {"endpoint": endpoint, "id": number}).fetchone()
    return _parcel(*row) if row else None


def _parcel(number: int, endpoint: UUID, message: str, attempts: int, body: str | None, *facts: Any) -> Parcel:
    seq, at, kind, subject, actor, data, channel, order = facts
    if body is None and seq is not None:
        named = _Order(channel, order) if channel else None
        payload = Payload(kind, at, seq, subject, actor, msgspec.Raw(data.encode()), named)
        return Parcel(number, endpoint, message, attempts, msgspec.json.encode(payload))
    return Parcel(number, endpoint, message, attempts, None if body is None else body.encode())


class Settled(NamedTuple):
    """A delivery that was answered, and what that makes of it."""

    parcel: Parcel
    answer: Answer
    verdict: Verdict


def settle(db: Connection, answered: Sequence[tuple[Parcel, Answer]], now: datetime, *, chance: float = 0.0) -> None:
    """Write down what came of a batch of posts, and let those behind them go. Commits."""
    if not answered:
        return
    # A receiver says what it likes, and what it said is kept.
    answered = [(parcel, answer._replace(error=masked(answer.error))) for parcel, answer in answered]
    settled = [
        Settled(parcel, answer, rules.judge(answer, attempts=parcel.attempts + 1, now=now, chance=chance))
        for parcel, answer in answered
    ]
    with db.transaction():
        take_turns(db, ROOM)
        ids = [each.parcel.id for each in settled]
        values = {
            "ids": ids,
            "states": [each.verdict.state for each in settled],
            "attempts": [each.parcel.attempts + 1 for each in settled],
            "next_ats": [each.verdict.next_at for each in settled],
            "statuses": [each.answer.status for each in settled],
            "errors": [each.answer.error for each in settled],
            "now": now,
        }
        db.execute(statement("connect.webhooks", "settle"), values)
        db.execute(statement("connect.webhooks", "let_next_go"), {"ids": ids, "now": now})
        _note_endpoints(db, settled, now)


def _note_endpoints(db: Connection, settled: Sequence[Settled], now: datetime) -> None:
    """Remember how endpoints fare; give those up that said they are gone, or have been for the whole schedule."""
    asked = [each for each in settled if not each.answer.hopeless]
    well = {each.parcel.endpoint: True for each in asked if each.answer.well}
    faults = {each.parcel.endpoint: _reason(each.answer) for each in asked if not each.answer.well}
    noted = {**dict.fromkeys(faults, False), **well}
    values = {
        "ids": list(noted),
        "well": list(noted.values()),
        "reasons": ["" if noted[each] else faults[each] for each in noted],
        "now": now,
    }
    db.execute(statement("connect.webhooks", "note_endpoints"), values)
    gone = [each.parcel.endpoint for each in settled if each.answer.status == rules.GONE]
    disable(db, sorted(set(gone)), "because it answered 410 Gone", now)
    spent = {each.parcel.endpoint for each in settled if each.verdict.state == "dead"} - set(gone)
    values = {"ids": sorted(spent), "before": now - rules.WHOLE_SCHEDULE}
    rows = db.execute(statement("connect.webhooks", "given_up"), values).fetchall() if spent else []
    disable(db, [endpoint for (endpoint,) in rows], "because nothing got through for three days", now)


def _reason(answer: Answer) -> str:
    return answer.error or f"answered {answer.status}"


def forget(db: Connection, now: datetime, *, page: int = FORGET_PAGE) -> int:
    """Forget what was delivered long ago, and dead letters nobody asked for; ``db`` must be in autocommit."""
    forgotten, last = 0, page
    values = {"done_before": now - KEEP_DONE, "dead_before": now - KEEP_DEAD, "page": page}
    while last == page:
        last = db.execute(statement("connect.webhooks", "forget_deliveries"), values).rowcount
        forgotten += last
    return forgotten
