"""``onhand check`` and ``onhand migrate``: the state of the database."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import database, fail, waiting

Json = Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")]


def check(json: Json = False) -> None:  # noqa: FBT002
    """Rebuild every position from the moves and prove every invariant, in words.

    Exits with 1 when one is broken. It only reads, and may run beside everything else.

    For example:

        onhand check

        onhand check --json | jq .clean
    """
    import msgspec

    from onhand.core.database import connect
    from onhand.orders import queries as orders
    from onhand.stock import queries as stock

    with database(configuration.read()) as url, connect(url) as db, waiting("Rebuilding every position"):
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


def migrate(
    check: Annotated[bool, typer.Option(help="Only say whether something is missing; exit with 1 when it is.")] = False,  # noqa: FBT002
) -> None:
    """Bring the database's tables to this version.

    Every starting process does it, so this is only needed where those may not create tables: run it first, as an
    account that may. See docs/how-to/run-in-production.md.

    For example:

        DATABASE_URL=postgresql://owner@db/onhand onhand migrate

        onhand migrate --check
    """
    from onhand.core.database import connect
    from onhand.doors.cli import schema

    settings = configuration.read()
    if check:
        if not settings.database_url:
            raise fail("The embedded database is brought up to date at each start; --check is for DATABASE_URL.")
        schema.introduce(settings.database_url)
        with connect(settings.database_url) as db:
            missing = schema.missing(db)
        typer.echo("\n".join(missing) if missing else "The tables are those of this version.")
        raise typer.Exit(1 if missing else 0)
    with database(settings, owner=True):
        typer.echo("The tables are those of this version.")
