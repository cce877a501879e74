"""The map of OWASP ASVS 5.0: each requirement of levels 1 and 2, and what shows that it is met.

The map is ``docs/security/asvs.csv``; ``python -m proofs.asvs`` writes its tables into docs/security.md.
"""

from __future__ import annotations

import ast
import csv
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
MAP, PAGE = ROOT / "docs" / "security" / "asvs.csv", ROOT / "docs" / "security.md"
BEGIN, END = "<!-- written by `python -m proofs.asvs` -->", "<!-- up to here -->"
CHAPTERS = {
    1: "Encoding and sanitising",
    2: "Validation and business logic",
    3: "The browser",
    4: "The API",
    5: "Files",
    6: "Authentication",
    7: "Sessions",
    8: "Authorisation",
    9: "Tokens that speak for themselves",
    10: "OAuth and OpenID Connect",
    11: "Cryptography",
    12: "Communication",
    13: "Configuration",
    14: "Data protection",
    15: "Code and architecture",
    16: "Logging and errors",
    17: "WebRTC",
}
VERDICTS = ("met", "n/a", "open")


class Requirement(NamedTuple):
    """A requirement, in our own words; ``shown_by``: ids of tests. What is not met, or does not apply, says why."""

    number: str
    level: int
    asks: str
    verdict: str
    shown_by: tuple[str, ...]
    note: str

    @property
    def chapter(self) -> int:
        """The chapter it stands in."""
        return int(self.number.partition(".")[0])


def requirements(where: Path = MAP) -> list[Requirement]:
    """The map."""
    with where.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        Requirement(
            row["number"], int(row["level"]), row["asks"], row["verdict"], tuple(row["shown_by"].split()), row["note"]
        )
        for row in rows
    ]


def faults(found: Sequence[Requirement]) -> Iterator[str]:
    """What is wrong with the map: tests that are not there, verdicts without a ground."""
    numbers = [each.number for each in found]
    yield from (f"{each} stands there twice" for each in sorted({one for one in numbers if numbers.count(one) > 1}))
    for each in found:
        if each.verdict not in VERDICTS:
            yield f"{each.number}: {each.verdict!r} is no verdict"
        if each.verdict == "met" and not each.shown_by:
            yield f"{each.number} is met, and no test shows it"
        if each.verdict != "met" and not each.note:
            yield f"{each.number} is {each.verdict}, and no reason is given"
        yield from (f"{each.number}: there is no {test}" for test in each.shown_by if not exists(test))


def exists(test: str) -> bool:
    """Whether a test is there; files are read, nothing is collected."""
    path, _, name = test.partition("::")
    return name in _tests(ROOT / path)


@cache
def _tests(path: Path) -> frozenset[str]:
    if not path.is_file():
        return frozenset()
    body = ast.parse(path.read_text(encoding="utf-8")).body
    return frozenset(each.name for each in body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_"))


class Count(NamedTuple):
    """How many requirements of a level apply, and how many of these are met."""

    met: int
    applicable: int

    @property
    def share(self) -> float:
        """The part that is met."""
        return self.met / self.applicable if self.applicable else 1.0


def count(found: Sequence[Requirement], level: int) -> Count:
    """Count a level."""
    of_it = [each for each in found if each.level == level and each.verdict != "n/a"]
    return Count(sum(each.verdict == "met" for each in of_it), len(of_it))


def tables(found: Sequence[Requirement]) -> str:
    """What the page shows of the map."""
    lines = ["| level | apply | met | open | do not apply |", "| --- | --- | --- | --- | --- |"]
    for level in (1, 2, 3):
        met, applicable = count(found, level)
        others = sum(each.level == level and each.verdict == "n/a" for each in found)
        name = f"{level} (two adopted)" if level > 2 else str(level)
        lines.append(f"| {name} | {applicable} | {met} ({met / applicable:.0%}) | {applicable - met} | {others} |")
    lines += ["", "### Open", ""]
    lines += [f"* **{each.number}** (level {each.level}) {each.asks}: {each.note}." for each in found if _is_open(each)]
    for chapter, of_it in groupby(found, key=lambda each: each.chapter):
        lines += ["", f"### V{chapter} {CHAPTERS[chapter]}", "", "| number | level | asks | verdict | shown by |"]
        lines += ["| --- | --- | --- | --- | --- |", *map(_row, of_it)]
    return "\n".join(lines)


def _is_open(each: Requirement) -> bool:
    return each.verdict == "open"


def _row(each: Requirement) -> str:
    shown = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in each.shown_by)
    said = "<br>".join(filter(None, (shown, each.note)))
    return f"| {each.number} | {each.level} | {each.asks} | {each.verdict} | {said} |"


def page(text: str, found: Sequence[Requirement]) -> str:
    """The page with its tables as the map has them."""
    before, _, rest = text.partition(BEGIN)
    return f"{before}{BEGIN}\n\n{tables(found)}\n\n{END}{rest.partition(END)[2]}"


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), requirements()), encoding="utf-8")
