"""Imports as doors use them: look at a file, start, see what it would do, go ahead or not, undo.

Every function takes a connection of its own for the call and commits as it goes. What takes long takes a ``watch`` that
hears how far it has come; from any other connection ``progress`` says the same. Raises ``CannotImport``.

    looked_at   what the file is, and which column seems to be which field
    start       read, stage and check a file; the import is ready then, and nothing has changed yet
    preview     how many rows are new, changed, unchanged, wrong; samples before and after
    bad_rows    every bad row with its field, value, reason and remedy; as a sheet to be mended: ``bad_sheet``
    go_ahead    carry out the good rows, or all of them or nothing
    cancel      stop between two batches
    undo        take back what it did
    past        the imports there have been
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import available_timezones

import msgspec
from psycopg import sql

from onhand.connect.sheets import carrying, checks, errors, mapping, reading, record, screening, staging, undoing
from onhand.connect.sheets.answers import BadRow, Done, ImportView, Line, Look, Preview, Progress, Sample, Undone
from onhand.connect.sheets.carrying import Broken
from onhand.connect.sheets.checks import Options, Staged
from onhand.connect.sheets.hands import Bearer
from onhand.connect.sheets.mapping import Source
from onhand.connect.sheets.staging import Watch
from onhand.connect.sheets.trades import TRADES, trade_called
from onhand.connect.sheets.unsealing import SEALED
from onhand.core.clock import utc_now
from onhand.core.database import Connection, statement
from onhand.core.pages import PAGE, Page, cut, unseal

__all__ = [
    "BadRow",
    "Done",
    "ImportView",
    "Line",
    "Look",
    "Preview",
    "Progress",
    "Sample",
    "Undone",
    "bad_rows",
    "bad_sheet",
    "cancel",
    "forget",
    "go_ahead",
    "looked_at",
    "name_mapping",
    "past",
    "preview",
    "progress",
    "start",
    "undo",
    "undo_lines",
    "view",
]

_SQL = "connect.sheets"


def _unwatched(_done: int) -> None:
    """Nobody looks on."""


def looked_at(db: Connection, path: Path, kind: str, *, name: str | None = None, sample: int = 5) -> Look:
    """What a file is, and how its columns would be understood as ``kind``; nothing is kept."""
    trade = trade_called(kind)
    with reading.opened(path) as sheet:
        rows = [cells for _, (_, cells) in zip(range(sample), sheet.rows, strict=False)]
        proposal = mapping.propose(db, trade, sheet.headers, name=name)
        meanings = {field.name: field.meaning for field in trade.fields}
        return Look(sheet.told, sheet.headers, rows, proposal, meanings)


def start(
    db: Connection,
    path: Path,
    kind: str,
    *,
    columns: Mapping[str, str] | None = None,
    values: Mapping[str, str] | None = None,
    name: str | None = None,
    options: Options | None = None,
    file: str | None = None,
    actor: str = "system",
    watch: Watch = _unwatched,
) -> ImportView:
    """Read a file, stage its rows and check them. Nothing of the shop has changed when it is ready.

    ``columns``: fields by column, over what the names (or the mapping called ``name``) suggest; ``values``: one value
    for all rows, by field; ``file``: the name it was sent under. ``watch`` hears how many rows have been read.
    """
    trade = trade_called(kind)
    options = _sound(options or Options())
    with reading.opened(path) as sheet, staging.patience(db):
        proposed = mapping.propose(db, trade, sheet.headers, name=name).columns
        known = {column: field for column, field in proposed.items() if field}
        sources = mapping.settle(trade, sheet.headers, known, columns or {}, values or {})
        screening.must_be_clean(file or path.name, sheet.headers, values or {})
        number = record.enter(db, _facts(trade.name, path, file, sheet, sources, options, actor))
        with record.held(db, number):
            rows = staging.fill(
                db,
                number,
                sheet.rows,
                screening.columns_of(trade, sheet.headers, sources),
                _stopping(db, number, watch),
            )
            staged = Staged(number, trade, sheet.headers, sources, options)
            understood = checks.check(db, staged, lambda _: record.stop_if_asked(db, number))
            record.ready(db, number, rows, understood)
            # What somebody said by hand holds for the next file with these headers, too.
            if columns:
                with staging.batch(db):
                    mapping.remember(db, trade, sheet.headers, mapping.by_column(sources))
    return view(db, number)


def _facts(
    kind: str,
    path: Path,
    file: str | None,
    sheet: reading.Sheet,
    sources: Mapping[str, Source],
    options: Options,
    actor: str,
) -> dict[str, Any]:
    """What the record keeps of a file that came in."""
    written = {"told": sheet.told, "headers": sheet.headers, "sources": sources, "options": options}
    return {
        "kind": kind,
        "file": (file or path.name)[:200].replace("\0", ""),
        "bytes": path.stat().st_size,
        "actor": actor,
    } | {name: msgspec.json.encode(thing).decode() for name, thing in written.items()}


def _stopping(db: Connection, number: int, watch: Watch) -> Watch:
    """A watch that stops what it watches when somebody has asked for it."""

    def hear(done: int) -> None:
        watch(done)
        record.stop_if_asked(db, number)

    return hear


def name_mapping(db: Connection, number: int, name: str) -> None:
    """Keep an import's mapping under a name."""
    staged = _staged(db, number)
    with staging.batch(db):
        mapping.remember(db, staged.trade, staged.headers, mapping.by_column(staged.sources), name=name)


def _sound(options: Options) -> Options:
    for field, value, words in (
        ("decimal", options.decimal, ("", "comma", "point")),
        ("dates", options.dates, ("", "dmy", "mdy")),
    ):
        if value not in words:
            raise errors.unknown_option(field, filter(None, words))
    if options.time_zone not in available_timezones():
        raise errors.unknown_time_zone(options.time_zone)
    return options


def view(db: Connection, number: int) -> ImportView:
    """An import, as it stands."""
    found = record.view(db, number)
    db.commit()
    return found


def past(db: Connection, *, after: str | None = None, most: int = PAGE) -> Page[ImportView]:
    """The imports there have been, latest first."""
    before = unseal(after, tuple[int])[0] if after else None
    found = record.views(db, {"id": None, "before": before, "most": most + 1})
    db.commit()
    return cut(found, most, lambda each: (each.id,))


def progress(db: Connection, number: int) -> Progress:
    """How far an import is: rows read while it is read, rows carried while it runs."""
    now = view(db, number)
    done = staging.counted(db, number)
    at_work = now.state in {"reading", "running", "undoing"}
    # Whoever worked on it is gone, and could not say so.
    state = "interrupted" if at_work and not record.is_held(db, number) else now.state
    of = now.new + now.changed if state == "running" else now.created + now.altered if state == "undoing" else 0
    return Progress(state, done if at_work else now.rows, of if at_work else now.rows)


def preview(db: Connection, number: int, *, samples: int = 5) -> Preview:
    """What an import would do: counts, and some rows of each kind with what is so now and what would be."""
    staged, now = _staged(db, number), view(db, number)
    named = mapping.by_column(staged.sources)
    values = {field: source.value for field, source in staged.sources.items() if not source.column}
    faults = sql.SQL("SELECT code, count(*) FROM {} GROUP BY 1 ORDER BY 2 DESC, 1").format(staged.name("faults"))
    found = Preview(
        number,
        now.kind,
        now.told,
        staged.options,
        named,
        values,
        [header for header in staged.headers if header not in named],
        now.rows,
        now.new,
        now.changed,
        now.unchanged,
        now.wrong,
        [sample for verdict in ("new", "changed") for sample in _samples(db, staged, verdict, samples)],
        dict(db.execute(faults).fetchall()),
    )
    db.commit()
    return found


def _samples(db: Connection, staged: Staged, verdict: str, most: int) -> Iterator[Sample]:
    query = sql.SQL(statement(_SQL, "samples")).format(
        clean=staged.name("clean"), now=staged.name("now"), verdicts=staged.name("verdicts")
    )
    shown = [field.name for field, _ in staged.fields()]
    for row, said, was, differs in db.execute(query, {"verdict": verdict, "most": most}).fetchall():
        names = differs if verdict == "changed" else [name for name in shown if said[name] is not None]
        before = {name: was[name] for name in names} if verdict == "changed" else {}
        thing = " ".join(str(said[name]) for name in staged.trade.key if said[name] is not None)
        yield Sample(row, verdict, thing, before, {name: said[name] for name in names})


def bad_rows(db: Connection, number: int, *, after: str | None = None, most: int = PAGE) -> Page[BadRow]:
    """What is wrong, row by row, in the order of the file; a row with two faults comes twice."""
    staged = _staged(db, number)
    query = sql.SQL(statement(_SQL, "bad_rows")).format(faults=staged.name("faults"))
    last = unseal(after, tuple[int, str, str]) if after else (0, "", "")
    asked = {"row": last[0], "field": last[1], "code": last[2], "most": most + 1}
    found = [BadRow(*row) for row in db.execute(query, asked).fetchall()]
    db.commit()
    return cut(found, most, lambda each: (each.row, each.field, each.code))


def in_one_text(field: str, _code: str, reason: str, remedy: str) -> str:
    """What is wrong with a cell."""
    return ": ".join(filter(None, (field, "; ".join(filter(None, (reason, remedy))))))


def bad_sheet(
    db: Connection, number: int, *, told: Callable[[str, str, str, str], str] = in_one_text
) -> tuple[list[str], Iterator[list[str]]]:
    """The bad rows as a sheet: their original columns, then the row's number and what is wrong with it, in words.

    Mended, it can be sent again: the last columns are passed over. ``told`` makes a text of a fault's field, code,
    reason and remedy. The rows come from one statement and hold the transaction until they have all been read.
    """
    staged = _staged(db, number)
    query = sql.SQL(statement(_SQL, "bad_sheet")).format(rows=staged.name("clean"), faults=staged.name("faults"))
    headers = [*staged.headers, "import row", "import fault"]

    def rows() -> Iterator[list[str]]:
        with staging.batch(db), db.cursor(name=f"bad_rows_{number}") as cursor:
            cursor.itersize = 2000
            for row, cells, *faults in cursor.execute(query):
                padded = [*cells, *[""] * (len(staged.headers) - len(cells))]
                said = " | ".join(told(*each) for each in zip(*faults, strict=True))
                yield [*padded[: len(staged.headers)], str(row), said]

    return headers, rows()


def go_ahead(
    db: Connection, number: int, *, whole: bool = False, actor: str | None = None, watch: Watch = _unwatched
) -> Done:
    """Carry out the good rows; ``whole``: all rows or nothing, as one transaction.

    To go ahead again after a stop is harmless: what is done already is unchanged. ``watch`` hears how many rows have
    been carried.
    """
    now = view(db, number)
    if now.state not in {"ready", "cancelled", "failed", "running"}:
        raise errors.not_now(number, now.state, "ready")
    staged = _staged(db, number)
    if whole and now.wrong:
        raise errors.rows_wrong(now.wrong)
    if whole and now.new + now.changed > staged.trade.most_at_once:
        raise errors.too_many_at_once(staged.trade.most_at_once)
    bearer = Bearer(actor or now.actor, number, utc_now(), staged.options.new_categories)
    with staging.patience(db), record.held(db, number):
        record.begin(db, number, whole=whole)
        try:
            carrying.carry(db, staged, bearer, whole=whole, watch=watch)
            record.close(db, number, "done")
        except Broken as broken:
            carrying.refuse(db, staged, broken.refusals)
            record.close(db, number, "failed", "A row was refused, and all or nothing was asked: nothing was done.")
    now = view(db, number)
    return Done(number, now.state, now.new + now.changed, now.created, now.altered, now.refused, now.fault)


def cancel(db: Connection, number: int) -> ImportView:
    """Ask an import to stop after the batch it is at; one that has not begun is given up."""
    now = view(db, number)
    if now.state not in {"reading", "ready", "running"}:
        raise errors.not_now(number, now.state, "being read, ready or running")
    record.write(db, number, cancel_asked_at=utc_now())
    if now.state == "ready":
        record.write(db, number, state="cancelled", finished_at=utc_now())
    return view(db, number)


def undo(db: Connection, number: int, *, actor: str | None = None, watch: Watch = _unwatched) -> Undone:
    """Take back what an import did. What was changed since, or is depended on, is left, and its line says so."""
    now = view(db, number)
    if now.state not in {"done", "cancelled", "failed", "undone", "undoing"}:
        raise errors.not_now(number, now.state, "done")
    trade = TRADES[now.kind]
    bearer = Bearer(actor or now.actor, number, utc_now())
    with staging.patience(db), record.held(db, number):
        record.write(db, number, state="undoing")
        taken = undoing.take_back(db, trade, bearer, watch)
        record.write(db, number, state="undone", undone_at=utc_now())
    return Undone(number, taken.removed, taken.put_back, taken.left, undo_lines(db, number, most=20).items)


def undo_lines(db: Connection, number: int, *, after: str | None = None, most: int = PAGE) -> Page[Line]:
    """What an undo left, and why, in the order of the file."""
    last = unseal(after, tuple[int, int]) if after else (0, 0)
    asked = {"import": number, "row": last[0], "id": last[1], "most": most + 1}
    found = db.execute(statement(_SQL, "undo_lines"), asked).fetchall()
    db.commit()
    page = cut(found, most, lambda each: (each[1], each[0]))
    return Page([Line(*rest) for _, *rest in page.items], page.next)


def forget(db: Connection, before: datetime) -> int:
    """Drop the rows of imports from before a moment, those of people sooner; what was done can still be undone."""
    numbers = [
        number
        for (number,) in db.execute(
            "SELECT id FROM sheets_import WHERE staged AND state NOT IN ('running', 'undoing')"
            " AND (started_at < %s OR (kind = ANY (%s) AND started_at < %s))",
            [before, list(SEALED), before + (KEPT - KEPT_OF_PEOPLE)],
        ).fetchall()
    ]
    for number in numbers:
        with staging.batch(db):
            staging.drop(db, number)
        record.write(db, number, staged=False)
    return len(numbers)


# Long enough to mend what was bad, short enough not to keep people's lists for ever.
KEPT = timedelta(days=14)
KEPT_OF_PEOPLE = timedelta(days=3)


def _staged(db: Connection, number: int) -> Staged:
    """The rows of an import; raises ``CannotImport`` when they are gone or not there yet."""
    row = db.execute(
        "SELECT kind, headers, sources, options, state FROM sheets_import WHERE id = %s", [number]
    ).fetchone()
    there = row is not None and staging.is_judged(db, number)
    db.commit()
    if row is None:
        raise errors.unknown_import(number)
    if not there or row[4] == "reading":
        raise errors.rows_forgotten(number)
    kind, headers, sources, options, _ = row
    return Staged(
        number, TRADES[kind], headers, msgspec.convert(sources, dict[str, Source]), msgspec.convert(options, Options)
    )
