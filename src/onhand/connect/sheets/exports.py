"""What the shop knows, as sheets: one statement each, read row by row, headed by the names imports know.

So what was exported can be mended in a spreadsheet and imported again; unmended, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from onhand.connect.sheets import writing
from onhand.connect.sheets.errors import unknown_export
from onhand.connect.sheets.staging import Watch, batch, patience
from onhand.connect.sheets.unsealing import SEALED, opened
from onhand.core.database import Connection, statement

# What can be exported, and the tables whose rows say how long it will take.
EXPORTS: Final = {
    "products": "catalog_sku",
    "barcodes": "catalog_barcode",
    "prices": "catalog_price",
    "sites": "places_site",
    "locations": "places_location",
    "customers": "customers_customer",
    "stock": "stock_balance",
    "thresholds": "stock_threshold",
    "positions": "stock_position",
    "orders": "orders_line",
    "moves": "stock_move",
}


def export(db: Connection, what: str, to: Path, watch: Watch) -> int:
    """Write a sheet of what there is; as of one moment, the one it begins at. Returns how many rows there were."""
    if what not in EXPORTS:
        raise unknown_export(what, EXPORTS)
    with patience(db), sheet(db, what) as (headers, rows):
        return writing.write(to, headers, rows, watch)


def about(db: Connection, what: str) -> int | None:
    """About how many rows there will be, as the planner knows; None where it knows nothing."""
    row = db.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [EXPORTS[what]]).fetchone()
    db.commit()
    return int(row[0]) if row and row[0] > 0 else None


@contextmanager
def sheet(db: Connection, what: str) -> Iterator[tuple[list[str], Iterator[tuple[Any, ...]]]]:
    """The headers and rows of an export, some thousands at a time; all of them as of the moment it begins."""
    with batch(db), db.cursor(name=f"export_{what}") as cursor:
        cursor.itersize = 5_000
        cursor.execute(statement("connect.sheets", f"export_{what}"))
        headers = [column.name for column in cursor.description or ()]
        if what not in SEALED:
            yield headers, iter(cursor)
        else:
            yield headers[:-1], opened(db, what, headers, iter(cursor))
