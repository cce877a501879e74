"""The commands of ``onhand``, gathered."""

from __future__ import annotations

import typer

from onhand.doors.cli.bench.command import bench
from onhand.doors.cli.commands import books, demo, keys, serve, settings, work

app = typer.Typer(
    no_args_is_help=True,
    help="Onhand: every unit of stock, every promise made on it.",
    epilog="`onhand run` shows everything at once; `onhand COMMAND --help` has examples. "
    "Settings come from the environment: `onhand settings` lists them.",
)

for command in (
    serve.run,
    serve.serve,
    work.work,
    demo.demo,
    books.check,
    books.migrate,
    bench,
    settings.settings,
):
    app.command()(command)
app.add_typer(keys.app, name="key")
