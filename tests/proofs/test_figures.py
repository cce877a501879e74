"""Every proof, in its short form: that it runs, and holds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from onhand.doors.cli.schema import introduce
from proofs.figures import Figure, find
from proofs.page import write

PROOFS = find()


@pytest.fixture
def at_home_afterwards(database_url: str) -> Iterator[None]:
    """Some proofs tell Django of a database of their own, which goes with them; the tests that follow want this one."""
    yield
    introduce(database_url)


@pytest.mark.usefixtures("at_home_afterwards")
@pytest.mark.parametrize("number", PROOFS)
def test_the_short_form_holds(number: int) -> None:
    figure = PROOFS[number](True)

    assert figure.passed, figure.line()
    assert figure.number == number


def test_a_row_of_the_page_is_renewed_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "proofs.md"
    write(Figure(2, "two", passed=True, figure="0 torn"), page)
    write(Figure(1, "one", passed=False, figure="3 oversold"), page)
    write(Figure(1, "one", passed=True, figure="0 oversold"), page)

    rows = [line for line in page.read_text().splitlines() if line.startswith(("| 1 |", "| 2 |"))]

    assert ["PASS: 0 oversold" in rows[0], "PASS: 0 torn" in rows[1], len(rows)] == [True, True, 2]
