"""``onhand bench``."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from onhand.core import settings as configuration
from onhand.core.settings import BadSetting, Settings
from onhand.doors.cli.schema import migrate

if TYPE_CHECKING:
    from onhand.doors.cli.bench.report import Report

CORES = len(os.sched_getaffinity(0))


def bench(
    seconds: Annotated[float, typer.Option(min=1, help="How long each row is measured.")] = 10.0,
    row: Annotated[list[str] | None, typer.Option(help="Only this row (may be given again); all by default.")] = None,
    processes: Annotated[
        int, typer.Option(min=1, max=64, help="Serving processes.", show_default="one a core")
    ] = CORES,
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Measure what this machine can do: orders placed, advanced, in bulk, on one hot SKU; reads; news heard.

    Each row runs against a real server over a database of its own, with the load generator on the same machine, beside
    what pgbench makes of the same work with SQL alone. The books are checked at the end.

    For example:

        onhand bench --seconds 5 --row place --row read

        onhand bench --json | jq '.rows[] | {name, per_second}'
    """
    import msgspec

    from onhand.doors.cli.bench.rows import Bench

    settings = configuration.read()
    with _database(settings) as (url, pid), _progress(quiet=json) as progress:
        report = Bench(url, pid, seconds, frozenset(row or []), processes, progress).run()
    if json:
        typer.echo(msgspec.json.encode(report).decode())
    else:
        _show(report)
    raise typer.Exit(0 if report.check == "clean" and not report.oversold else 1)


@contextmanager
def _database(settings: Settings) -> Iterator[tuple[str, int | None]]:
    """An empty database: a new one beside the data folder, on the same disk, or the one that was named."""
    from onhand.core.embedded import start

    if settings.database_url:
        migrate(settings.database_url)
        _refuse_a_used_one(settings.database_url)
        yield settings.database_url, None
        return
    settings.data.parent.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="onhand-bench-", dir=settings.data.parent) as folder,
        start(Path(folder)) as server,
    ):
        migrate(server.url)
        yield server.url, _pid(server.url)


def _refuse_a_used_one(url: str) -> None:
    from onhand.core.database import connect

    with connect(url) as db:
        if db.execute("SELECT 1 FROM places_site LIMIT 1").fetchone():
            raise BadSetting("DATABASE_URL names a database in use; the benchmark writes a lot and wants an empty one.")


def _pid(url: str) -> int:
    """The postmaster, the parent of every session."""
    import psutil

    from onhand.core.database import connect

    with connect(url) as db:
        return int(psutil.Process(db.info.backend_pid).ppid())


@contextmanager
def _progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), disable=quiet) as bar:
        task = bar.add_task("Setting up the shop", total=None)
        yield lambda name: bar.update(task, description=f"Measuring {name}")


def _show(report: Report) -> None:
    from rich.console import Console
    from rich.table import Table

    from onhand.doors.cli.bench.report import verdict

    table = Table("row", "a second", "p50 ms", "p95 ms", "p99 ms", "× floor", "CPU ms each", "held to")
    for row in report.rows:
        figures = (f"{row.p50_ms:g}", f"{row.p95_ms:g}", f"{row.p99_ms:g}", f"{row.ratio_to_floor or ''}")
        cost = f"{row.cpu_ms_each:g}" if row.cpu_ms_each else ""
        table.add_row(row.name, f"{row.per_second:,.0f}", *figures, cost, verdict(row))
    Console().print(table)
    for row in report.rows:
        if row.detail:
            typer.echo(f"{row.name}: {row.detail}")
    typer.echo(f"oversold: {report.oversold}; check: {report.check}")
