"""``onhand key``: with what machines come in."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import database, fail

app = typer.Typer(no_args_is_help=True, help="Keys with which machines come in.")


@app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="How the key signs what it does, such as `webshop`.")],
    scope: Annotated[list[str] | None, typer.Option(help="read, orders, stock, catalog; all by default.")] = None,
    per_second: Annotated[int, typer.Option(min=0, help="Requests a second; 0 for no limit.")] = 0,
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Make a key. It is shown once, on the standard output; only a digest of it is kept.

    For example:

        onhand key create webshop --scope read --scope orders

        KEY=$(onhand key create reports --scope read --per-second 20)
    """
    import msgspec

    from onhand.access.keys import SCOPES, create
    from onhand.core.database import connect

    scopes = scope or list(SCOPES)
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown:
        raise fail(f"There is no scope {', '.join(unknown)}; there are {', '.join(SCOPES)}.")
    with database(configuration.read()) as url, connect(url) as db:
        key = create(db, name, scopes, per_second)
    typer.echo(msgspec.json.encode({"name": name, "key": key, "scopes": scopes}).decode() if json else key)
