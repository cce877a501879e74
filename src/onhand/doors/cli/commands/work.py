"""``onhand work``: the duties of the clock, in a process of their own."""

from __future__ import annotations

from typing import Annotated

import typer

from onhand.core import logs
from onhand.core import settings as configuration
from onhand.doors.cli.commands.doctor import insist
from onhand.doors.cli.database import database, waiting


def work(
    once: Annotated[bool, typer.Option(help="Do every duty once, now, and end.")] = False,  # noqa: FBT002
) -> None:
    """Keep house: free carts and lots whose time is up, forget old answers and events, deliver webhooks.

    `onhand run` and `onhand serve` do this themselves while nobody else does; as soon as this runs beside them the
    duties are its own. Start it twice, on two machines: they share out, and one takes over when the other dies.

    For example:

        DATABASE_URL=postgresql://onhand@db/onhand onhand work

        onhand work --once
    """
    from onhand.core.database import connect
    from onhand.doors.cli import serving
    from onhand.doors.jobs.duties import duties
    from onhand.doors.jobs.housekeeper import Housekeeper

    serving.leave_when_told()
    settings = configuration.read()
    logs.begin(settings.log, settings.log_level)
    insist(settings)
    with database(settings) as url, serving.writing(settings, url) as writer:
        if once:
            keeper = Housekeeper(lambda: connect(url, autocommit=True), writer, duties(settings), keeps=False)
            with waiting("Keeping house"):
                keeper.do_all()
            return
        with serving.keeping_house(settings, url, writer, keeps=True):
            typer.echo("Onhand keeps house  (Ctrl-C stops it)")
            serving.until_told()
