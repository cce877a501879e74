"""``python -m proofs.fuzzing SECONDS REPORT``: let the reader of sheets read what nobody would write.

Coverage-guided mutations (atheris, libFuzzer) where that is installed, mutations of the same seeds by chance where it
is not. A process of its own: the fuzzer takes it over and ends it; a crash is its exit code. After each hundred inputs,
and whenever one was slower than all before, the report is written: how many, the slowest in CPU seconds, and that
input.
"""

from __future__ import annotations

import contextlib
import json
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from random import Random

LONGEST = 65_536
SEEDS = (
    b"sku,name,price\nCUP,Cup,7.50\n",
    'código;nombre;precio\r\n1;"Té\nverde";2,50\r\n'.encode("cp1252"),
    "sep=|\na|b\n1|2\n".encode("utf-16"),
    "\ufeffa\tb\tc\n1\t2\t3\n".encode(),
    b'"a""b",c\n"1\n2",3\n\n,,\n',
    b"PK\x03\x04\x14\x00\x00\x00\x08\x00",
    b"a,b\r1,2\r3,4\r",
    b'"' * 200 + b"\x00\x81\xff",
)


class Reader:
    """Reads one input after the other, and remembers the slowest."""

    def __init__(self, report: Path) -> None:
        from onhand.connect.sheets import reading, workbooks
        from onhand.connect.sheets.errors import CannotImport

        self._reading, self._workbooks, self._refused = reading, workbooks, CannotImport
        self._path = Path(tempfile.mkdtemp(prefix="onhand-fuzz-")) / "sheet.csv"
        self._report = report
        self.inputs = 0
        self.slowest = 0.0

    def read(self, content: bytes) -> None:
        """Read an input to its end; being refused is fine, anything else that is raised is a crash."""
        self._path.write_bytes(content)
        since = time.process_time()
        with contextlib.suppress(self._refused):
            self._through()
        took = time.process_time() - since
        self.inputs += 1
        if took > self.slowest or self.inputs % 100 == 0:
            self.slowest = max(self.slowest, took)
            self.tell(content if took == self.slowest else b"")

    def _through(self) -> None:
        if content_is_zip(self._path):
            # What a workbook holds is read in a process of its own; here it is weighed.
            self._workbooks.weigh(self._path)
            return
        with self._reading.opened(self._path) as sheet:
            for _ in sheet.rows:
                pass

    def tell(self, slowest: bytes) -> None:
        """Write the report."""
        said = {"inputs": self.inputs, "slowest": self.slowest, "input": slowest[:2000].hex()}
        self._report.write_text(json.dumps(said), encoding="utf-8")


def content_is_zip(path: Path) -> bool:
    """Whether a file begins as a workbook does."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def main(seconds: int, report: Path) -> None:
    """Fuzz for so long."""
    if find_spec("atheris"):
        _guided(seconds, report)
    else:
        _by_chance(seconds, Reader(report).read)


def _guided(seconds: int, report: Path) -> None:
    import atheris

    with atheris.instrument_imports(include=["onhand.connect.sheets", "csv"]):
        reader = Reader(report)
    corpus = Path(tempfile.mkdtemp(prefix="onhand-fuzz-seeds-"))
    for number, seed in enumerate(SEEDS):
        (corpus / str(number)).write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-max_len={LONGEST}", "-timeout=60", "-rss_limit_mb=1024"]
    atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={corpus}/", str(corpus)], reader.read)
    atheris.Fuzz()


def _by_chance(seconds: int, read: Callable[[bytes], None]) -> None:
    chance = Random(35)  # noqa: S311 - any inputs will do, and the same ones each time are better
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        content = bytearray(chance.choice(SEEDS) * chance.randint(1, 200))[:LONGEST]
        for _ in range(chance.randint(1, 20)):
            place = chance.randrange(len(content))
            content[place : place + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
        read(bytes(content))


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
