"""The commands of ``onhand``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.core.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Onhand: every unit of stock, every promise made on it.")
key_app = typer.Typer(no_args_is_help=True, help="Keys with which machines come in.")
app.add_typer(key_app, name="key")


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the database in use, brought up to date; the embedded server runs for as long as this does."""
    from onhand.core.embedded import EmbeddedServerError, start
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
        migrate(server.url)
        yield server.url


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
