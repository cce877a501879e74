"""Everything that is held on somebody, as one document: every mapped column of every table about people, opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from psycopg import sql

from onhand.access.privacy import registry
from onhand.access.privacy.registry import Holding
from onhand.access.privacy.vault import Vault, unlock
from onhand.core import events
from onhand.core.database import Connection
from onhand.core.refusals import Refused, refused

MOST_ROWS = 100_000
_PAGE = 2_000


class Held(msgspec.Struct, frozen=True):
    """What a table holds on somebody, and why."""

    what: str
    purpose: str
    basis: str
    kept: str
    columns: list[str]
    rows: list[dict[str, Any]]


class Export(msgspec.Struct, frozen=True):
    """All that is held on somebody."""

    subject: str
    made_at: datetime
    held: list[Held]


def export(db: Connection, said: str, *, now: datetime, actor: str) -> Export | Refused:
    """All that is held on a subject; that it was handed out is an event."""
    subject = registry.known(db, said)
    if refused(subject):
        return subject
    events.record(db, [events.fact("data.exported", subject, actor, {})], now)
    return Export(subject, now, looked_up(db, subject))


def looked_up(db: Connection, subject: str) -> list[Held]:
    """All that is held on a subject, known by its own name."""
    kind, _, name = subject.partition("/")
    vault = unlock(db, [subject])
    found = [
        Held(each.table, each.purpose, each.basis, each.kept, _names(each), list(_rows(db, each, subject, vault)))
        for each in registry.holdings()
        if kind in each.rows
    ]
    passing = [
        Held(each.name, each.purpose, each.basis, each.kept, [], each.export(db, name))
        for each in registry.elsewhere()
        if kind in each.kinds
    ]
    return found + passing


def _names(holding: Holding) -> list[str]:
    return [*holding.beside, *(each.name for each in holding.columns)]


def _rows(db: Connection, holding: Holding, subject: str, vault: Vault) -> Iterator[dict[str, Any]]:
    kind, _, name = subject.partition("/")
    names = _names(holding)
    query = sql.SQL("SELECT {} FROM {} WHERE {} LIMIT {}").format(
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.Identifier(holding.table),
        sql.SQL(holding.rows[kind]),
        sql.Literal(MOST_ROWS),
    )
    sealed = {
        each.name: each.sealed_in or f"{holding.table}.{each.name}"
        for each in holding.columns
        if each.protected == "sealed"
    }
    for row in db.execute(query, {"name": name, "subject": subject}):
        facts = dict(zip(names, row, strict=True))
        for column, place in sealed.items():
            facts[column] = _opened(vault, subject, place, facts[column])
        yield {column: _plain(value) for column, value in facts.items()}


def _opened(vault: Vault, subject: str, place: str, value: Any) -> Any:
    if isinstance(value, dict):  # a record of before, with the texts as they were kept
        return {
            name: vault.open(subject, f"{place}.{name}", text) if isinstance(text, str) else text
            for name, text in value.items()
        }
    return vault.open(subject, place, value)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    if isinstance(value, bytes | memoryview):
        return f"({len(bytes(value))} bytes)"
    return value


def as_json(found: Export) -> bytes:
    """The document, for machines and for whoever asked."""
    return msgspec.json.format(msgspec.json.encode(found), indent=2)


def as_rows(held: Sequence[Held]) -> Iterator[tuple[str, str, str]]:
    """The same as a table of three columns: where, what, and what is held there."""
    for each in held:
        for number, row in enumerate(each.rows, start=1):
            for name, value in row.items():
                if value not in (None, "", []):
                    yield f"{each.what} {number}", name, str(value)
