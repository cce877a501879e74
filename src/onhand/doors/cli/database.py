"""The database a command works on: the operator's own, or the embedded one, which runs for as long as it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getuser
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from onhand.core.settings import Settings

if TYPE_CHECKING:
    from onhand.core.embedded import Server

LOOK_SECONDS = 0.5


def _user() -> str:
    try:
        return getuser()
    except (KeyError, OSError):  # a user the system has no name for, as in some containers
        return str(os.getuid())


# Who works at the terminal of the machine that holds the database: they stand above all roles, and sign what they do.
OPERATOR = f"operator/{_user()}"


@contextmanager
def database(settings: Settings, *, owner: bool = False) -> Iterator[str]:
    """The URL of the database in use, brought up to date.

    Of the embedded one it is the application's own, which may not change what is on record; ``owner``: that of who
    may. Of a server of the operator's it is the one they gave.
    """
    if settings.database_url:
        _bring_up_to_date(settings.database_url)
        yield settings.database_url
        return
    with _embedded(settings) as server:
        _bring_up_to_date(server.url)
        url = server.url if owner else server.application_url
        _introduce(url)
        yield url


def _introduce(url: str) -> None:
    from onhand.doors.cli.schema import introduce

    introduce(url)


def know_the_rooms(settings: Settings) -> None:
    """Let Django know which rooms there are, for what asks them where no database is opened, or another one."""
    _introduce(settings.database_url or "postgresql:///onhand")


def _bring_up_to_date(url: str) -> None:
    import psycopg

    from onhand.access.privacy.errors import BadMasterKeys, NoMasterKey
    from onhand.access.privacy.rotating import must_know_masters
    from onhand.core.database import connect
    from onhand.doors.cli.schema import MayNotMigrate, migrate

    try:
        with waiting("Bringing the database up to date"):
            migrate(url)
            with connect(url) as db:
                must_know_masters(db)
    except psycopg.OperationalError as fault:
        raise fail(f"The database does not answer: {str(fault).strip()}") from fault
    except (MayNotMigrate, NoMasterKey) as fault:
        raise fail(str(fault)) from fault
    except BadMasterKeys as fault:
        raise fail(f"ONHAND_FIELD_KEYS {fault}.") from fault


@contextmanager
def _embedded(settings: Settings) -> Iterator[Server]:
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
            yield server
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
