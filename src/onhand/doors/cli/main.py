"""The commands of ``onhand``, gathered."""

from __future__ import annotations

import typer

from onhand.doors.cli.bench.command import bench
from onhand.doors.cli.commands import (
    audit,
    backups,
    books,
    clients,
    demo,
    doctor,
    exports,
    imports,
    keys,
    people,
    privacy,
    pushes,
    roles,
    serve,
    settings,
    watching,
    work,
)

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
    exports.export,
    settings.settings,
    backups.restore,
    doctor.doctor,
):
    app.command()(command)
app.add_typer(keys.app, name="key")
app.add_typer(clients.app, name="client")
app.add_typer(people.app, name="person")
app.add_typer(audit.app, name="audit")
app.add_typer(roles.app, name="role")
app.add_typer(privacy.app, name="privacy")
app.add_typer(privacy.keys_app, name="keys")
app.add_typer(pushes.app, name="push")
app.add_typer(imports.app, name="import")
app.add_typer(backups.app, name="backup")
app.add_typer(watching.app, name="watch")
