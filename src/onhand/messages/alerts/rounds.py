"""Who is to be told of alerts, when, and of what: a row a person and channel, however many alerts there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from onhand.core.batch import columns
from onhand.core.database import Connection, statement
from onhand.messages.alerts.rules import MOST_LISTED, Channel

Whom = tuple[str, Channel]


class Round(NamedTuple):
    """Somebody who is to be told now, by a channel; of what came after the news they know."""

    person: str
    channel: Channel
    told_up_to: int


class Reach(NamedTuple):
    """Of what somebody hears by a channel: alerts at these sites, and those handed up to what they are.

    ``names``: ``person/…`` and ``role/…`` with the sites where they are it (None: everywhere).
    """

    sites: frozenset[str]
    names: Mapping[str, Sequence[str] | None]


class Told(NamedTuple):
    """An alert somebody is to be told of; of so many in all, the last of which is this news."""

    person: str
    channel: Channel
    id: int
    kind: str
    sku: str
    site: str
    facts: dict[str, str]
    opened_at: datetime
    escalated: bool
    total: int
    news: int


def told_at(db: Connection) -> dict[Whom, datetime]:
    """When people were told last, by which channel."""
    rows = db.execute("SELECT person, channel, told_at FROM messages_round WHERE told_at IS NOT NULL")
    return {(person, channel): at for person, channel, at in rows}


def schedule(db: Connection, dues: Mapping[Whom, datetime]) -> None:
    """Have people told at these moments, or sooner where they are told sooner anyway."""
    if dues:
        rows = [(*whom, at) for whom, at in sorted(dues.items())]
        db.execute(statement("messages", "schedule_rounds"), columns(rows, "people", "channels", "dues"))


def due(db: Connection, now: datetime, *, most: int = 200) -> list[Round]:
    """Who is to be told now."""
    return [Round(*row) for row in db.execute(statement("messages", "rounds_due"), {"now": now, "most": most})]


def to_tell(db: Connection, rounds: Sequence[tuple[Round, Reach]]) -> list[Told]:
    """Of what these people are to be told, the most urgent first, so many at most for each."""
    if not rounds:
        return []
    rows = [
        (each.person, each.channel, each.told_up_to, _json(sorted(reach.sites)), _json(dict(reach.names)))
        for each, reach in rounds
    ]
    values: dict[str, Any] = columns(rows, "people", "channels", "tolds", "sites", "names")
    return [Told(*row) for row in db.execute(statement("messages", "alerts_to_tell"), values | {"most": MOST_LISTED})]


def note(db: Connection, rounds: Sequence[Round], told: Mapping[Whom, int], now: datetime) -> None:
    """Remember how far people were told; who had nothing to hear waits for the next alert."""
    rows = [(each.person, each.channel, told.get((each.person, each.channel))) for each in rounds]
    if rows:
        values: dict[str, Any] = columns(sorted(rows), "people", "channels", "news")
        db.execute(statement("messages", "note_rounds"), values | {"now": now})


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
