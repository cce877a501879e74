"""The database a command works on: the operator's own, or the embedded one, which runs for as long as it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from onhand.core.settings import Settings

LOOK_SECONDS = 0.5


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The URL of the database in use, brought up to date."""
    if settings.database_url:
        _bring_up_to_date(settings.database_url)
        yield settings.database_url
        return
    with _embedded(settings) as url:
        _bring_up_to_date(url)
        yield url


def _bring_up_to_date(url: str) -> None:
    import psycopg

    from onhand.doors.cli.schema import MayNotMigrate, migrate

    try:
        with waiting("Bringing the database up to date"):
            migrate(url)
    except psycopg.OperationalError as fault:
        raise fail(f"The database does not answer: {str(fault).strip()}") from fault
    except MayNotMigrate as fault:
        raise fail(str(fault)) from fault


@contextmanager
def _embedded(settings: Settings) -> Iterator[str]:
    from onhand.core.embedded import EmbeddedServerError, start
    from onhand.core.ticker import Ticker

    try:
        with waiting("Starting the database"):
            server = start(settings.data)
    except EmbeddedServerError as fault:
        raise fail(str(fault)) from fault
    with server:
        # Whoever kills the server finds it back in half a second; the writer has waited meanwhile.
        watch = Ticker(LOOK_SECONDS, server.restart_if_dead)
        watch.start()
        try:
            yield server.url
        finally:
            watch.stop()


@contextmanager
def waiting(what: str) -> Iterator[None]:
    """Say what takes a moment, where a person looks on; never on the standard output, which scripts read."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield
        return
    with console.status(f"{what} …"):
        yield


def fail(sentence: str) -> typer.Exit:
    """End a command with a sentence that says why; to be raised."""
    typer.secho(sentence, err=True, fg="red")
    return typer.Exit(1)
