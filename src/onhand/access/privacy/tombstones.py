"""Erasures remembered outside of the database, so that a restored backup does not bring anybody back.

A file with a line of JSON for each erasure (``ONHAND_TOMBSTONES``): who (a code, never a name) and when. It is written
after the erasure is committed, and every minute by the housekeeper for what was missed; the database has the same rows.
Whoever restores a backup runs ``replay`` with that file: it erases again whoever was erased after the backup was made.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from onhand.access.privacy.erasing import erase
from onhand.core import settings
from onhand.core.database import Connection
from onhand.core.refusals import refused

FILE = "erasures.jsonl"


class Tombstone(msgspec.Struct, frozen=True):
    """An erasure: who, when."""

    subject: str
    at: datetime


class Replayed(msgspec.Struct, frozen=True):
    """What came of replaying: how many were erased again, were erased already, are unknown, or came back since."""

    erased: int = 0
    already: int = 0
    unknown: int = 0
    newer: int = 0


def path() -> Path:
    """Where this process keeps them."""
    configured = settings.read()
    return configured.tombstones or configured.data / FILE


def read(file: Path) -> Iterator[Tombstone]:
    """The tombstones of a file, in order; none where there is no file."""
    if file.exists():
        with file.open("rb") as lines:
            yield from _stones(lines)


def _stones(lines: Iterable[bytes]) -> Iterator[Tombstone]:
    for line in lines:
        # A line half written, by whoever died over it, is written again whole.
        with suppress(msgspec.DecodeError):
            yield msgspec.json.decode(line, type=Tombstone)


def keep(db: Connection, file: Path | None = None, *, whole: bool = False) -> int:
    """Write down the erasures that the file does not know yet; returns how many. To do it twice is harmless.

    Looked at are those of the last days the file knows of; ``whole``: all there have been.
    """
    file = file or path()
    since = _LONG_AGO if whole else _since(file)
    known = {(each.subject, each.at) for each in (read(file) if since == _LONG_AGO else _tail(file))}
    rows = db.execute("SELECT subject, at FROM access_privacy_erasure WHERE at >= %s ORDER BY id", (since,)).fetchall()
    missing = [Tombstone(*row) for row in rows if tuple(row) not in known]
    if missing:
        _append(file, missing)
    return len(missing)


# What is looked at again and again: the end of the file, and the days it tells of.
_TAIL_BYTES = 1 << 20
_DAYS = timedelta(days=2)
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)


def _since(file: Path) -> datetime:
    """From when on erasures may be missing in the file."""
    tail = _tail(file)
    if not tail:
        return _LONG_AGO
    since = max(each.at for each in tail) - _DAYS
    # Where the end of the file does not reach back so far, all of it is read.
    return since if file.stat().st_size <= _TAIL_BYTES or tail[0].at < since else _LONG_AGO


def _tail(file: Path) -> list[Tombstone]:
    """The tombstones at the end of a file."""
    if not file.exists():
        return []
    with file.open("rb") as lines:
        lines.seek(max(0, file.stat().st_size - _TAIL_BYTES))
        return list(_stones(lines))


def _append(file: Path, stones: Sequence[Tombstone]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("ab+") as into:
        if into.seek(0, os.SEEK_END):
            into.seek(-1, os.SEEK_END)
            if into.read(1) != b"\n":  # somebody died over the last line
                into.write(b"\n")
        into.write(b"".join(msgspec.json.encode(each) + b"\n" for each in stones))
        into.flush()
        os.fsync(into.fileno())


def replay_erasures(db: Connection, file: Path | None = None, more: Iterable[Tombstone] = ()) -> Replayed:
    """Erase again whoever the file says was erased, or ``more`` of them; for after a restore.

    ``db`` must be in autocommit. Whoever became known anew after their erasure stays: their key is younger than their
    tombstone.
    """
    counts = dict.fromkeys(Replayed.__struct_fields__, 0)
    stones = sorted([*read(file or path()), *more], key=lambda each: each.at)
    latest = {each.subject: each for each in stones}
    for each in latest.values():
        counts[_replay(db, each)] += 1
    return Replayed(**counts)


def _replay(db: Connection, stone: Tombstone) -> str:
    row = db.execute("SELECT made_at FROM access_privacy_key WHERE subject = %s", (stone.subject,)).fetchone()
    if row and row[0] > stone.at:
        return "newer"
    answer = erase(db, stone.subject, now=stone.at, reason="replay")
    if refused(answer):
        return "unknown"
    return "already" if answer.already else "erased"
