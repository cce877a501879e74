"""``onhand demo``: real sales, as fast as they go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import database

if TYPE_CHECKING:
    from onhand.doors.cli.demo import Tally


def demo(
    days: Annotated[int, typer.Option(help="How many days of sales to play; 0 for the whole file.")] = 30,
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Play real sales (UCI Online Retail) through the shop as fast as they go, and check the books at the end.

    For example:

        onhand demo --days 30

        onhand demo --days 0 --json > tally.json
    """
    import msgspec
    from rich.progress import Progress

    from onhand.connect.online_retail.reading import Asides
    from onhand.connect.online_retail.replay import sample
    from onhand.core.database import connect
    from onhand.core.writer import Writer
    from onhand.doors.cli.demo import Tally, play, set_up
    from onhand.flows.registry import FLOWS
    from onhand.orders import queries as orders
    from onhand.stock import queries as stock

    with database(configuration.read()) as url, connect(url) as db, Progress(disable=json) as bar:
        asides, tally = Asides(), Tally()
        shop, happenings = sample(days=days or None, asides=asides)
        writer = Writer(lambda: connect(url), FLOWS)
        writer.start()
        setting_up = bar.add_task("Setting up the shop", total=None)
        set_up(db, writer, shop)
        bar.update(setting_up, total=1, completed=1)
        playing = bar.add_task("Playing sales", total=None)
        play(
            writer,
            happenings,
            tally,
            progress=lambda each: bar.update(playing, description=f"Playing sales, {each.at:%d %B %Y}"),
        )
        writer.stop()
        db.execute("SET statement_timeout = 0")
        broken = [each.invariant for each in stock.check(db)] + [name for name, _, _ in orders.check(db)]
    tally.set_aside = {str(reason): count for reason, count in asides.counts.items()}
    if json:
        typer.echo(msgspec.json.encode({"tally": tally, "check": broken or "clean"}).decode())
    else:
        _show(tally, broken)
    raise typer.Exit(1 if broken else 0)


def _show(tally: Tally, broken: list[str]) -> None:
    typer.echo(f"{tally.commands} commands in {tally.seconds:.0f} s")
    for name, count in sorted(tally.by_command.items()):
        typer.echo(f"  {name:<16} {count:>9}")
    typer.echo(f"{tally.orders} orders with {tally.lines} lines: {tally.reserved} pieces reserved at once,")
    typer.echo(f"  {tally.backordered} backordered")
    for title, counts in (("refused", tally.refused), ("rows set aside", tally.set_aside)):
        for reason, count in sorted(counts.items()):
            typer.echo(f"  {title}: {reason:<32} {count:>7}")
    typer.echo("check: " + ("; ".join(broken) if broken else "clean"))
