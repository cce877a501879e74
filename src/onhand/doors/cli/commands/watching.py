"""``onhand watch``: alerts of misuse, and where networks lie."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import OPERATOR, database, fail

app = typer.Typer(no_args_is_help=True, help="Misuse: what was noticed, and what is known for noticing it.")


@app.command("list")
def list_alerts(
    state: Annotated[str, typer.Option(help="unclosed, open, looked_at or closed.")] = "unclosed",
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """List alerts, latest first; the page /watch shows the evidence of each.

    For example:

        onhand watch list --json | jq '.[] | select(.severity == "high")'
    """
    import msgspec

    from onhand.access.watching.queries import alerts
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url) as db:
        found = alerts(db, state=state, most=500).items
    if json:
        typer.echo(msgspec.json.encode(found).decode())
        return
    for each in found:
        typer.echo(
            f"{each.id:>6} {each.raised_at:%Y-%m-%d %H:%M} {each.severity:<6} {each.state:<9} {each.kind} {each.who}"
        )


@app.command("networks")
def bring_networks(
    table: Annotated[Path, typer.Argument(help="A CSV with the columns network, latitude, longitude, name, site.")],
) -> None:
    """Bring a table of where networks lie, in place of the one there is. Nobody outside is asked about addresses.

    A site's own network names the site; a network with neither coordinates nor site lies nowhere, as the exit of a VPN.

    For example:

        onhand watch networks networks.csv
    """
    from onhand.access.watching.actions import BadTable
    from onhand.access.watching.actions import bring_networks as bring
    from onhand.core.clock import utc_now
    from onhand.core.database import connect

    try:
        with (
            table.open(encoding="utf-8-sig", newline="") as lines,
            database(configuration.read()) as url,
            connect(url) as db,
        ):
            number = bring(db, lines, actor=OPERATOR, now=utc_now())
    except (OSError, UnicodeDecodeError) as fault:
        raise fail(f"{table} cannot be read: {fault}.") from fault
    except BadTable as fault:
        raise fail(str(fault)) from fault
    typer.echo(f"{number:,} networks are known to lie somewhere.")
