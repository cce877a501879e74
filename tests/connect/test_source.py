"""Our own file of sales, and any other of the same format."""

from __future__ import annotations

import gzip
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest

from onhand.connect.online_retail import replay, source

from .sales import HEADING, HEARTS, lines


@pytest.mark.parametrize("name", ["sales.csv", "sales.csv.gz", "sales.csv.xz"])
def test_a_file_is_read_plain_or_packed(tmp_path: Path, name: str) -> None:
    packing: dict[str, Callable[[bytes], bytes]] = {".gz": gzip.compress, ".xz": lzma.compress, ".csv": bytes}
    file = tmp_path / name
    file.write_bytes(packing[file.suffix]("".join(lines(HEARTS)).encode()))

    (invoice,) = replay.read(file)

    assert invoice.number == "536365"


def test_a_mark_of_byte_order_does_not_spoil_the_heading(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes(b"\xef\xbb\xbf" + "".join(lines(HEARTS)).encode())

    assert next(source.lines(tmp_path / "sales.csv")).strip() == HEADING


def test_a_byte_that_is_no_text_costs_no_row(tmp_path: Path) -> None:
    (tmp_path / "sales.csv").write_bytes("".join(lines(HEARTS)).encode().replace(b"WHITE", b"WH\xa3TE"))

    assert len(list(replay.read(tmp_path / "sales.csv"))) == 1


def test_the_whole_public_file_is_in_the_package() -> None:
    assert sum(1 for _ in source.lines()) == 1 + 370_931


def test_whose_the_data_is_stands_beside_it() -> None:
    told = source.shipped().parent / "README.md"  # type: ignore[attr-defined]

    assert all(word in told.read_text() for word in ("UCI", "Chen", "Sain", "Guo", "CC BY 4.0", "What was changed"))
