"""CSV as it is found: in any usual encoding, with any usual delimiter, and line ends within quotes.

The encoding is not guessed from a sample: UTF-8 is proven by reading the whole file, and what is not UTF-8 is Windows'
own (cp1252), or Latin-1 where it holds bytes that cp1252 does not know. The delimiter is the one under which most of
the first rows have as many cells as the first.
"""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

from onhand.connect.sheets.errors import too_large, unreadable
from onhand.connect.sheets.limits import MOST_CHARACTERS, MOST_CHARACTERS_OF_LINE

DELIMITERS = (",", ";", "\t", "|", ":", "^", "~")
SAMPLE_ROWS = 100
_PIECE = 1 << 20
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Bytes no text in cp1252 holds.
_NOT_CP1252 = b"\x81\x8d\x8f\x90\x9d"


def encoding_of(path: Path) -> str:
    """The encoding in which the whole file can be read."""
    with path.open("rb") as file:
        start = file.read(4096)
    for mark, encoding in _MARKS:
        if start.startswith(mark):
            return encoding
    if unmarked := _unmarked_utf_16(start):
        return unmarked
    if _reads_as(path, "utf-8"):
        return "utf-8"
    return "latin-1" if _holds(path, _NOT_CP1252) else "cp1252"


def _unmarked_utf_16(start: bytes) -> str:
    """Western text in UTF-16 has a zero in every other byte."""
    half = len(start) // 2
    if half and start[1::2].count(0) > half * 0.7 and start[::2].count(0) < half * 0.1:
        return "utf-16-le"
    if half and start[::2].count(0) > half * 0.7 and start[1::2].count(0) < half * 0.1:
        return "utf-16-be"
    return ""


def _reads_as(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for piece in _pieces(path):
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _holds(path: Path, some: bytes) -> bool:
    return any(byte in piece for piece in _pieces(path) for byte in some)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


@contextmanager
def lines(path: Path, encoding: str) -> Iterator[Iterator[str]]:
    """The lines of a file, with their ends; zeros, which no text holds, are shown as what cannot be read."""
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        yield _bounded(file)


def _bounded(file: object) -> Iterator[str]:
    number = 0
    while line := file.readline(MOST_CHARACTERS_OF_LINE + 1):  # type: ignore[attr-defined]
        number += 1
        if len(line) > MOST_CHARACTERS_OF_LINE:
            raise too_large(
                f"Line {number:,} has more than {MOST_CHARACTERS_OF_LINE:,} characters; is this a table of rows?"
            )
        yield line.replace("\0", "\ufffd")


def delimiter_of(path: Path, encoding: str) -> str:
    """The sign between cells. A first line ``sep=;``, which some spreadsheets write, says so itself."""
    with lines(path, encoding) as text:
        sample = list(islice(text, SAMPLE_ROWS))
    if sample and (stated := _stated(sample[0])):
        return stated
    return max(DELIMITERS, key=lambda delimiter: _agreement(sample, delimiter))


def _stated(line: str) -> str:
    line = line.rstrip("\r\n")
    return line[4] if len(line) == 5 and line.lower().startswith("sep=") else ""


def _agreement(sample: list[str], delimiter: str) -> tuple[float, int]:
    """How many of the first rows have as many cells as the first (if it has several), then how many cells that is."""
    try:
        widths = [len(record) for record in csv.reader(iter(sample), delimiter=delimiter) if record]
    except csv.Error:
        return (-1.0, 0)
    if not widths or widths[0] < 2:
        return (0.0, 0)
    return (sum(width == widths[0] for width in widths) / len(widths), widths[0])


def records(text: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    """Rows of cells; raises ``CannotImport`` where no cells can be made out."""
    reader = csv.reader(text, delimiter=delimiter)
    first = True
    while True:
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error as fault:
            raise _unclear(fault, reader.line_num) from fault
        if first and len(record) <= 2 and _stated(delimiter.join(record)):
            first = False
            continue
        first = False
        yield record


def _unclear(fault: csv.Error, line: int) -> Exception:
    if "field larger" in str(fault):
        return too_large(
            f"The cell that ends on line {line:,} has more than {MOST_CHARACTERS:,} characters;"
            " is a quotation mark left open there?"
        )
    return unreadable(f"Line {line:,} cannot be read as cells ({fault}); save the file as CSV again.")
