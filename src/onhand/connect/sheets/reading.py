"""A file as a sheet: its headers, and its rows as they stand, one after the other, never all at once.

Rows are numbered as a spreadsheet numbers them: the headers are row 1. Rows without any text are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec

from onhand.connect.sheets import limits, texts, workbooks
from onhand.connect.sheets.errors import CannotImport, too_large, unreadable

Cells = list[str]


class Told(msgspec.Struct, frozen=True):
    """What the file was found to be, to be shown to whoever sent it."""

    format: str
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """An open sheet. ``rows`` yields each row's number and cells, and can be gone through once."""

    told: Told
    headers: list[str]
    rows: Iterator[tuple[int, Cells]]


@contextmanager
def opened(path: Path) -> Iterator[Sheet]:
    """Open a file for reading; raises ``CannotImport`` when no sheet can be made of it."""
    _weigh(path)
    _is_what_it_says(path)
    if workbooks.is_workbook(path):
        with workbooks.unfolded(path) as (name, lines):
            yield _sheet(Told("xlsx", sheet=name), lines)
    else:
        encoding = texts.encoding_of(path)
        delimiter = texts.delimiter_of(path, encoding)
        with texts.lines(path, encoding) as lines:
            yield _sheet(Told("csv", encoding, delimiter), texts.records(lines, delimiter))


def _weigh(path: Path) -> None:
    try:
        size = path.stat().st_size
    except OSError as fault:
        raise unreadable(f"The file {path.name!r} cannot be opened: {fault.strerror}.") from fault
    if not path.is_file():
        raise unreadable(f"{path.name!r} is no file.")
    if size == 0:
        raise unreadable("The file is empty; it needs a row of headers and rows below it.")
    if size > limits.MOST_BYTES:
        raise too_large(f"The file has {size:,} bytes; at most {limits.MOST_BYTES:,} are read. Send it in parts.")


def _is_what_it_says(path: Path) -> None:
    """A workbook ends in .xlsx, text in one of the others, and nothing else is a sheet."""
    ending, workbook = path.suffix.lower(), workbooks.is_workbook(path)
    if ending not in limits.ENDINGS:
        raise unreadable(f"A sheet ends in {', '.join(limits.ENDINGS)}; save it as one of these.")
    if workbook != (ending == ".xlsx"):
        held = "a workbook or another packed file" if workbook else "no workbook"
        raise unreadable(f"The file ends in {ending} but holds {held}; save it anew as .xlsx or .csv.")


def _sheet(told: Told, records: Iterator[Cells]) -> Sheet:
    numbered = _numbered(records)
    for _, cells in numbered:
        return Sheet(told, _headers(cells), _sound(numbered))
    raise unreadable("The file has no row with any text; it needs a row of headers and rows below it.")


def _numbered(records: Iterator[Cells]) -> Iterator[tuple[int, Cells]]:
    for number, cells in enumerate(records, start=1):
        if number > limits.MOST_ROWS + 1:
            raise too_large(f"The file has more than {limits.MOST_ROWS:,} rows; send it in parts.")
        if any(cell and not cell.isspace() for cell in cells):
            yield number, cells


def _headers(cells: Cells) -> list[str]:
    """Headers without blanks around them; those without a name, and those named twice, are told by their place."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > limits.MOST_COLUMNS:
        raise too_large(f"The file has {len(cells):,} columns; at most {limits.MOST_COLUMNS} are read.")
    names: dict[str, int] = {}
    for place, cell in enumerate(cells, start=1):
        name = " ".join(cell.replace("\0", "").split())[:200] or f"column {place}"
        while name in names:
            name = f"{name} ({place})"
        names[name] = place
    return list(names)


def _sound(numbered: Iterator[tuple[int, Cells]]) -> Iterator[tuple[int, Cells]]:
    for number, cells in numbered:
        if max(map(len, cells)) > limits.MOST_CHARACTERS:
            raise _long_cell(number, cells)
        if len(cells) > limits.MOST_COLUMNS and any(cells[limits.MOST_COLUMNS :]):
            raise too_large(f"Row {number:,} has {len(cells):,} cells; at most {limits.MOST_COLUMNS} are read.")
        yield number, cells[: limits.MOST_COLUMNS]


def _long_cell(number: int, cells: Sequence[str]) -> CannotImport:
    length = max(map(len, cells))
    return too_large(
        f"A cell of row {number:,} has {length:,} characters, at most {limits.MOST_CHARACTERS:,} are read;"
        " is a quotation mark left open there?"
    )
