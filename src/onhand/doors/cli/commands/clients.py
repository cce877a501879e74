"""``onhand client``: who asks for tokens by OAuth, machines with a secret and handhelds with somebody's yes."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import OPERATOR, database, fail

app = typer.Typer(no_args_is_help=True, help="Clients that ask for tokens of OAuth: machines, and handhelds.")


@app.command("create")
def create_client(
    name: Annotated[str, typer.Argument(help="What it is called, such as `webshop` or `scanner`.")],
    scope: Annotated[
        list[str] | None, typer.Option(help="read, orders, stock, catalog, webhooks, or single permissions.")
    ] = None,
    handhelds: Annotated[  # noqa: FBT002
        bool, typer.Option("--handhelds", help="For devices without a keyboard, where people say yes by a code.")
    ] = False,
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Make a client. A machine's secret is shown once, on the standard output; only a slow hash of it is kept.

    For example:

        onhand client create webshop --scope read --scope orders

        onhand client create scanner --handhelds --scope read --scope stock
    """
    import msgspec

    from onhand.access.signin.tokens import make_client
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        made = make_client(db, name, scope or ["read"], handhelds=handhelds, actor=OPERATOR, now=utc_now())
    if refused(made):
        raise fail(made.detail)
    if json:
        typer.echo(msgspec.json.encode(made).decode())
        return
    typer.echo(f"client_id={made.id}")
    if made.secret:
        typer.echo(f"client_secret={made.secret}")


@app.command("list")
def list_clients(json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False) -> None:  # noqa: FBT002
    """List the clients there are, what they may ask for, and how many of their tokens hold now.

    For example:

        onhand client list --json | jq '.[].name'
    """
    import msgspec

    from onhand.access.signin.tokens import clients
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url) as db:
        found = clients(db)
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for each in found:
        typer.echo(f"{each.name:<24} {each.id}  {each.by:<8} {','.join(each.scopes):<36} {each.tokens} tokens")


@app.command("revoke")
def revoke_client(name: Annotated[str, typer.Argument(help="The client's name, or its id.")]) -> None:
    """End a client and every token it was given; running servers know it within five seconds.

    For example:

        onhand client revoke webshop
    """
    from onhand.access.signin.tokens import revoke_client as revoke
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        done = revoke(db, name, actor=OPERATOR, now=utc_now())
    if refused(done):
        raise fail(done.detail)
    typer.echo(f"{name}: revoked")
