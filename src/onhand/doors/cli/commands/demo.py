"""``onhand demo``: real sales, as fast as they go or at a pace."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import database, fail


def demo(
    days: Annotated[int, typer.Option(min=0, help="How many days of sales to play; 0 for the whole file.")] = 30,
    file: Annotated[Path | None, typer.Option(help="Another file of this format: .csv, .csv.gz or .csv.xz.")] = None,
    speed: Annotated[
        float, typer.Option(min=0, help="So many times as fast as it happened; 0 for as fast as it goes.")
    ] = 0.0,
    set_aside: Annotated[Path | None, typer.Option(help="Write the rows that cannot be used here, as CSV.")] = None,
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Play real sales (UCI Online Retail) through the shop, and check the books at the end.

    Played again, it does nothing twice: what has been played is answered as it was, and the story goes on from there.
    docs/how-to/replay-real-sales.md tells how the shop is derived from its invoices.

    For example:

        onhand demo --days 30

        onhand demo --days 0 --set-aside aside.csv

        onhand demo --days 0 --json > report.json
    """
    import msgspec

    from onhand.doors.cli.demo.replay import CannotPlay, replay, show

    try:
        with database(configuration.read()) as url:
            report = replay(url, file=file, days=days or None, speed=speed, set_aside=set_aside, quiet=json)
    except CannotPlay as fault:
        raise fail(str(fault)) from fault
    if json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        show(report)
    raise typer.Exit(1 if report.check else 0)
