"""``onhand settings``: what can be set, and what holds."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from onhand.core import settings as configuration
from onhand.core.settings.reference import as_markdown
from onhand.core.settings.table import Setting

_SECRET = {
    *("ONHAND_SECRET", "DATABASE_URL", "ONHAND_BACKUP_KEY", "ONHAND_BACKUP_URL"),
    *("ONHAND_SMTP_URL", "ONHAND_OIDC_SECRET", "ONHAND_FIELD_KEYS"),
}


def settings(
    markdown: Annotated[bool, typer.Option(help="Write the page of the manual, docs/reference/settings.md.")] = False,  # noqa: FBT002
    json: Annotated[bool, typer.Option(help="Answer as JSON, for scripts.")] = False,  # noqa: FBT002
) -> None:
    """Show every setting, what holds now, and what it means. Secrets are not shown, only that they are set.

    For example:

        onhand settings

        onhand settings --json | jq .ONHAND_PORT
    """
    import msgspec

    if markdown:
        typer.echo(as_markdown(), nl=False)
        return
    configuration.read()
    now = {each.name: _now(each) for each in configuration.SETTINGS.values()}
    if json:
        typer.echo(msgspec.json.encode(now).decode())
        return
    for each in configuration.SETTINGS.values():
        typer.echo(f"{each.name}={now[each.name]}")
        typer.secho(f"    {each.meaning}", dim=True)


def _now(setting: Setting) -> str:
    given = os.environ.get(setting.name, "")
    return "(set)" if given and setting.name in _SECRET else given or setting.default
