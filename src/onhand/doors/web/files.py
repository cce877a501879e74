"""Lists as files: CSV row by row, workbooks by way of a file of their own."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from onhand.connect.sheets import writing

WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, text: str) -> str:
        """The text."""
        return text


def as_csv(name: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A sheet for every program, sent while it is read; nothing in it can pass for a formula."""
    # What cannot be read is found out before anything is sent.
    reading = iter(rows)
    first = list(islice(reading, 1))

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo())
        yield "\ufeff" + writer.writerow(headers)
        for row in chain(first, reading):
            yield writer.writerow([writing.safe(cell) for cell in row])

    answer = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def as_workbook(name: str, headers: Sequence[str], rows: Iterable[Sequence[Any]]) -> HttpResponseBase:
    """A workbook. It is written whole before it is sent, on disk, in little memory."""
    with tempfile.TemporaryDirectory(prefix="onhand-export-") as folder:
        path = Path(folder) / f"{name}.xlsx"
        writing.write(path, headers, rows, lambda _done: None)
        # Opened before the folder goes: the file stays readable until it has been sent.
        return FileResponse(path.open("rb"), as_attachment=True, filename=path.name, content_type=WORKBOOK)
