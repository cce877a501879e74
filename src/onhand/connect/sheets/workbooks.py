"""XLSX, which anybody may have packed: weighed before it is opened, and opened in a process of its own.

A workbook is a zip of XML. Before anything reads it, every part is unpacked into nothing and weighed, whatever it
says of itself: bombs end there, and so does XML that declares entities. Then a child process with little memory and
time unfolds the first sheet into rows. A workbook with one cell at the far corner of the sheet can only end that
child.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onhand.connect.sheets import limits, texts
from onhand.connect.sheets.errors import CannotImport, too_large, unreadable

_ZIP = b"PK\x03\x04"
_PIECE = 1 << 20
# UTF-16 would hide a declaration from a search by bytes, and no program writes its workbooks so.
_WIDE = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def is_workbook(path: Path) -> bool:
    """Whether the file is a zip, as workbooks are."""
    with path.open("rb") as file:
        return file.read(4) == _ZIP


@contextmanager
def unfolded(path: Path) -> Iterator[tuple[str, Iterator[list[str]]]]:
    """The name of the first sheet and its rows."""
    weigh(path)
    with tempfile.TemporaryDirectory(prefix="onhand-sheet-") as folder:
        rows = Path(folder) / "rows.csv"
        name = _unfold(path, rows)
        with texts.lines(rows, "utf-8") as lines:
            yield name, texts.records(lines, ",")


def weigh(path: Path) -> None:
    """Raise ``CannotImport`` for a workbook that is not one, or is more than it seems."""
    if path.stat().st_size > limits.MOST_BYTES_OF_WORKBOOK:
        raise too_large(
            f"The workbook has more than {limits.MOST_BYTES_OF_WORKBOOK:,} bytes; save it as CSV, or in parts."
        )
    try:
        with zipfile.ZipFile(path) as workbook:
            _weigh_parts(workbook)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as fault:
        if isinstance(fault, CannotImport):
            raise
        raise unreadable("The workbook is damaged or locked with a password; save it as .xlsx again.") from fault


def _weigh_parts(workbook: zipfile.ZipFile) -> None:
    parts = workbook.infolist()
    if len(parts) > limits.MOST_PARTS:
        raise too_large(f"The workbook has {len(parts):,} parts; at most {limits.MOST_PARTS:,} are read.")
    if "xl/workbook.xml" not in workbook.namelist():
        raise unreadable("This is no .xlsx workbook; save the sheet as .xlsx or CSV.")
    if sum(part.file_size for part in parts) > limits.MOST_BYTES_UNPACKED:
        raise _bomb()
    total = 0
    for part in parts:
        total += _weigh_part(workbook, part, limits.MOST_BYTES_UNPACKED - total)


def _weigh_part(workbook: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    """Unpack a part into nothing; its true size."""
    size, tail = 0, b""
    with workbook.open(part) as content:
        while piece := content.read(_PIECE):
            if not size and piece.startswith(_WIDE):
                raise unreadable("The workbook's parts are not in UTF-8; save it as .xlsx again.")
            size += len(piece)
            if size > left or size > max(limits.RATIO_COUNTS_FROM, part.compress_size * limits.MOST_RATIO):
                raise _bomb()
            if b"<!" in (joint := tail + piece) and (b"<!DOCTYPE" in joint or b"<!ENTITY" in joint):
                raise unreadable("The workbook declares entities, which no spreadsheet does; save it as .xlsx again.")
            tail = piece[-16:]
    return size


def _bomb() -> CannotImport:
    return too_large("Unpacked, the workbook is far larger than a sheet of its size can be; save the sheet as CSV.")


def _unfold(path: Path, rows: Path) -> str:
    """Let a child write the first sheet's rows to a file; answers the sheet's name."""
    command = [sys.executable, "-m", "onhand.connect.sheets.unfolding", str(path), str(rows)]
    with contextlib.suppress(subprocess.TimeoutExpired):
        done = subprocess.run(  # noqa: S603 - our own module, told two paths
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=limits.MOST_SECONDS_OF_WORKBOOK,
        )
        if done.returncode == 0:
            return done.stdout.strip()
        if done.returncode == 2:
            raise unreadable(done.stderr.strip())
    raise too_large("The workbook takes more memory or time than a sheet should; save it as CSV.")
