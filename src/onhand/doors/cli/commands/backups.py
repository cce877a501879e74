"""``onhand backup`` and ``onhand restore``: backups taken, looked after, and made into a database again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onhand.core import settings as configuration
from onhand.doors.cli.bars import bar
from onhand.doors.cli.database import database, fail, know_the_rooms

if TYPE_CHECKING:
    from onhand.core.backup.plan import Target
    from onhand.core.backup.restore import Restored
    from onhand.core.backup.vault import Vault

app = typer.Typer(no_args_is_help=True, help="Backups: taken while the shop works, sealed, proven by restoring.")

Json = Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")]
MEGABYTE = 1_000_000


@app.command("key")
def key() -> None:
    """Make a key for ONHAND_BACKUP_KEY. It is shown once; without it no backup can ever be read: keep it elsewhere.

    For example:

        onhand backup key > ~/onhand-backup.key && chmod 600 ~/onhand-backup.key
    """
    from onhand.core.backup.cipher import Key

    typer.echo(Key.make())


@app.command("now")
def now(json: Json = False) -> None:  # noqa: FBT002
    """Take a backup now: what changed since the last, where the server can tell that, else everything.

    The shop goes on working. PostgreSQL 17 or newer can tell (with `summarize_wal`, as the embedded one has it).

    For example:

        onhand backup now
    """
    _take(full=False, json=json)


@app.command("full")
def full(json: Json = False) -> None:  # noqa: FBT002
    """Take a full backup now, on which later ones are built.

    For example:

        onhand backup full
    """
    _take(full=True, json=json)


def _take(*, full: bool, json: bool) -> None:
    from datetime import timedelta

    import msgspec

    from onhand.core.backup import base
    from onhand.doors.jobs.backups import replication_url

    with _opened(make=True) as (settings, vault), database(settings) as url, bar("Taking a backup") as hear:
        taken = base.take(
            replication_url(settings, url),
            vault,
            full=full,
            full_every=timedelta(days=settings.backup_full_every_days),
            progress=lambda done, _: hear(done // MEGABYTE),
        )
    if json:
        typer.echo(msgspec.json.encode(taken).decode())
        return
    seconds = (taken.ended_at - taken.began_at).total_seconds()
    built = f" on {taken.parent}" if taken.parent else ""
    typer.echo(
        f"{taken.id}: {taken.kind}{built}, {_mb(taken.plain_bytes)} read, {_mb(taken.stored_bytes)} kept,"
        f" {seconds:.1f} s"
    )


@app.command("list")
def list_backups(json: Json = False) -> None:  # noqa: FBT002
    """List the backups there are, the points with a name, and how far the archive reaches.

    For example:

        onhand backup list --json | jq -r '.backups[-1].id'
    """
    import msgspec

    from onhand.core.backup import points, wal
    from onhand.core.backup.manifests import listed

    with _opened() as (_, vault):
        found = listed(vault)
        clusters = list(dict.fromkeys(each.cluster for each in found))
        named = [point for cluster in clusters for point in points.points(vault, cluster)]
        reaches = [reach for cluster in clusters if (reach := wal.reach(vault, cluster))]
    if json:
        told = {"backups": found, "points": named, "reach": max((each.at for each in reaches), default=None)}
        typer.echo(msgspec.json.encode(told).decode())
        return
    for each in found:
        built = f"on {each.parent}" if each.parent else ""
        typer.echo(f"{each.id:<40} PostgreSQL {each.server.version:<8} {_mb(each.stored_bytes):>10}  {built}")
    for point in named:
        typer.echo(f"point {point.name:<34} {point.at:%Y-%m-%d %H:%M:%S} UTC")
    for reach in reaches:
        behind = (datetime.now(UTC) - reach.at).total_seconds()
        typer.echo(f"Everything up to {reach.at:%Y-%m-%d %H:%M:%S} UTC is archived ({behind:.0f} s ago).")
    if not reaches:
        typer.echo("The log is not archived yet: it is while `onhand serve` or `onhand work` runs.")


@app.command("verify")
def verify(
    backup: Annotated[str, typer.Option(help="Only this one, with what it is built on; all by default.")] = "",
) -> None:
    """Read every byte that is kept, decrypt and compare it; exits with 1 when anything is damaged or missing.

    A drill proves more: it restores.

    For example:

        onhand backup verify
    """
    from onhand.core.backup.manifests import listed
    from onhand.core.backup.verify import verify as look

    sound = True
    with _opened() as (_, vault), bar("Reading") as hear:
        if backup and all(each.id != backup for each in listed(vault)):
            raise fail(f"There is no backup {backup}; `onhand backup list` lists them.")
        for verdict in look(vault, lambda _what, done, _total: hear(done), backup=backup or None):
            typer.echo(f"{verdict.what}: {'damaged' if verdict.faults else 'sound'}, {verdict.said}")
            for fault in verdict.faults:
                typer.secho(f"  {fault}", fg="red")
            sound = sound and not verdict.faults
    raise typer.Exit(0 if sound else 1)


@app.command("prune")
def prune(
    keep: Annotated[
        int | None, typer.Option(min=1, help="Full backups to keep; ONHAND_BACKUP_KEEP by default.")
    ] = None,
) -> None:
    """Forget the oldest backups, a full one with all that is built on it at a time, and the log before the rest.

    For example:

        onhand backup prune --keep 2
    """
    from onhand.core.backup import base, records
    from onhand.core.backup.prune import prune as forget
    from onhand.core.clock import utc_now
    from onhand.core.database import connect
    from onhand.doors.jobs.backups import replication_url

    with _opened() as (settings, vault), database(settings) as url:
        address = replication_url(settings, url)
        forgotten = forget(vault, base.cluster_of(address), keep or settings.backup_keep)
        if forgotten.backups:
            with connect(address, autocommit=True) as db:
                records.note(db, records.PRUNED, {"backups": forgotten.backups, "bytes": forgotten.bytes}, utc_now())
    names = ", ".join(forgotten.backups) or "nothing"
    typer.echo(f"Forgotten: {names}; {forgotten.pieces} pieces of the log, {_mb(forgotten.bytes)} freed.")


@app.command("point")
def point(
    name: Annotated[str, typer.Argument(help="Such as before-import; letters, digits, dots and dashes.")],
) -> None:
    """Give this moment a name, to come back to it: before anything risky.

    For example:

        onhand backup point before-price-import
    """
    from onhand.core.backup.points import set_point
    from onhand.doors.jobs.backups import replication_url

    with _opened() as (settings, vault), database(settings) as url:
        found = set_point(replication_url(settings, url), vault, name)
    typer.echo(f"{found.name}: {found.at:%Y-%m-%d %H:%M:%S} UTC; come back with `onhand restore --to-point {name}`.")


@app.command("drill")
def drill(
    scratch: Annotated[Path | None, typer.Option(help="Where there is room for a whole copy; /tmp by default.")] = None,
    json: Json = False,  # noqa: FBT002
) -> None:
    """Restore to this moment in a folder of its own, prove the books and the rows, and remove it; exits with 1 if not.

    For example:

        onhand backup drill

        onhand backup drill --scratch /srv/scratch
    """
    import msgspec

    from onhand.core.backup.drill import drill as exercise
    from onhand.doors.jobs.backups import replication_url
    from onhand.flows.restored import AFTER_RESTORE

    with _opened(make=True) as (settings, vault), database(settings) as url, _told() as hear:
        outcome = exercise(replication_url(settings, url), vault, AFTER_RESTORE, scratch, hear)
    if json:
        typer.echo(msgspec.json.encode(outcome).decode())
    else:
        typer.secho(
            "The drill passed." if outcome.passed else "The drill FAILED.", fg=None if outcome.passed else "red"
        )
        for each in outcome.said:
            typer.echo(f"  {each}")
        if outcome.passed:
            typer.echo(
                f"Restored and proven in {outcome.rto_seconds:.1f} s (RTO);"
                f" a change was in the archive after {outcome.rpo_seconds:.1f} s (RPO)."
            )
    raise typer.Exit(0 if outcome.passed else 1)


def restore(
    into: Annotated[Path, typer.Option(help="A folder for the restored database; a new one.")],
    to: Annotated[str, typer.Option(help='A moment, such as "2026-11-29 10:00" (UTC) or with a zone, +02:00.')] = "",
    to_point: Annotated[str, typer.Option(help="A point with a name; see `onhand backup point`.")] = "",
    to_backup: Annotated[str, typer.Option(help="The end of a backup, by itself, without the log.")] = "",
    latest: Annotated[bool, typer.Option(help="As far as the archive reaches.")] = False,  # noqa: FBT002
    replace: Annotated[bool, typer.Option(help="Move a database that is there aside first.")] = False,  # noqa: FBT002
    json: Json = False,  # noqa: FBT002
) -> None:
    """Make a database of the backups again, as it was at a moment, in a new folder; prove it before anybody uses it.

    Afterwards `ONHAND_DATA=FOLDER onhand serve` runs on it. Of a PostgreSQL of your own, `FOLDER/postgres` is its data
    folder: put it in place and start the server.

    For example:

        onhand restore --latest --into /srv/onhand-restored

        onhand restore --to "2026-11-29 10:00" --into /srv/yesterday

        onhand restore --to-point before-price-import --into /srv/before
    """
    import msgspec

    from onhand.core.backup.restore import restore as make
    from onhand.flows.restored import AFTER_RESTORE

    target = _target(to, to_point, to_backup, latest=latest)
    with _opened() as (settings, vault), _told() as hear:
        know_the_rooms(settings)
        restored = make(vault, into, target, AFTER_RESTORE, replace=replace, hear=hear)
    lost = (datetime.now(UTC) - restored.reach).total_seconds() if restored.reach else None
    if json:
        told = {
            "folder": str(restored.folder),
            "backup": restored.backup.id,
            "reached": restored.reached,
            "archive_reach": restored.reach,
            "rto_seconds": restored.rto_seconds,
            "rpo_seconds": lost,
            "seconds": restored.seconds,
            "said": restored.said,
        }
        typer.echo(msgspec.json.encode(told).decode())
        return
    _report(restored, lost)


def _report(restored: Restored, lost: float | None) -> None:
    typer.echo(f"Restored to {restored.target.words} from {restored.backup.id}, into {restored.folder}.")
    if restored.reached:
        typer.echo(f"  the last change in it was committed on {restored.reached:%Y-%m-%d %H:%M:%S} UTC")
    for each in restored.said:
        typer.echo(f"  {each}")
    parts = ", ".join(f"{what} {seconds:.1f} s" for what, seconds in restored.seconds.items())
    typer.echo(f"RTO {restored.rto_seconds:.1f} s ({parts}).")
    if lost is None:
        typer.echo("RPO: the log was never archived, so all since the backup is lost.")
    else:
        typer.echo(f"RPO: the archive held everything up to {restored.reach:%Y-%m-%d %H:%M:%S} UTC, {lost:.0f} s ago.")
    typer.echo(f"Start it with ONHAND_DATA={restored.folder} onhand serve, and take a full backup of it.")


def _target(to: str, to_point: str, to_backup: str, *, latest: bool) -> Target:
    from onhand.core.backup.plan import Target

    if bool(to) + bool(to_point) + bool(to_backup) + latest != 1:
        raise fail("Say to when: one of --to MOMENT, --to-point NAME, --to-backup ID, --latest.")
    if not to:
        return Target(point=to_point or None, backup=to_backup or None)
    try:
        moment = datetime.fromisoformat(to)
    except ValueError:
        raise fail(f'--to is no moment: {to!r}; write it as "2026-11-29 10:00", which is UTC.') from None
    return Target(moment=moment if moment.tzinfo else moment.replace(tzinfo=UTC))


@contextmanager
def _opened(*, make: bool = False) -> Iterator[tuple[configuration.Settings, Vault]]:
    """The settings and the store they name; whatever of ours goes wrong ends the command with its sentence."""
    from onhand.core.backup.base import NotTaken
    from onhand.core.backup.cipher import BadKey, Damaged
    from onhand.core.backup.drill import Differs
    from onhand.core.backup.engine import Died, NoPrograms
    from onhand.core.backup.plan import NotPossible
    from onhand.core.backup.points import BadPoint
    from onhand.core.backup.replication import ReplicationError
    from onhand.core.backup.soundness import Unsound
    from onhand.core.backup.vault import NoStore
    from onhand.core.embedded import EmbeddedServerError
    from onhand.doors.jobs.backups import open_vault
    from onhand.flows.restored import BooksBroken

    settings = configuration.read()
    try:
        yield settings, open_vault(settings, make=make)
    except (NotTaken, BadKey, Damaged, Differs, Died, NoPrograms, NotPossible, BadPoint, Unsound, NoStore) as fault:
        raise fail(str(fault)) from fault
    except (ReplicationError, EmbeddedServerError, BooksBroken, OSError) as fault:
        raise fail(str(fault)) from fault


@contextmanager
def _told() -> Iterator[Callable[[str, int, int], None]]:
    """Progress in words, where a person looks on."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda _what, _done, _total: None
        return
    with console.status("…") as status:

        def hear(what: str, done: int, total: int) -> None:
            share = f" {min(100, done * 100 // total)} %" if total else ""
            status.update(f"{what}{share} …")

        yield hear


def _mb(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB"
