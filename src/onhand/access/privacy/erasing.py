"""Erasing somebody, so that the books stay: their key is destroyed, and what was plain is blanked or removed.

Orders, lines, moves and money stay, and keep adding up; whose they were is a code that leads to nothing any more. What
was sealed is noise from then on, wherever it was copied: in logs of the database, replicas, and what was exported from
tables. In a backup of before the key is still there; so a tombstone outside of the database remembers the erasure, and
it is done again after a restore (``tombstones.py``).

It is refused while an order is open, or the law holds the person's data. Twice is harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import msgspec
from psycopg import sql

from onhand.access.privacy import registry
from onhand.access.privacy.registry import Holding
from onhand.access.privacy.vault import destroy
from onhand.core import events
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused, refused

log = logging.getLogger(__name__)

Reason = Literal["asked", "retention", "replay"]
PAGE = 200


class Erased(msgspec.Struct, frozen=True):
    """Somebody was erased: how many rows of which table were blanked or removed."""

    subject: str
    at: datetime
    already: bool
    rows: dict[str, int]


class Preview(msgspec.Struct, frozen=True):
    """What an erasure would do, or why it must wait."""

    subject: str
    blanked: dict[str, int]
    removed: dict[str, int]
    stays: list[str]
    waits_for: Refused | None


def preview(db: Connection, said: str, *, now: datetime) -> Preview | Refused:
    """What would become of what is held on a subject."""
    subject = registry.known(db, said)
    if refused(subject):
        return subject
    counts = {each.table: _count(db, each, subject) for each in _theirs(subject)}
    removed = {each.table for each in _theirs(subject) if each.removed}
    stays = [f"{each.table}.{column.name}: {column.stays}" for each, column in _staying(subject)]
    return Preview(
        subject,
        {table: count for table, count in counts.items() if count and table not in removed},
        {table: count for table, count in counts.items() if count and table in removed},
        stays,
        waits_for(db, subject, now=now),
    )


def _theirs(subject: str) -> list[Holding]:
    kind = subject.partition("/")[0]
    return [each for each in registry.holdings() if kind in each.rows]


def _staying(subject: str) -> Iterator[tuple[Holding, registry.Column]]:
    for holding in _theirs(subject):
        if not holding.removed:
            yield from ((holding, column) for column in holding.columns if column.blank is None)


def waits_for(db: Connection, subject: str, *, now: datetime) -> Refused | None:
    """Why a subject cannot be erased now."""
    row = db.execute(statement("access.privacy", "holding_up"), (subject, now)).fetchone()
    if row:
        return Refused(
            "on_hold",
            f"The law holds {subject} until {row[0]:%Y-%m-%d} ({row[1]}); end the hold first, or wait.",
            "subject",
        )
    return next((why for each in registry.blockers() if (why := each(db, subject))), None)


def erase(
    db: Connection, said: str, *, now: datetime, actor: str = "system", reason: Reason = "asked"
) -> Erased | Refused:
    """Erase somebody, in a transaction (or a part of the caller's) of its own; one that must wait leaves no trace.

    Whoever commits it writes the tombstone afterwards: ``tombstones.keep``.
    """
    subject = registry.known(db, said)
    if refused(subject):
        return subject
    try:
        with db.transaction():
            return _erased(db, subject, now=now, actor=actor, reason=reason)
    except _Waits as waits:
        return waits.why


class _Waits(Exception):
    """It must wait: what was begun is rolled back."""

    def __init__(self, why: Refused) -> None:
        super().__init__(why.detail)
        self.why = why


def _erased(db: Connection, subject: str, *, now: datetime, actor: str, reason: Reason) -> Erased:
    # The key first, as everywhere: who seals with it just now is waited for.
    keys = destroy(db, [subject])
    if reason != "replay" and (why := waits_for(db, subject, now=now)):
        raise _Waits(why)
    rows = _blank_all(db, subject)
    already = not keys and not any(rows.values())
    if not already:
        _tell(db, subject, now, actor, reason, rows)
    return Erased(subject, now, already, rows)


def _blank_all(db: Connection, subject: str) -> dict[str, int]:
    kind, _, name = subject.partition("/")
    rows = {each.table: _blank(db, each, subject) for each in _theirs(subject)}
    rows |= {each.name: each.erase(db, name) for each in registry.elsewhere() if kind in each.kinds}
    return {table: count for table, count in rows.items() if count}


def _blank(db: Connection, holding: Holding, subject: str) -> int:
    """Blank or remove a table's rows about somebody; one that is blank already does not count."""
    kind, _, name = subject.partition("/")
    asked = {"name": name, "subject": subject}
    table, whose = sql.Identifier(holding.table), sql.SQL(holding.rows[kind])
    if holding.removed:
        return db.execute(sql.SQL("DELETE FROM {} WHERE {}").format(table, whose), asked).rowcount
    blanks = {each.name: each.blank for each in holding.columns if each.blank is not None}
    if not blanks:
        return 0
    query = sql.SQL("UPDATE {table} SET {sets} WHERE {whose} AND ({differs})").format(
        table=table,
        sets=_listed(blanks | dict(holding.also), "{} = {}", ", "),
        whose=whose,
        differs=_listed(blanks, "{} IS DISTINCT FROM {}", " OR "),
    )
    return db.execute(query, asked).rowcount


def _listed(values: Mapping[str, str], form: str, between: str) -> sql.Composed:
    parts = [sql.SQL(form).format(sql.Identifier(name), sql.SQL(value)) for name, value in values.items()]
    return sql.SQL(between).join(parts)


def _count(db: Connection, holding: Holding, subject: str) -> int:
    kind, _, name = subject.partition("/")
    query = sql.SQL("SELECT count(*) FROM {} WHERE {}").format(
        sql.Identifier(holding.table), sql.SQL(holding.rows[kind])
    )
    row = db.execute(query, {"name": name, "subject": subject}).fetchone()
    return int(row[0]) if row else 0


def _tell(db: Connection, subject: str, now: datetime, actor: str, reason: str, rows: dict[str, int]) -> None:
    counts = msgspec.json.encode(rows).decode()
    db.execute(statement("access.privacy", "note_erasure"), (subject, now, actor, reason, counts))
    kind = subject.partition("/")[0]
    events.record(db, [events.fact(f"{kind}.erased", subject, actor, {"reason": reason, "rows": rows})], now)


def forget_overdue(db: Connection, now: datetime, days: int) -> int:
    """Erase whoever's time is over, some hundreds a round; ``db`` must be in autocommit. Returns how many."""
    before, count = now - timedelta(days=days), 0
    for look in registry.overdue():
        for subject in look(db, before, PAGE):
            answer = erase(db, subject, now=now, reason="retention")
            if refused(answer):
                log.info("%s is past its time, and stays for now: %s", subject, answer.code)
            else:
                count += not answer.already
    return count


class Past(msgspec.Struct, frozen=True):
    """An erasure there has been."""

    subject: str
    at: datetime
    actor: str
    reason: str
    rows: dict[str, int]


def past(db: Connection, *, most: int = 50) -> list[Past]:
    """The last erasures, latest first."""
    found = db.execute(
        "SELECT subject, at, actor, reason, counts FROM access_privacy_erasure ORDER BY id DESC LIMIT %s", (most,)
    )
    return [Past(*row) for row in found]


def is_erased(db: Connection, subject: str) -> Any:
    """When a subject was erased last; None when never."""
    row = db.execute("SELECT max(at) FROM access_privacy_erasure WHERE subject = %s", (subject,)).fetchone()
    return row[0] if row else None
