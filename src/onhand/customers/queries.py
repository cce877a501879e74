"""Questions to the room: who is meant by a code."""

from __future__ import annotations

from collections.abc import Iterable

from onhand.core.database import Connection


def ids_by_code(db: Connection, codes: Iterable[str]) -> dict[str, int]:
    """The ids of known customers."""
    wanted = list(set(codes))
    if not wanted:
        return {}
    rows = db.execute("SELECT code, id FROM customers_customer WHERE code = ANY(%s)", (wanted,)).fetchall()
    return dict(rows)
