"""The file of sales, ours or another one of the same format, as lines of text. Read as a stream, never as a whole."""

from __future__ import annotations

import gzip
import io
import lzma
from collections.abc import Iterator
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import IO


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


def _unpacked(packed: IO[bytes], name: str) -> IO[str]:
    if name.endswith(".xz"):
        return lzma.open(packed, "rt", encoding="utf-8-sig", errors="replace", newline="")
    if name.endswith(".gz"):
        return gzip.open(packed, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return io.TextIOWrapper(packed, encoding="utf-8-sig", errors="replace", newline="")
