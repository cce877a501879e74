"""The good rows, batch by batch, into the rooms; what each batch changed is noted with it, so that it can be undone.

Two ways. Row by row: every batch is a transaction, what a room refuses joins the bad rows, and a stop between batches
keeps what was done. Whole: all batches are one transaction, and one refusal or a stop leaves nothing. Either way a
batch takes its turn with other changes to the room, and is read under that turn, so two imports of the same things
cannot mix.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from onhand.connect.sheets import images
from onhand.connect.sheets.checks import Staged
from onhand.connect.sheets.errors import overtaken
from onhand.connect.sheets.hands import HANDS, Bearer, Row
from onhand.connect.sheets.images import Image
from onhand.connect.sheets.record import stop_if_asked
from onhand.connect.sheets.staging import Watch, batch, count
from onhand.core.batch import take_turns
from onhand.core.database import Connection, statement
from onhand.core.refusals import Refused, Stale

_SQL = "connect.sheets"
# A batch that somebody overtook is run again; what is overtaken so often has another fault.
MOST_TRIES = 20
OVERTAKEN = (Stale, psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure)


class Broken(Exception):
    """All or nothing was asked, and a room refused a row; what was done is rolled back."""

    def __init__(self, refusals: Mapping[int, Refused]) -> None:
        super().__init__(f"{len(refusals)} rows were refused")
        self.refusals = dict(refusals)


@dataclass(slots=True)
class Tally:
    """What has been done so far."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    refused: int = 0

    def add(self, other: Tally) -> None:
        """And what another batch has done."""
        self.rows += other.rows
        self.created += other.created
        self.changed += other.changed
        self.refused += other.refused


def carry(db: Connection, staged: Staged, bearer: Bearer, *, whole: bool, watch: Watch) -> Tally:
    """Carry every row that is new or changed. Raises ``record.Stopped`` and ``Broken``."""
    HANDS[staged.trade.name].prepare(db, staged.name("clean"))
    if not whole:
        return _carry_all(db, staged, bearer, whole=False, watch=watch)
    for _ in range(MOST_TRIES):
        with suppress(*OVERTAKEN), batch(db):
            return _carry_all(db, staged, bearer, whole=True, watch=watch)
    raise overtaken()


def _carry_all(db: Connection, staged: Staged, bearer: Bearer, *, whole: bool, watch: Watch) -> Tally:
    tally = Tally()
    for span in _turns(db, staged):
        stop_if_asked(db, staged.number)
        tally.add(_batch(db, staged, bearer, span, whole=whole))
        count(db, staged.number, tally.rows)
        watch(tally.rows)
    return tally


def _turns(db: Connection, staged: Staged) -> Iterator[tuple[int, int]]:
    """Spans of turns, each a batch: rows that are one thing share a turn and so a batch."""
    after = 0
    query = sql.SQL(statement(_SQL, "next_turn")).format(verdicts=staged.name("verdicts"))
    while True:
        row = db.execute(query, {"after": after, "most": staged.trade.batch}).fetchone()
        if row is None or row[0] is None:
            return
        yield after, row[0]
        after = row[0]


def _batch(db: Connection, staged: Staged, bearer: Bearer, span: tuple[int, int], *, whole: bool) -> Tally:
    if whole:
        return _carry(db, staged, bearer, span, whole=True)
    for _ in range(MOST_TRIES):
        with suppress(*OVERTAKEN), batch(db):
            return _carry(db, staged, bearer, span, whole=False)
    raise overtaken()


def _carry(db: Connection, staged: Staged, bearer: Bearer, span: tuple[int, int], *, whole: bool) -> Tally:
    trade = staged.trade
    take_turns(db, trade.turns)
    said = _said(db, staged, span)
    before = images.of_rows(db, trade, staged.name("clean"), list(said))
    rows = [Row(number, each, before[number]) for number, each in said.items()]
    refusals = HANDS[trade.name].save(db, rows, bearer)
    if refusals and whole:
        raise Broken(refusals)
    after = images.of_rows(db, trade, staged.name("clean"), list(said))
    changes = list(_changes(staged, rows, after, refusals))
    _note(db, staged, changes)
    _refuse(db, staged, refusals)
    created = sum(change.before is None for change in changes)
    return Tally(len(rows), created, len(changes) - created, len(refusals))


def _said(db: Connection, staged: Staged, span: tuple[int, int]) -> dict[int, dict[str, Any]]:
    """What the rows of a span say, by row, in the order of the sheet."""
    names = [field.name for field in staged.trade.fields]
    query = sql.SQL(statement(_SQL, "rows_of_turns")).format(
        clean=staged.name("clean"),
        verdicts=staged.name("verdicts"),
        fields=sql.SQL(", ").join(sql.SQL("clean.{}").format(sql.Identifier(name)) for name in names),
    )
    rows = db.execute(query, {"after": span[0], "until": span[1]}).fetchall()
    return {number: dict(zip(names, values, strict=True)) for number, *values in rows}


@dataclass(frozen=True, slots=True)
class _Change:
    row: int
    found_by: dict[str, Any]
    before: Image | None
    after: Image


def _changes(
    staged: Staged, rows: Sequence[Row], after: Mapping[int, Image], refusals: Mapping[int, Refused]
) -> Iterator[_Change]:
    """What the rows created or changed; rows that are one thing make one change."""
    seen: set[tuple[Any, ...]] = set()
    for row in rows:
        image = after[row.number]
        found_by = {name: row.said[name] for name in staged.trade.found_by}
        thing = tuple(found_by.values())
        if row.number not in refusals and image.digest != row.image.digest and thing not in seen:
            seen.add(thing)
            yield _Change(row.number, found_by, row.image if row.image.known else None, image)


def _note(db: Connection, staged: Staged, changes: Sequence[_Change]) -> None:
    if changes:
        db.execute(
            statement(_SQL, "note_changes"),
            {
                "import": staged.number,
                "thing": staged.trade.name,
                "rows": [each.row for each in changes],
                "found_by": [json.dumps(each.found_by, default=str) for each in changes],
                "before": [each.before.text if each.before else None for each in changes],
                "after": [each.after.digest for each in changes],
            },
        )


def _refuse(db: Connection, staged: Staged, refusals: Mapping[int, Refused]) -> None:
    """What a room refused joins the bad rows; its sentence names fault and remedy."""
    if refusals:
        query = sql.SQL(statement(_SQL, "refuse_rows")).format(
            faults=staged.name("faults"), verdicts=staged.name("verdicts")
        )
        rows = list(refusals)
        parts = [_parted(each.detail) for each in refusals.values()]
        asked = {
            "rows": rows,
            "fields": [each.field.rpartition(".")[2] for each in refusals.values()],
            "codes": [each.code for each in refusals.values()],
            "reasons": [reason for reason, _ in parts],
            "remedies": [remedy for _, remedy in parts],
        }
        db.execute(query, asked)


def _parted(detail: str) -> tuple[str, str]:
    """A refusal's sentence, parted into the fault and the remedy where it has both."""
    reason, _, remedy = detail.rpartition("; ")
    return (reason, remedy.rstrip(".")) if reason else (detail.rstrip("."), "")


def refuse(db: Connection, staged: Staged, refusals: Mapping[int, Refused]) -> None:
    """Note what a room refused when everything else was rolled back."""
    with batch(db):
        _refuse(db, staged, refusals)
