"""``python -m onhand.connect.sheets.unfolding BOOK ROWS``: the first sheet of a workbook, written as rows of CSV.

A process of its own, with little memory and time, so that no workbook can harm another one. It says the sheet's name on
the standard output; exits with 2 and a sentence when there is nothing to read.
"""

from __future__ import annotations

import csv
import resource
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from onhand.connect.sheets import limits


def main(book: Path, rows: Path) -> int:
    """Unfold a workbook."""
    _confine()
    # Imported within the limits: what the library takes counts, too.
    from python_calamine import CalamineError, load_workbook

    try:
        with load_workbook(str(book)) as workbook:
            sheet = workbook.get_sheet_by_index(0)
            with rows.open("w", encoding="utf-8", newline="") as file:
                _write(sheet, csv.writer(file))
            sys.stdout.write(sheet.name)
    except (CalamineError, IndexError, ValueError) as fault:
        sys.stderr.write(f"The workbook cannot be read ({fault}); save it as .xlsx again.")
        return 2
    return 0


def _confine() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits.MOST_MEMORY_OF_WORKBOOK, limits.MOST_MEMORY_OF_WORKBOOK))
    resource.setrlimit(resource.RLIMIT_CPU, (limits.MOST_SECONDS_OF_WORKBOOK, limits.MOST_SECONDS_OF_WORKBOOK))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _write(sheet: Any, writer: Any) -> None:
    """Every row from the sheet's first: rows keep the numbers the spreadsheet shows."""
    if sheet.total_width > limits.MOST_COLUMNS * 4:
        raise ValueError(f"it has {sheet.total_width:,} columns")
    for row in sheet.iter_rows():
        writer.writerow([_text(cell) for cell in row])


def _text(cell: object) -> str:
    """A cell as a person would type it: whole numbers without decimals, days and moments as ISO writes them."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date | time):
        return cell.isoformat()
    return str(cell) if isinstance(cell, int | timedelta) else ""


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
