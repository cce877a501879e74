"""``onhand push``: notifications on people's devices."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import OPERATOR, database, fail

app = typer.Typer(no_args_is_help=True, help="Notifications on people's devices.")


@app.command("change-key")
def change_key(
    yes: Annotated[bool, typer.Option("--yes", help="Do it, without asking.")] = False,  # noqa: FBT002
) -> None:
    """Put another key in the place of the one by which push services know the shop, as when it may be known to others.

    Nothing reaches the devices that were turned on under the old one until each subscribes anew: by itself when its
    owner opens their page of alerts there. Until then their owners are told by e-mail, and each page says so.

    For example:

        onhand push change-key --yes
    """
    from onhand.connect.push.vapid import change
    from onhand.core.clock import utc_now
    from onhand.core.database import connect

    with database(configuration.read()) as url, connect(url) as db:
        if not yes:
            typer.confirm("No device shows alerts until its owner opens their page of alerts there. Go on?", abort=True)
        silenced = change(db, actor=OPERATOR, now=utc_now())
    if silenced is None:
        raise fail("There is no key yet; it is made when the first device is turned on.")
    typer.echo(f"The key is changed. Devices that show nothing until they subscribe anew: {silenced}")
