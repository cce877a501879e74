"""Questions about the audit trail. Lists of it are in ``onhand.insight.lists``."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from onhand.core.database import Connection, statement


class Entry(NamedTuple):
    """An entry as it is shown: who did what to what, when, from where and why; and what it says in full."""

    lane: int
    place: int
    at: datetime
    seq: int
    happened_at: datetime
    kind: str
    subject: str
    actor: str
    origin: str
    why: str | None
    data: dict[str, Any]


def stream(
    db: Connection, *, since: datetime | None, until: datetime | None, actor: str, subject: str
) -> Iterator[Entry]:
    """Entries written down in a span of time, by somebody, about something (each only if named), oldest first."""
    given = {"since": since, "until": until, "actor": actor or None, "subject": subject or None}
    with db.cursor(name="audit_export") as cursor:
        cursor.itersize = 1000
        cursor.execute(statement("access.audit", "stream"), given)
        for row in cursor:
            yield Entry(*row)


class Change(NamedTuple):
    """A fact that changed: its name (``lines[0].quantity``), what it was and what it became; None where it was not."""

    name: str
    before: Any
    after: Any


def entry(db: Connection, seq: int, at: datetime) -> Entry | None:
    """The entry of an event, written down at that very moment; None where there is none, or only in the archive."""
    row = db.execute(statement("access.audit", "entry"), {"seq": seq, "at": at}).fetchone()
    return None if row is None else Entry(*row)


def changes(data: dict[str, Any]) -> list[Change]:
    """What an entry says was changed: its facts before beside those after (or what it ``was`` and ``is``)."""
    if "was" in data or "is" in data:
        return [Change("quantity", data.get("was"), data.get("is"))]
    before, after = data.get("before"), data.get("after", data.get("record"))
    if before is None and after is None:
        return []
    was, became = dict(_facts("", before)), dict(_facts("", after))
    names = list(dict.fromkeys([*was, *became]))
    return [Change(name, was.get(name), became.get(name)) for name in names if was.get(name) != became.get(name)]


def _facts(name: str, value: Any) -> list[tuple[str, Any]]:
    """A value taken apart into single facts."""
    if isinstance(value, dict):
        return [fact for key, each in value.items() for fact in _facts(f"{name}.{key}" if name else str(key), each)]
    if isinstance(value, list) and any(isinstance(each, (dict, list)) for each in value):
        return [fact for at, each in enumerate(value) for fact in _facts(f"{name}[{at}]", each)]
    return [(name, value)]
