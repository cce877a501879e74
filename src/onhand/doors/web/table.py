"""The rows of a list, as HTML.

Written here and not in a template: a page has five hundred cells, and a template takes longer over them than the
database over the rows and all the rest of the page together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from onhand.insight.lists import Column


class Cell(NamedTuple):
    """What stands in a column of a row."""

    column: Column
    label: str
    words: str
    href: str = ""
    tone: str = ""


class ShownRow(NamedTuple):
    """A row as it is drawn: what names it, and what it shows."""

    key: str
    head: Cell
    cells: Sequence[Cell]


def drawn(rows: Sequence[ShownRow], *, choosing: bool) -> SafeString:
    """The rows; ``choosing``: each with a box to choose it by."""
    return mark_safe("\n".join(_row(row, choosing=choosing) for row in rows))  # noqa: S308 - each value is escaped


def _row(row: ShownRow, *, choosing: bool) -> str:
    return f'<tr id="row-{escape(row.key)}">{"".join(_parts(row, choosing=choosing))}</tr>'


def _parts(row: ShownRow, *, choosing: bool) -> Iterator[str]:
    if choosing:
        label = escape(_("Choose %(name)s") % {"name": row.head.words})
        yield f'<td class="choose"><input type="checkbox" value="{escape(row.key)}" aria-label="{label}"></td>'
    yield f'<th scope="row" class="{row.head.column.kind}">{_linked(row.head)}</th>'
    for cell in row.cells:
        yield f'<td class="{cell.column.kind}" data-label="{escape(cell.label)}">{_inside(cell)}</td>'


def _inside(cell: Cell) -> str:
    if cell.tone:
        return f'<span class="badge-part" data-tone="{cell.tone}">{escape(cell.words)}</span>'
    return _linked(cell)


def _linked(cell: Cell) -> str:
    return f'<a href="{escape(cell.href)}">{escape(cell.words)}</a>' if cell.href else escape(cell.words)
