"""The commands of ``onhand``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.core.settings import Settings
from onhand.doors.cli.bench.command import bench
from onhand.doors.cli.demo import Tally

app = typer.Typer(no_args_is_help=True, help="Onhand: every unit of stock, every promise made on it.")
key_app = typer.Typer(no_args_is_help=True, help="Keys with which machines come in.")
app.add_typer(key_app, name="key")


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the database in use, brought up to date; the embedded server runs for as long as this does."""
    from onhand.core.embedded import EmbeddedServerError, start
    from onhand.core.ticker import Ticker
    from onhand.doors.cli.schema import migrate

    if settings.database_url:
        migrate(settings.database_url)
        yield settings.database_url
        return
    try:
        server = start(settings.data)
    except EmbeddedServerError as fault:
        raise typer.Exit(_say(str(fault))) from fault
    with server:
        # Whoever kills the server finds it back in half a second; the writer has waited meanwhile.
        watch = Ticker(0.5, server.restart_if_dead)
        watch.start()
        try:
            migrate(server.url)
            yield server.url
        finally:
            watch.stop()


def _say(sentence: str) -> int:
    typer.secho(sentence, err=True, fg="red")
    return 1


@app.command()
def run() -> None:
    """Start everything with real sales to look at: database, API and pages on one port."""
    from onhand.doors.cli.serving import serve_forever

    settings = configuration.read()
    typer.echo("Starting the database …")
    with database(settings) as url:
        serve_forever(settings, url, demo=True)


@app.command()
def serve() -> None:
    """Serve the API and the pages, without demo data."""
    from onhand.doors.cli.serving import serve_forever

    settings = configuration.read()
    with database(settings) as url:
        serve_forever(settings, url, demo=False)


@app.command()
def check(json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False) -> None:  # noqa: FBT002
    """Rebuild every position from the moves and prove every invariant, in words."""
    import msgspec

    from onhand.core.database import connect
    from onhand.orders import queries as orders
    from onhand.stock import queries as stock

    with database(configuration.read()) as url, connect(url) as db:
        db.execute("SET statement_timeout = 0")
        broken = [(each.invariant, each.count, each.example) for each in stock.check(db)] + orders.check(db)
        moves = db.execute("SELECT count(*) FROM stock_move").fetchone()
    if json:
        typer.echo(msgspec.json.encode({"clean": not broken, "broken": broken}).decode())
    elif not broken:
        typer.echo(f"clean: every invariant holds over {moves[0] if moves else 0} moves")
    for name, count, example in [] if json else broken:
        typer.secho(f"BROKEN {count} times: {name}; for example {example}", fg="red")
    raise typer.Exit(1 if broken else 0)


@key_app.command("create")
def create_key(
    name: str,
    scope: Annotated[list[str] | None, typer.Option(help="read, orders, stock, catalog; all by default.")] = None,
    per_second: Annotated[int, typer.Option(help="Requests a second; 0 for no limit.")] = 0,
) -> None:
    """Make a key; it is shown once."""
    from onhand.access.keys import SCOPES, create
    from onhand.core.database import connect

    unknown = set(scope or []) - set(SCOPES)
    if unknown:
        raise typer.Exit(_say(f"There is no scope {', '.join(sorted(unknown))}; there are {', '.join(SCOPES)}."))
    with database(configuration.read()) as url, connect(url) as db:
        typer.echo(create(db, name, scope or SCOPES, per_second))


@app.command()
def demo(
    days: Annotated[int, typer.Option(help="How many days of sales to play; 0 for the whole file.")] = 30,
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Play real sales (UCI Online Retail) through the shop as fast as they go, and check the books at the end."""
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


app.command()(bench)
