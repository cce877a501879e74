"""Whether a restored database is sound below the shop's own books: its pages, its indexes, its rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from psycopg import sql

from onhand.core.backup import engine
from onhand.core.database import Connection, statement


def look(db: Connection) -> list[str]:
    """What was looked at, in words; raises ``Unsound`` at what is not in order.

    With the extension ``amcheck`` (Debian's package has it) every B-tree is held against its table and every table's
    pages are checked. Without (the embedded server has none) each table is read twice, by itself and through its
    primary key, and both readings must hold the same rows.
    """
    (there,) = db.execute("SELECT count(*) FROM pg_available_extensions WHERE name = 'amcheck'").fetchone() or (0,)
    return _amcheck(db) if there else _read_twice(db)


class Unsound(Exception):
    """The database is damaged; the text says where."""


def _amcheck(db: Connection) -> list[str]:
    db.execute("CREATE EXTENSION IF NOT EXISTS amcheck")
    indexes = db.execute(statement("core", "btrees")).fetchall()
    for name, oid in indexes:
        _must_pass(db, name, lambda oid=oid: db.execute("SELECT bt_index_check(%s::oid::regclass, true)", (oid,)))  # type: ignore[misc]
    tables = db.execute(statement("core", "tables")).fetchall()
    for name, oid in tables:
        faults = db.execute("SELECT msg FROM verify_heapam(%s::oid::regclass)", (oid,)).fetchall()
        if faults:
            raise Unsound(f"{name}: {faults[0][0]}")
    return [f"amcheck: {len(indexes)} indexes held against their tables, {len(tables)} tables' pages, 0 faults"]


def _must_pass(db: Connection, name: str, check: Callable[[], object]) -> None:
    import psycopg

    try:
        check()
    except psycopg.Error as fault:
        raise Unsound(f"{name}: {str(fault).strip()}") from fault


def _read_twice(db: Connection) -> list[str]:
    rows = 0
    tables = db.execute(statement("core", "keyed_tables")).fetchall()
    for schema, name, key in tables:
        by_itself, through_key = (_reading(db, schema, name, key, through_key=each) for each in (False, True))
        if by_itself != through_key:
            raise Unsound(f"{name}: its primary key leads to {through_key[0]} rows, and it has {by_itself[0]}.")
        rows += by_itself[0]
    return [f"{len(tables)} tables read twice, by themselves and through their primary keys: {rows} rows, the same"]


def _reading(db: Connection, schema: str, name: str, key: str, *, through_key: bool) -> tuple[int, int]:
    words = sql.SQL(
        "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0)"
        " FROM (SELECT * FROM {} ORDER BY {} OFFSET 0) AS t"
        if through_key
        else "SELECT count(*), coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM {} AS t"
    ).format(sql.Identifier(schema, name), sql.SQL(key))
    with db.transaction():
        for way in ("seqscan", "sort", "bitmapscan") if through_key else ("indexscan", "indexonlyscan", "bitmapscan"):
            db.execute(f"SET LOCAL enable_{way} = off")
        db.execute("SET LOCAL max_parallel_workers_per_gather = 0")
        row = db.execute(words).fetchone()
    return (int(row[0]), int(row[1])) if row else (0, 0)


def pages(where: Path, folder: Path, cluster: Path) -> str:
    """Check every page's checksum of a server that has been stopped, in words; raises ``engine.Died``."""
    control = engine.run(folder, cluster, where / "pg_controldata", "-D", cluster)
    version = next((line for line in control.splitlines() if "checksum version" in line), ": 0").rpartition(":")[2]
    if version.strip() == "0":
        return "pages carry no checksums, and could not be checked by them"
    said = engine.run(folder, cluster, where / "pg_checksums", "--check", "-D", cluster)
    blocks = next((line for line in said.splitlines() if line.startswith("Blocks scanned")), "").rpartition(":")[2]
    return f"{blocks.strip()} pages agree with their checksums"
