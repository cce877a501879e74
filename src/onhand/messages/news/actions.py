"""What is to be told to customers of their orders: noted as it happens, told when it is time, forgotten."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from onhand.core.batch import columns
from onhand.core.database import Connection, statement

# Rows in one letter-writing round, and forgotten at a time.
MOST_TOLD = 200
PAGE = 1000


def confirmed(db: Connection, keys: Sequence[str]) -> dict[str, str]:
    """The customers whom letters under these keys went to, by key."""
    if not keys:
        return {}
    return dict(db.execute(statement("messages", "customers_written_to"), {"keys": list(keys)}).fetchall())


class Note(NamedTuple):
    """What happened to an order: ``seq`` of the last of it; ``said``: by line, the day it was expected before."""

    order: UUID
    channel: str
    number: str
    happened: list[str]
    seq: int
    said: dict[int, date | None]


def note(db: Connection, notes: Sequence[Note], *, due: datetime, now: datetime) -> None:
    """Keep what happened until it is told: at ``due``, or sooner where something else is told sooner."""
    if not notes:
        return
    rows = [
        (each.order, each.channel, each.number, _json(each.happened), each.seq, _json(_texts(each.said)))
        for each in sorted(notes, key=lambda note: note.order)
    ]
    values = columns(rows, "orders", "channels", "numbers", "happened", "seqs", "said")
    db.execute(statement("messages", "note_news"), values | {"due": due, "now": now})


class Untold(NamedTuple):
    """An order of which there is news: what happened since its customer was told last, and what they were told."""

    order: UUID
    channel: str
    number: str
    happened: list[str]
    seq: int
    told: list[str]
    said: dict[int, date | None]


def due(db: Connection, now: datetime, *, most: int = MOST_TOLD) -> list[Untold]:
    """The orders whose customers are to be told now, those that waited longest first."""
    rows = db.execute(statement("messages", "news_due"), {"now": now, "most": most}).fetchall()
    return [Untold._make([*facts, _days(said)]) for *facts, said in rows]


class ToldOf(NamedTuple):
    """What an order's customer knows by now: the steps told, and by line the day that was said."""

    order: UUID
    told: list[str]
    said: Mapping[int, date | None]


def tell(db: Connection, news: Sequence[ToldOf], now: datetime) -> None:
    """Remember what was told; nothing of these orders is to be told until more happens."""
    if news:
        rows = [(each.order, _json(each.told), _json(_texts(each.said))) for each in news]
        db.execute(statement("messages", "tell_news"), columns(rows, "orders", "told", "said") | {"now": now})


def forget(db: Connection, before: datetime) -> int:
    """Forget a page of what was told of orders to which nothing happened since a moment."""
    return db.execute(statement("messages", "forget_news"), {"before": before, "page": PAGE}).rowcount


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _texts(said: Mapping[int, date | None]) -> dict[str, str | None]:
    return {str(line): day.isoformat() if day else None for line, day in said.items()}


def _days(said: Mapping[str, str | None]) -> dict[int, date | None]:
    return {int(line): date.fromisoformat(day) if day else None for line, day in said.items()}
