"""``onhand export``: sheets out."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.bars import bar
from onhand.doors.cli.database import OPERATOR, database, fail

# What holds who people are.
PERSONAL = frozenset({"customers"})
KINDS = "products, barcodes, prices, sites, locations, customers, stock, positions, orders, moves"


def export(
    what: Annotated[str, typer.Argument(help=f"One of {KINDS}.")],
    to: Annotated[Path, typer.Option(help="The file to write: .csv or .xlsx.")],
) -> None:
    """Write what the shop knows as a sheet, as of one moment.

    Its headers are those imports know: mended in a spreadsheet, it can be imported again. Text that a spreadsheet would
    run as a formula is written so that it stays text.

    For example:

        onhand export stock --to stock.xlsx

        onhand export orders --to orders.csv
    """
    from onhand.connect.sheets import exports
    from onhand.connect.sheets.errors import CannotImport
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.events import fact, record

    try:
        with database(configuration.read()) as url, connect(url) as db:
            total = exports.about(db, what) if what in exports.EXPORTS else None
            with bar(f"Writing {to.name}", total) as watch:
                rows = exports.export(db, what, to, watch)
            data = {"rows": rows, "personal": what in PERSONAL}
            record(db, [fact("rows.exported", f"listing/{what}", OPERATOR, data)], utc_now())
    except CannotImport as fault:
        raise fail(fault.refusal.detail) from fault
    except OSError as fault:
        raise fail(f"{to} cannot be written: {fault.strerror or fault}.") from fault
    typer.echo(f"{rows:,} rows written to {to}")
