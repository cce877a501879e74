"""A sheet may be anything: the reader of CSV under fuzzing, and workbooks packed to do harm.

First the reader is fed mutated bytes for ten minutes: nothing but a refusal may come of it, and no input may take a
second of CPU. Then workbooks that are bombs are opened: a sheet of spaces that shrank a thousandfold, a zip that lies
about its size, entities that unfold a billion times, the same hidden in UTF-16, one cell at the far corner of the
sheet, ten thousand parts. Each must be refused in a sentence, and this process may not grow by it.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from onhand.connect.sheets.errors import CannotImport
from onhand.connect.sheets.reading import opened
from proofs.figures import Figure, worst

TITLE = "whatever a sheet is, it is read or refused: no crash, nothing slow, no bomb goes off"
SECONDS, SHORT_SECONDS = 600, 3
SLOW_SECONDS = 1.0
MOST_GROWTH_KB = 200 * 1024


def prove(short: bool) -> Figure:
    """Ten minutes of mutations, then the bombs; in short three seconds."""
    with tempfile.TemporaryDirectory(prefix="onhand-proof-") as folder:
        said, faults = _fuzzed(Path(folder), SHORT_SECONDS if short else SECONDS)
        refused, more = _bombs(Path(folder))
    faults += more
    figure = f"{said}; {refused} of {len(BOMBS)} harmful workbooks refused{worst(faults)}"
    return Figure(35, TITLE, passed=not faults, figure=figure)


def _fuzzed(folder: Path, seconds: int) -> tuple[str, list[str]]:
    """What the fuzzer saw, and what went wrong."""
    report = folder / "report.json"
    command = [sys.executable, "-m", "proofs.fuzzing", str(seconds), str(report)]
    path = os.pathsep.join(filter(None, [os.getcwd(), *sys.path]))  # noqa: PTH109 - a path among paths
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=seconds + 120,
        check=False,
    )
    seen: dict[str, Any] = (
        json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"inputs": 0, "slowest": 0.0}
    )
    faults = [f"the reader crashed: {done.stderr[-600:]}"] if done.returncode else []
    if not seen["inputs"]:
        faults.append(f"nothing was read: {done.stderr[-300:]}")
    if seen["slowest"] > SLOW_SECONDS:
        faults.append(f"an input took {seen['slowest']:.1f} s: {seen['input'][:200]}")
    crashes = 1 if done.returncode else 0
    return f"{seen['inputs']:,} inputs, {crashes} crashes, the slowest {seen['slowest'] * 1000:.0f} ms", faults


def _packed(path: Path, parts: dict[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("xl/workbook.xml", b"<workbook/>")
        for name, content in parts.items():
            book.writestr(name, content)


def _spaces(path: Path) -> None:
    _packed(path, {"xl/worksheets/sheet1.xml": b" " * (256 << 20)})


def _lying(path: Path) -> None:
    """A part that says it is empty in both of its headers, and is not."""
    _packed(path, {"xl/worksheets/sheet1.xml": b" " * (64 << 20)})
    true, nothing = struct.pack("<L", 64 << 20), struct.pack("<L", 10)
    path.write_bytes(path.read_bytes().replace(true, nothing))


def _laughing(path: Path, encoding: str = "utf-8") -> None:
    levels = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, 10))
    text = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "ha">{levels}]><worksheet>&l9;</worksheet>'
    _packed(path, {"xl/worksheets/sheet1.xml": text.encode(encoding)})


def _laughing_quietly(path: Path) -> None:
    _laughing(path, "utf-16")


def _far_away(path: Path) -> None:
    from xlsxwriter import Workbook

    with Workbook(str(path)) as book:
        sheet = book.add_worksheet()
        sheet.write(0, 0, "near")
        sheet.write(1_048_575, 16_383, "far")


def _in_pieces(path: Path) -> None:
    _packed(path, {f"xl/worksheets/sheet{number}.xml": b"<worksheet/>" for number in range(10_000)})


BOMBS: dict[str, Callable[[Path], None]] = {
    "a sheet of spaces": _spaces,
    "a lie about its size": _lying,
    "a billion laughs": _laughing,
    "laughs in UTF-16": _laughing_quietly,
    "a cell at the far corner": _far_away,
    "ten thousand parts": _in_pieces,
}


def _bombs(folder: Path) -> tuple[int, list[str]]:
    """How many were refused, and what went wrong."""
    refused, faults = 0, []
    for name, make in BOMBS.items():
        path = folder / "bomb.xlsx"
        make(path)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            with opened(path) as sheet:
                rows = sum(1 for _ in sheet.rows)
            faults.append(f"{name} was read: {rows} rows")
        except CannotImport:
            refused += 1
        if (grown := resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) > MOST_GROWTH_KB:
            faults.append(f"{name} made this process grow by {grown // 1024} MB")
    return refused, faults
