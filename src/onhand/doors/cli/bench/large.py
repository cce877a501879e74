"""A shop of five million positions, to see whether lists stay fast in it; ``python -m onhand.doors.cli.bench.large``.

Everything is made by set-based statements, the same in each run: fifty sites, a year of orders, the moves they caused.
It is not made by the flows, which would take hours, and its books do not balance to the last piece.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources

from onhand.core.database import Connection, connect
from onhand.doors.cli.schema import migrate

SITES = 50
STEPS = ("1_places", "2_goods", "3_orders", "4_ledger")


def fill(url: str, *, positions: int = 5_000_000) -> None:
    """Fill an empty, migrated database."""
    with connect(url, autocommit=True) as db:
        db.execute("SET statement_timeout = 0")
        db.execute("SET synchronous_commit = off")
        db.execute("SET work_mem = '256MB'")
        scale = {"sites": SITES, "skus": positions // SITES, "orders": positions // 5, "now": datetime.now(UTC)}
        for statement in _statements():
            db.execute(_bound(db, statement, scale))
        db.execute("VACUUM ANALYZE")


def _statements() -> Iterator[str]:
    folder = resources.files("onhand.doors.cli.bench").joinpath("sql", "large")
    for step in STEPS:
        yield from folder.joinpath(f"{step}.sql").read_text(encoding="utf-8").split(";\n")


def _bound(db: Connection, statement: str, scale: dict[str, object]) -> str:
    """The statement with its figures written in: the planner shall see them, and DDL takes no parameters."""
    from psycopg import ClientCursor

    return ClientCursor(db).mogrify(statement, scale)


if __name__ == "__main__":
    migrate(sys.argv[1])
    fill(sys.argv[1], positions=int(sys.argv[2]) if len(sys.argv) > 2 else 5_000_000)
