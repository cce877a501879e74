"""``onhand key``: with what machines come in."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import OPERATOR, database, fail

app = typer.Typer(no_args_is_help=True, help="Keys with which machines come in.")


@app.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="How the key signs what it does, such as `webshop`.")],
    scope: Annotated[
        list[str] | None,
        typer.Option(help="read, orders, stock, catalog, webhooks, privacy (all of them by default), or a permission."),
    ] = None,
    site: Annotated[list[str] | None, typer.Option(help="The only sites where it may do something.")] = None,
    channel: Annotated[list[str] | None, typer.Option(help="The only channels whose orders it may touch.")] = None,
    per_second: Annotated[int, typer.Option(min=0, help="Requests a second; 0 for no limit.")] = 0,
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Make a key. It is shown once, on the standard output; only a digest of it is kept.

    For example:

        onhand key create webshop --scope read --scope orders

        onhand key create marketplace --scope orders --channel marketplace

        KEY=$(onhand key create reports --scope read --per-second 20)
    """
    import msgspec

    from onhand.access.keys import SCOPES, create, listed, unknown_scopes
    from onhand.core.database import connect

    scopes = scope or list(SCOPES)
    unknown = unknown_scopes(scopes)
    if unknown:
        raise fail(f"There is no scope {', '.join(unknown)}; there are {', '.join(SCOPES)}, and permissions.")
    if not name.strip():
        raise fail("A key needs a name, such as webshop.")
    with database(configuration.read()) as url, connect(url) as db:
        if any(each.name == name and each.revoked_at is None for each in listed(db)):
            # Of one name, they would hear each other's answers to an idempotency key.
            raise fail(f"A key is called {name!r} already; choose another name, or revoke that one first.")
        key = create(db, name, scopes, per_second, sites=site or (), channels=channel or (), actor=OPERATOR)
    typer.echo(msgspec.json.encode({"name": name, "key": key, "scopes": scopes}).decode() if json else key)


@app.command("list")
def list_keys(json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False) -> None:  # noqa: FBT002
    """List the keys there have been: what each may do, and whether it still may.

    For example:

        onhand key list --json | jq '.[] | select(.revoked_at == null) | .name'
    """
    import msgspec

    from onhand.access.keys import listed
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url) as db:
        found = listed(db)
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for each in found:
        state = f"revoked {each.revoked_at:%Y-%m-%d %H:%M}" if each.revoked_at else "valid"
        typer.echo(f"{each.name:<24} oh_{each.prefix}_…  {','.join(each.scopes):<36} {state}")


@app.command("revoke")
def revoke_key(name: Annotated[str, typer.Argument(help="The key's name, or the characters after oh_.")]) -> None:
    """Let a key open nothing any more; running servers know it within five seconds.

    For example:

        onhand key revoke webshop
    """
    from onhand.access.keys import revoke
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        ended = revoke(db, name, actor=OPERATOR)
    if refused(ended):
        raise fail(ended.detail)
    typer.echo(f"{name}: revoked")
