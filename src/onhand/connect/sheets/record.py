"""The record kept of each import: entered when its file comes in, held by whoever works on it, closed with counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from psycopg import sql

from onhand.connect.sheets import errors, staging
from onhand.connect.sheets.answers import ImportView
from onhand.connect.sheets.checks import Options
from onhand.connect.sheets.reading import Told
from onhand.core.clock import utc_now
from onhand.core.database import Connection, statement

_SQL = "connect.sheets"


class Stopped(Exception):
    """Somebody asked to stop."""


def enter(db: Connection, facts: Mapping[str, Any]) -> int:
    """A file has come in; answers the number its import is known by from now on."""
    with staging.batch(db):
        row = db.execute(statement(_SQL, "enter_import"), facts).fetchone()
        assert row is not None  # noqa: S101 - an INSERT answers its row
        number: int = row[0]
        staging.prepare(db, number)
    return number


@contextmanager
def held(db: Connection, number: int) -> Iterator[None]:
    """Hold an import while something is done with it: nobody else may. How it ends is written down, however it ends.

    ``Stopped``, and somebody at the keyboard who has had enough, leave it cancelled; the first is expected, and ends
    here.
    """
    if not _hold(db, number):
        raise errors.not_now(number, "at work", "at rest")
    try:
        yield
    except Stopped:
        close(db, number, "cancelled")
    except KeyboardInterrupt:
        close(db, number, "cancelled", "Somebody broke it off.")
        raise
    except BaseException as fault:
        close(db, number, "failed", _sentence(fault))
        raise
    finally:
        _let_go(db, number)


def _hold(db: Connection, number: int) -> bool:
    row = db.execute("SELECT pg_try_advisory_lock(hashtext('onhand.sheets'), %s)", [number]).fetchone()
    db.commit()
    return bool(row and row[0])


def _let_go(db: Connection, number: int) -> None:
    if not db.closed:
        db.rollback()
        db.execute("SELECT pg_advisory_unlock(hashtext('onhand.sheets'), %s)", [number])
        db.commit()


def is_held(db: Connection, number: int) -> bool:
    """Whether somebody is at work on an import."""
    row = db.execute(statement(_SQL, "is_held"), [number]).fetchone()
    db.commit()
    return bool(row and row[0])


def _sentence(fault: BaseException) -> str:
    if isinstance(fault, errors.CannotImport):
        return fault.refusal.detail
    return f"It broke off ({type(fault).__name__}: {str(fault).partition(chr(10))[0]})."


def write(db: Connection, number: int, **facts: Any) -> None:
    """Write facts of an import down, in a transaction of their own."""
    sets = sql.SQL(", ").join(sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(name)) for name in facts)
    with staging.batch(db):
        db.execute(sql.SQL("UPDATE sheets_import SET {} WHERE id = %(id)s").format(sets), facts | {"id": number})


def begin(db: Connection, number: int, *, whole: bool) -> None:
    """An import goes ahead."""
    write(db, number, state="running", whole=whole, fault="", cancel_asked_at=None, finished_at=None)
    staging.count(db, number, 0)
    db.commit()


def ready(db: Connection, number: int, rows: int, understood: Options) -> None:
    """The rows are checked: what was found is written down."""
    counted = _verdicts(db, number)
    counts = {name: counted.get(name, 0) for name in ("new", "changed", "unchanged", "wrong")}
    options = msgspec.json.encode(understood).decode()
    write(db, number, state="ready", rows=rows, options=options, **counts)
    staging.count(db, number, 0)
    db.commit()


def close(db: Connection, number: int, state: str, fault: str = "") -> None:
    """An import has come to rest: with what it did, and the rows that turned out wrong after all."""
    if db.closed:
        return
    db.rollback()
    created, changed = db.execute(statement(_SQL, "tally"), {"import": number}).fetchone() or (0, 0)
    facts = {"created_things": created, "changed_things": changed}
    known = view(db, number).wrong
    if staging.is_judged(db, number) and (wrong := _verdicts(db, number).get("wrong", 0)) > known:
        facts |= {"wrong": wrong, "refused_rows": wrong - known}
    write(db, number, state=state, fault=fault, finished_at=utc_now(), **facts)


def _verdicts(db: Connection, number: int) -> dict[str, int]:
    verdicts = sql.SQL("SELECT verdict, count(*) FROM {} GROUP BY 1").format(staging.table(number, "verdicts"))
    return dict(db.execute(verdicts).fetchall())


def stop_if_asked(db: Connection, number: int) -> None:
    """Raise ``Stopped`` when somebody has asked for it; to be looked at between two batches."""
    row = db.execute("SELECT cancel_asked_at IS NOT NULL FROM sheets_import WHERE id = %s", [number]).fetchone()
    if row and row[0]:
        raise Stopped


def view(db: Connection, number: int) -> ImportView:
    """An import, as it stands."""
    found = views(db, {"id": number, "before": None, "most": 1})
    if not found:
        raise errors.unknown_import(number)
    return found[0]


def views(db: Connection, asked: Mapping[str, Any]) -> list[ImportView]:
    """Imports, latest first."""
    rows = db.execute(statement(_SQL, "imports"), asked).fetchall()
    return [
        ImportView(number, kind, state, file, msgspec.convert(told, Told), *rest)
        for number, kind, state, file, told, *rest in rows
    ]
