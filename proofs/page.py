"""The page docs/proofs.md: a row for each figure, as it was last seen."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

from proofs.figures import Figure

PAGE = Path(__file__).resolve().parents[1] / "docs" / "proofs.md"
HEAD = """\
# Proofs

Each figure is a command anybody can run; it prints PASS or FAIL and what it measured. `make prove` runs all of them,
at the sizes named here. They run on a PostgreSQL of their own with fsync and synchronous_commit on.
This page is written by `python -m proofs --write`.

| number | what | command | last figure | date | machine |
| --- | --- | --- | --- | --- | --- |
"""


def write(figure: Figure, page: Path = PAGE) -> None:
    """Put a figure's row on the page; the rows of the others stay."""
    rows = _rows(page.read_text(encoding="utf-8")) if page.exists() else {}
    rows[figure.number] = _row(figure)
    page.write_text(HEAD + "".join(f"{rows[number]}\n" for number in sorted(rows)), encoding="utf-8")


def _rows(text: str) -> dict[int, str]:
    return {int(row[1]): row[0] for row in re.finditer(r"^\| (\d+) \|.*$", text, re.MULTILINE)}


def _row(figure: Figure) -> str:
    verdict = "PASS" if figure.passed else "FAIL"
    said = f"{verdict}: {figure.figure}".replace("|", "/").replace("\n", " ")
    cells = [str(figure.number), figure.title, f'`make prove ONLY="{figure.number}"`', said, _today(), _machine()]
    return f"| {' | '.join(cells)} |"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _machine() -> str:
    information = Path("/proc/cpuinfo")
    names = re.findall(r"model name\s*: (.*)", information.read_text()) if information.exists() else []
    return f"{os.cpu_count()} cores, {names[0].strip() if names else platform.machine()}"
