"""``onhand run`` and ``onhand serve``: everything on one port, by one process or several."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from onhand.core import logs
from onhand.core import settings as configuration
from onhand.core.settings import Settings
from onhand.doors.cli.commands.doctor import insist
from onhand.doors.cli.database import database, fail

if TYPE_CHECKING:
    from onhand.doors.cli.supervisor import Post

PRODUCTION = typer.Option(help="Refuse to start where something is unsafe; `onhand doctor` lists what.")
PROCESSES = typer.Option(min=1, max=64, help="Processes that share the port, each with its own writer.")


def run(
    speed: Annotated[float, typer.Option(min=1, help="Sales come in so many times as fast as they happened.")] = 3600.0,
) -> None:
    """Start everything, with real sales to look at: database, API and pages on one port.

    The first time it makes an account to sign in with and a key for the API, and shows both.

    For example:

        onhand run

        onhand run --speed 60

        ONHAND_PORT=9000 ONHAND_DATA=/srv/onhand onhand run
    """
    settings = configuration.read()
    _serve(settings, demo_speed=speed, processes=settings.processes, split=False)


def serve(
    processes: Annotated[int | None, PROCESSES] = None,
    split: Annotated[  # noqa: FBT002
        bool, typer.Option(help="API and pages on ports of their own (ONHAND_PORT, ONHAND_PAGES_PORT), behind a proxy.")
    ] = False,
    production: Annotated[bool, PRODUCTION] = False,  # noqa: FBT002
) -> None:
    """Serve the API and the pages, without demo data.

    With DATABASE_URL it uses your PostgreSQL server; without, the embedded one. SIGTERM lets whoever waits be answered,
    then stops. Beside it runs `onhand work`; while none does, this process keeps house itself.

    For example:

        DATABASE_URL=postgresql://onhand@db/onhand onhand serve --processes 4

        onhand serve --split

        onhand serve --production
    """
    if production:
        # For the processes it starts, too.
        os.environ["ONHAND_PRODUCTION"] = "yes"
    settings = configuration.read()
    _serve(settings, demo_speed=0.0, processes=processes or settings.processes, split=split)


def _serve(settings: Settings, *, demo_speed: float, processes: int, split: bool) -> None:
    alone = processes == 1 and not split
    with ExitStack() as stack:
        if not alone:
            # Before anything counts anything: see core/metrics.py.
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = stack.enter_context(
                tempfile.TemporaryDirectory(prefix="onhand-metrics-")
            )
        from onhand.doors.cli import serving

        serving.leave_when_told()
        logs.begin(settings.log, settings.log_level)
        insist(settings)
        posts = stack.enter_context(_posts(settings, processes, split=split))
        url = stack.enter_context(database(settings))
        writer = stack.enter_context(serving.writing(settings, url))
        stack.enter_context(serving.keeping_house(settings, url, writer))
        stack.enter_context(serving.playing(url, writer, speed=demo_speed))
        stack.enter_context(serving.redirecting(settings))
        _announce(settings, url, split=split, first_steps=bool(demo_speed))
        if alone:
            serving.answer(settings, url, writer, [posts[0].socket], "both")
            return
        from onhand.doors.cli.supervisor import Supervisor, environment

        stack.enter_context(Supervisor(posts, environment(url, os.environ["PROMETHEUS_MULTIPROC_DIR"])))
        serving.until_told()


@contextmanager
def _posts(settings: Settings, processes: int, *, split: bool) -> Iterator[Sequence[Post]]:
    """Where processes are to serve. Asked for before the database is started: a taken port is found out at once."""
    from onhand.doors.cli.serving import PortTaken, listen
    from onhand.doors.cli.supervisor import Post

    ports = {"api": settings.port, "pages": settings.pages_port} if split else {"both": settings.port}
    try:
        posts = [
            Post(doors, each)
            for doors, port in ports.items()
            for each in listen(settings.host, port, processes=processes)
        ]
    except PortTaken as fault:
        raise fail(f"{fault} Stop what uses it, or set ONHAND_PORT to another.") from fault
    try:
        yield posts
    finally:
        for post in posts:
            post.socket.close()


def _announce(settings: Settings, url: str, *, split: bool, first_steps: bool) -> None:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    scheme = "https" if settings.tls_certificate else "http"
    address = f"{scheme}://{host}:{settings.port}"
    if split:
        typer.echo(f"The API is on {address}, the pages are on {scheme}://{host}:{settings.pages_port}.")
    if first_steps:
        typer.echo(_first_steps(url, address))
    typer.echo(f"Onhand is running on {address}  (Ctrl-C stops it)")


def _first_steps(url: str, address: str) -> str:
    from onhand.access import keys
    from onhand.core.database import connect
    from onhand.doors.cli.demo.cast import OWNER, cast

    with connect(url) as db:
        fresh = None if keys.any_exists(db) else keys.create(db, "demo", keys.SCOPES)
        password = cast(db)
    who = f"{OWNER}, password {password}" if password else f"{OWNER}, by the password shown at the first start"
    made = "This key is shown once; `onhand key create NAME` makes another:" if fresh else "A key to try the API with:"
    steps = [f"Sign in at {address}/home as {who}", f"(`onhand person password {OWNER}` gives another)."]
    steps += ["With the same password you are anybody else: store_associate, warehouse_operator, finance …"]
    steps += ["(`onhand role list` names them all)."]
    steps += ["", made, f"  KEY={fresh or '$(onhand key create try)'}"]
    steps.append(f"  curl -H \"Authorization: Bearer $KEY\" '{address}/api/v1/orders?limit=3'")
    return "\n".join(["", *steps, ""])
