"""Sheets written: CSV or XLSX by the file's name, row by row, and safe to open.

A cell of text that begins like a formula (``=``, ``+``, ``-``, ``@``, tab, line end) would be run by a spreadsheet as
one. In CSV it gets an apostrophe in front, which our reader takes off again; in XLSX it is written as text. Numbers
are numbers, whatever their sign.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from onhand.connect.sheets.errors import too_many_rows, unknown_format
from onhand.connect.sheets.staging import Watch

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n")
MOST_ROWS_OF_WORKBOOK = 1_048_575
MOST_CHARACTERS_OF_CELL = 32_767
# What has a sign and is a number all the same.
_NUMBER = re.compile(r"[+-][0-9][0-9.,]*\Z")
_TELL_EVERY = 5_000


def write(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]], watch: Watch) -> int:
    """Write a sheet; ``watch`` hears how many rows are written. Returns how many there were."""
    kind = path.suffix.lower()
    if kind == ".csv":
        return _write_csv(path, headers, _told(rows, watch))
    if kind == ".xlsx":
        return _write_workbook(path, headers, _told(rows, watch))
    raise unknown_format(path.name)


def _told(rows: Iterable[Sequence[Any]], watch: Watch) -> Iterable[Sequence[Any]]:
    number = 0
    for number, row in enumerate(rows, start=1):
        yield row
        if number % _TELL_EVERY == 0:
            watch(number)
    watch(number)


def _write_csv(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    # With its mark, spreadsheets know UTF-8 when they see it.
    number = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([safe(header) for header in headers])
        for number, row in enumerate(rows, start=1):  # noqa: B007 - counted
            writer.writerow([safe(cell) for cell in row])
    return number


def safe(cell: Any) -> str:
    """A cell as CSV text that no spreadsheet takes for a formula.

    >>> safe("=1+1"), safe(Decimal("-5.500")), safe(None)
    ("'=1+1", '-5.5', '')
    """
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(DANGEROUS) and not _NUMBER.match(cell) else cell
    return _text(cell)


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Decimal):
        plain = f"{cell:f}"
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if isinstance(cell, datetime):
        return cell.isoformat(" ")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def _write_workbook(path: Path, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    from xlsxwriter import Workbook

    plain = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    number = 0
    with Workbook(str(path), plain) as book:
        sheet = book.add_worksheet()
        for place, header in enumerate(headers):
            sheet.write_string(0, place, header)
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS_OF_WORKBOOK:
                raise too_many_rows(MOST_ROWS_OF_WORKBOOK)
            for place, cell in enumerate(row):
                _write_cell(sheet, number, place, cell)
    return number


def _write_cell(sheet: Any, number: int, place: int, cell: Any) -> None:
    if isinstance(cell, bool):
        sheet.write_boolean(number, place, cell)
    elif isinstance(cell, int | float | Decimal):
        sheet.write_number(number, place, cell)
    elif cell is not None:
        sheet.write_string(number, place, _text(cell)[:MOST_CHARACTERS_OF_CELL])
