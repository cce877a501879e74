"""``onhand audit``: the trail of who did what, proven and looked through."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.database import database, fail, waiting

app = typer.Typer(no_args_is_help=True, help="The audit trail: who did what, when, from where and why.")
MOST_SHOWN = 20


@app.command("verify")
def verify(json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False) -> None:  # noqa: FBT002
    """Prove that the trail is as it was written: the entries at hand, the chain, the seals, and the archived months.

    Exits with 1 when something was altered, removed or put in, and names it. It only reads.

    For example:

        onhand audit verify

        onhand audit verify --json | jq .faults
    """
    import msgspec

    from onhand.access.audit import archiving, verifying
    from onhand.core.database import connect
    from onhand.core.secret import key_for
    from onhand.doors.jobs.duties import ARCHIVE, SEALS

    settings = configuration.read()
    with database(settings, owner=True) as url, connect(url) as db, waiting("Looking through the audit trail"):
        report = verifying.verify(db, key_for(settings, SEALS))
        archived = archiving.check_archive(db, settings.data / ARCHIVE)
    faults = [*report.faults, *archived]
    if json:
        typer.echo(msgspec.json.encode({**msgspec.structs.asdict(report), "faults": faults}).decode())
    elif not faults:
        typer.echo(
            f"clean: {report.entries} entries in {report.links} links over {report.months} months"
            f" are as they were written, {report.seals} seals fit"
        )
    for each in [] if json else faults[:MOST_SHOWN]:
        typer.secho(f"{each}{f', in {each.month}' if each.month else ''}", fg="red")
    if len(faults) > MOST_SHOWN and not json:
        typer.echo(f"and {len(faults) - MOST_SHOWN} more; --json shows them")
    raise typer.Exit(1 if faults else 0)


@app.command("seal")
def seal() -> None:
    """Seal what was written since the last seal, now; the housekeeper does so every five minutes.

    For example:

        onhand audit seal
    """
    from onhand.access.audit import sealing
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.core.secret import key_for
    from onhand.doors.jobs.duties import SEALS

    settings = configuration.read()
    with database(settings) as url, connect(url, autocommit=True) as db:
        number = sealing.seal(db, key_for(settings, SEALS), utc_now())
    typer.echo(f"seal {number}" if number else "nothing was written since the last seal")


@app.command("export")
def export(
    since: Annotated[datetime | None, typer.Option(help="From this moment on (UTC).")] = None,
    until: Annotated[datetime | None, typer.Option(help="Before this moment (UTC).")] = None,
    actor: Annotated[str, typer.Option(help="By whom, such as person/ana.")] = "",
    subject: Annotated[str, typer.Option(help="To what, such as site/london.")] = "",
) -> None:
    """Write entries as JSON, a line each, oldest first, to the standard output.

    For example:

        onhand audit export --since 2026-11-01 --actor person/ana > ana.jsonl
    """
    import msgspec

    from onhand.access.audit.queries import stream
    from onhand.core.database import connect

    if since and until and since >= until:
        raise fail("--since must be before --until.")
    with database(configuration.read()) as url, connect(url) as db:
        db.execute("SET statement_timeout = 0")
        for entry in stream(db, since=since, until=until, actor=actor, subject=subject):
            typer.echo(msgspec.json.encode(entry._asdict()).decode())


@app.command("archive")
def archive() -> None:
    """Put months older than three years into files, now; the housekeeper looks every hour.

    For example:

        onhand audit archive
    """
    from onhand.access.audit import archiving
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.doors.jobs.duties import ARCHIVE

    settings = configuration.read()
    with database(settings) as url, connect(url, autocommit=True) as db:
        gone = archiving.archive(db, settings.data / ARCHIVE, utc_now())
    typer.echo(f"{len(gone)} months went to {settings.data / ARCHIVE}")
