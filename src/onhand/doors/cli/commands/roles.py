"""``onhand role``: what people are here for, and what that allows."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import OPERATOR, database, fail

app = typer.Typer(no_args_is_help=True, help="Roles: what people are here for, and what that allows.")


@app.command("list")
def list_roles(json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False) -> None:  # noqa: FBT002
    """List every role: how many people have it, what it allows.

    For example:

        onhand role list
    """
    import msgspec

    from onhand.access.changing import roles
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url) as db:
        found = roles(db)
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for each in found:
        changed = " (changed)" if each.role.granted or each.role.withdrawn else ""
        allowed = " ".join(sorted(each.role.permissions)) or "only what is theirs"
        typer.echo(f"{each.role.name:<22} {each.people:>4}  {allowed}{changed}")


@app.command("change")
def change_role(
    name: Annotated[str, typer.Argument(help="The role; one that is not known is made, with --title.")],
    grant: Annotated[list[str] | None, typer.Option(help="A permission to add, such as do.counts.")] = None,
    withdraw: Annotated[list[str] | None, typer.Option(help="A permission to take away.")] = None,
    title: Annotated[str, typer.Option(help="What a role of your own is called.")] = "",
) -> None:
    """Grant or withdraw permissions of a role, or make one of your own.

    For example:

        onhand role change store_associate --grant do.counts

        onhand role change night_shift --title "Night shift" --grant see.stock --grant do.counts
    """
    from onhand.access.changing import change_role, role
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        was = role(db, name)
        permissions = (set(was.permissions if was else ()) | set(grant or ())) - set(withdraw or ())
        became = change_role(
            db, name, permissions, actor=OPERATOR, now=utc_now(), title=title or (was.title if was else "")
        )
    if refused(became):
        raise fail(became.detail)
    typer.echo(f"{name}: {' '.join(sorted(became.permissions)) or 'nothing'}")


@app.command("reset")
def reset_role(name: Annotated[str, typer.Argument(help="The role.")]) -> None:
    """Put a role back to what it was when it came; give up one of your own that nobody has.

    For example:

        onhand role reset store_associate
    """
    from onhand.access.changing import end_role
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.refusals import refused

    with database(configuration.read()) as url, connect(url) as db:
        done = end_role(db, name, actor=OPERATOR, now=utc_now())
    if refused(done):
        raise fail(done.detail)
    typer.echo(f"{name}: as it came")
