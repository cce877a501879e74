"""Columns of a batch reach the database as they were."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onhand.core import arrays
from onhand.core.database import Connection, connect
from onhand.core.ids import new_id

MOMENT = datetime(2026, 3, 2, 12, 0, 0, 250, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "column"),
    [
        ("bigint", [1, None, -(2**63)]),
        ("numeric", [Decimal("1.500"), Decimal("1E+3"), None]),
        ("float8", [1.5, -0.25, None]),
        ("boolean", [True, False, None]),
        ("uuid", [new_id(), None, UUID(int=0)]),
        ("timestamptz", [MOMENT, MOMENT, None]),
        ("date", [date(2026, 3, 2), None]),
        ("time", [time(9, 30), None]),
        ("bytea", [b"\x00\xff", b"", None]),
        ("text", ["", "NULL", 'a "quoted" {x, y}', "back\\slash", " spaces ", "naïve ≠ 日本", None]),
        ("text", [None, None]),
        ("text", []),
    ],
)
def test_a_column_comes_back_as_it_went(db: Connection, kind: str, column: list[Any]) -> None:
    row = db.execute(f"SELECT %s::{kind}[]", (column,)).fetchone()

    assert row == (column,)


@given(st.lists(st.none() | st.text(st.characters(exclude_characters="\x00", codec="utf-8"))))
def test_any_text_comes_back_as_it_went(database_url: str, column: list[str | None]) -> None:
    with connect(database_url) as db:
        assert db.execute("SELECT %s::text[]", (column,)).fetchone() == (column,)


def test_a_column_of_something_strange_is_refused() -> None:
    with pytest.raises(TypeError, match="a column of object cannot be written"):
        arrays.text([object()])
