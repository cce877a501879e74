"""``onhand doctor``: what a production start would refuse, without starting."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.core.settings import Settings


def doctor(json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False) -> None:  # noqa: FBT002
    """Look over settings, certificate and database as a production start does, and list what is not safe.

    Exits with 1 when `onhand serve --production` would refuse to start.

    For example:

        onhand doctor

        onhand doctor --json | jq '.[] | select(.level == "refused") | .about'
    """
    import msgspec

    from onhand.doors.cli.production.looking import findings
    from onhand.doors.cli.production.rules import refusals

    found = findings(configuration.read())
    if json:
        typer.echo(msgspec.json.encode(found).decode())
    else:
        for each in found:
            typer.secho(f"{each.level}: {each.about}: {each.words}", fg="red" if each.level == "refused" else "yellow")
        typer.echo(
            f"{len(refusals(found))} would stop a production start, {len(found) - len(refusals(found))} warnings."
        )
    raise typer.Exit(bool(refusals(found)))


def insist(settings: Settings) -> None:
    """Stop a production start that is not safe, with every reason at once; warnings are said and passed over."""
    from onhand.doors.cli.production.looking import findings
    from onhand.doors.cli.production.rules import refusals

    if not settings.production:
        return
    found = findings(settings)
    for each in found:
        typer.secho(
            f"{each.level}: {each.about}: {each.words}", err=True, fg="red" if each.level == "refused" else None
        )
    if refusals(found):
        typer.secho(f"It does not start in production: {len(refusals(found))} to mend.", err=True, fg="red")
        raise typer.Exit(1)
