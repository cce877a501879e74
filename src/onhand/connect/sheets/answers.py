"""What is told of imports: how they stand, what they would do, what they did, and what is wrong."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import msgspec

from onhand.connect.sheets.checks import Options
from onhand.connect.sheets.mapping import Proposal
from onhand.connect.sheets.reading import Told


class Look(msgspec.Struct, frozen=True):
    """A file before it is imported: what it is, its first rows, and the field each column seems to be."""

    told: Told
    headers: list[str]
    sample: list[list[str]]
    proposal: Proposal
    fields: dict[str, str]


class ImportView(msgspec.Struct, frozen=True):
    """An import, as it stands. ``rows`` and what follows count rows of the file; ``created`` and ``altered`` things."""

    id: int
    kind: str
    state: str
    file: str
    told: Told
    actor: str
    started_at: datetime
    finished_at: datetime | None
    rows: int
    new: int
    changed: int
    unchanged: int
    wrong: int
    created: int
    altered: int
    refused: int
    fault: str


class Progress(msgspec.Struct, frozen=True):
    """How far an import is. ``of``: how many steps there will be, 0 while that is not known."""

    state: str
    done: int
    of: int


class Sample(msgspec.Struct, frozen=True):
    """A row that would do something: what is so now (empty for what is new), and what would be."""

    row: int
    verdict: str
    thing: str
    before: dict[str, Any]
    after: dict[str, Any]


class BadRow(msgspec.Struct, frozen=True):
    """What is wrong with a row, where, and what to do about it."""

    row: int
    field: str
    value: str
    code: str
    reason: str
    remedy: str


class Preview(msgspec.Struct, frozen=True):
    """What an import would do, and how its file was understood."""

    id: int
    kind: str
    told: Told
    options: Options
    columns: dict[str, str]
    values: dict[str, str]
    unknown: list[str]
    rows: int
    new: int
    changed: int
    unchanged: int
    wrong: int
    samples: list[Sample]
    faults: dict[str, int]


class Done(msgspec.Struct, frozen=True):
    """What an import did: ``created`` and ``changed`` things; ``refused``: rows a room would not have after all."""

    id: int
    state: str
    rows: int
    created: int
    changed: int
    refused: int
    fault: str = ""


class Line(msgspec.Struct, frozen=True):
    """What became of one thing in an undo; ``outcome`` is ``removed``, ``put back``, or why it was left."""

    row: int
    thing: dict[str, Any]
    outcome: str


class Undone(msgspec.Struct, frozen=True):
    """What an undo did; ``lines`` are the first of those it left, with the reason (``undo_lines`` has them all)."""

    id: int
    removed: int
    put_back: int
    left: int
    lines: list[Line]
