"""Card numbers in sheets: masked before a row is kept anywhere, and the row refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from onhand.connect.sheets.errors import card_number
from onhand.connect.sheets.fields import Field
from onhand.connect.sheets.mapping import Sources
from onhand.connect.sheets.reading import Cells
from onhand.connect.sheets.trades import Trade
from onhand.core import cards

REASON = "it looks like a card number, which is never kept"
REMEDY = "leave it out; a code that only looks like one needs a letter"
_CODES = frozenset({"code", "barcode"})


class Caught(NamedTuple):
    """A cell that held a card number: its row, its field (or its column's header), and what is kept of it."""

    row: int
    field: str
    value: str


class Column(NamedTuple):
    """What a column's cells are called, and whether they are codes."""

    name: str
    code: bool


def columns_of(trade: Trade, headers: Sequence[str], sources: Sources) -> list[Column]:
    """The columns of a sheet; one that no field takes is a text."""
    fields: dict[str, Field] = {each.name: each for each in trade.fields}
    taken = {source.column: name for name, source in sources.items() if source.column}
    named = [(header, taken.get(header)) for header in headers]
    return [
        Column(name or header, name is not None and (fields[name].shape in _CODES or name in cards.CODES))
        if name is None or name in fields
        else Column(header, code=False)
        for header, name in named
    ]


def screened(
    rows: Sequence[tuple[int, Cells]], columns: Sequence[Column]
) -> tuple[list[tuple[int, Cells]], list[Caught]]:
    """The rows with every card number masked, and where there were some. Most rows cost a glance."""
    kept, caught = [], list[Caught]()
    for number, cells in rows:
        if cards.may_hold("\x1f".join(cells).encode("utf-8", "replace")) or not all(map(str.isascii, cells)):
            masked = [_masked(cell, at, columns) for at, cell in enumerate(cells)]
            caught += [
                Caught(number, columns[at].name if at < len(columns) else "", clean)
                for at, (cell, clean) in enumerate(zip(cells, masked, strict=True))
                if clean != cell
            ]
            kept.append((number, masked))
        else:
            kept.append((number, cells))
    return kept, caught


def _masked(cell: str, at: int, columns: Sequence[Column]) -> str:
    return cards.masked(cell, code=at < len(columns) and columns[at].code)


def must_be_clean(file: str, headers: Sequence[str], values: Mapping[str, str]) -> None:
    """What is kept of a file besides its rows holds no card number; raises ``CannotImport``."""
    said = [("file", file), *(("headers", header) for header in headers), *values.items()]
    for name, text in said:
        if cards.fault_in(text, name):
            raise card_number(name)
