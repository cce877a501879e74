"""The file of sales, ours or another one of the same format, as lines of text. Read as a stream, never as a whole."""

from __future__ import annotations

import gzip
import io
import lzma
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO, BinaryIO, cast


def shipped() -> Traversable:
    """The sales that come with the package; its README says whose they are and under which licence."""
    return resources.files("onhand.connect.online_retail") / "sales.csv.xz"


def lines(file: Traversable | Path | None = None) -> Iterator[str]:
    """Every line of a file of sales (ours when none is named): plain text, or packed as ``.gz`` or ``.xz``.

    Bytes that are not UTF-8 become U+FFFD, so that one bad name costs one row and not the file.
    """
    source = file or shipped()
    with source.open("rb") as packed, _unpacked(packed, source.name) as text:
        yield from text


def _unpacked(file: IO[bytes], name: str) -> io.TextIOWrapper:
    opener = lzma.open if name.endswith(".xz") else gzip.open if name.endswith(".gz") else None
    plain = cast("BinaryIO", opener(file) if opener else file)
    return io.TextIOWrapper(plain, encoding="utf-8-sig", errors="replace", newline="")
