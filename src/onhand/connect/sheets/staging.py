"""Where the rows of a file lie while they are needed: unlogged tables in the schema ``staging``, one set an import.

``rows`` holds the cells as they came; ``clean`` the values they mean; ``now`` how the things they name are at
present; ``faults`` what is wrong, and ``verdicts`` what each row would do. A crash of the database empties them: the
file is sent again, which is harmless. A sequence counts steps: it is the one number others see before a transaction
ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice

from psycopg import sql

from onhand.connect.sheets.reading import Cells
from onhand.connect.sheets.screening import REASON, REMEDY, Caught, Column, screened
from onhand.core.database import Connection, statement

TABLES = ("rows", "clean", "now", "faults", "verdicts")
ROWS_A_COPY = 20_000
# An import's statements go over a million rows; still nothing waits for ever.
PATIENCE = "15min"
LOCK_PATIENCE = "60s"

Watch = Callable[[int], None]


def table(number: int, name: str) -> sql.Identifier:
    """A table of an import."""
    return sql.Identifier("staging", f"{name}_{number}")


@contextmanager
def patience(db: Connection) -> Iterator[None]:
    """Let statements take as long as a large import's do; commits what was begun before."""
    db.commit()
    before = [(name, _setting(db, name)) for name in ("statement_timeout", "lock_timeout", "work_mem")]
    for (name, _), value in zip(before, (PATIENCE, LOCK_PATIENCE, "64MB"), strict=True):
        _set(db, name, value)
    db.commit()
    try:
        yield
    finally:
        if not db.closed:
            db.rollback()
            for name, value in before:
                _set(db, name, value)
            db.commit()


def _setting(db: Connection, name: str) -> str:
    row = db.execute("SELECT current_setting(%s)", [name]).fetchone()
    return str(row[0]) if row else ""


def _set(db: Connection, name: str, value: str) -> None:
    db.execute("SELECT set_config(%s, %s, false)", [name, value])


@contextmanager
def batch(db: Connection) -> Iterator[None]:
    """A transaction of its own, committed at the end, whatever mode the connection is in."""
    db.commit()
    with db.transaction():
        yield


def prepare(db: Connection, number: int) -> None:
    """Make room for an import's rows."""
    drop(db, number)
    names = {each: table(number, each) for each in (*TABLES, "steps")}
    for text in statement("connect.sheets", "staging_tables").split(";"):
        db.execute(sql.SQL(text).format(**names))


def drop(db: Connection, number: int) -> None:
    """Forget an import's rows."""
    for name in TABLES:
        db.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(table(number, name)))
    db.execute(sql.SQL("DROP SEQUENCE IF EXISTS {}").format(table(number, "steps")))


def count(db: Connection, number: int, steps: int) -> None:
    """Show how far an import has come, at once and to everybody."""
    db.execute("SELECT setval(%s::regclass, %s)", [f"staging.steps_{number}", max(1, steps)])


def counted(db: Connection, number: int) -> int:
    """How far an import has come; 0 when its rows are gone."""
    row = db.execute("SELECT to_regclass(%s)", [f"staging.steps_{number}"]).fetchone()
    if row is None or row[0] is None:
        return 0
    steps = db.execute(
        sql.SQL("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {}").format(table(number, "steps"))
    ).fetchone()
    return int(steps[0]) if steps else 0


def is_there(db: Connection, number: int) -> bool:
    """Whether an import's rows are still there."""
    row = db.execute("SELECT to_regclass(%s) IS NOT NULL", [f"staging.rows_{number}"]).fetchone()
    return bool(row and row[0])


def is_judged(db: Connection, number: int) -> bool:
    """Whether an import's rows have been checked."""
    row = db.execute("SELECT to_regclass(%s) IS NOT NULL", [f"staging.verdicts_{number}"]).fetchone()
    return bool(row and row[0])


def fill(
    db: Connection, number: int, rows: Iterator[tuple[int, Cells]], columns: Sequence[Column], watch: Watch
) -> int:
    """Copy the rows in, some thousands a transaction; ``watch`` hears how many. Returns how many there were.

    A card number is masked before its row is copied, and the row refused.
    """
    total = 0
    copy = sql.SQL("COPY {} (row, cells) FROM STDIN").format(table(number, "rows"))
    while portion := list(islice(rows, ROWS_A_COPY)):
        kept, caught = screened(portion, columns)
        with batch(db):
            with db.cursor() as cursor, cursor.copy(copy) as into:
                for row in kept:
                    into.write_row(row)
            _refuse(db, number, caught)
            total += len(portion)
            count(db, number, total)
        watch(total)
    return total


def _refuse(db: Connection, number: int, caught: Sequence[Caught]) -> None:
    if caught:
        query = sql.SQL(statement("connect.sheets", "refuse_cards")).format(faults=table(number, "faults"))
        rows, fields, values = (list(column) for column in zip(*caught, strict=True))
        asked = {"rows": rows, "fields": fields, "values": values, "reason": REASON, "remedy": REMEDY}
        db.execute(query, asked)
