"""The cluster: the folder that PostgreSQL keeps its data in, made whole or not at all."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from onhand.core.embedded.accounts import Account, make_private
from onhand.core.embedded.configuration import memory_bytes, settings
from onhand.core.embedded.errors import EmbeddedServerError
from onhand.core.embedded.processes import environment
from onhand.core.embedded.programs import VERSION
from onhand.core.embedded.roles import SUPERUSER
from onhand.core.embedded.words import reason


def create(programs: Path, cluster: Path, account: Account | None) -> None:
    """Make the cluster beside its place and move it there when complete: a killed start leaves nothing half made."""
    if cluster.exists() and any(cluster.iterdir()):
        _check_version(cluster)
        return
    unfinished = cluster.with_name("postgres.unfinished")
    if unfinished.exists():
        shutil.rmtree(unfinished)
    make_private(unfinished, account)
    _initdb(programs, unfinished, account)
    with (unfinished / "postgresql.conf").open("a") as configuration:
        configuration.write("\n# Onhand's own settings, written anew at each start. ALTER SYSTEM overrides them.\n")
        configuration.write("include = 'onhand.conf'\n")
    _make_durable(unfinished / "postgresql.conf")
    unfinished.rename(cluster)
    _make_durable(cluster.parent)


def _check_version(cluster: Path) -> None:
    noted = cluster / "PG_VERSION"
    found = noted.read_text().strip() if noted.exists() else None
    if found is None:
        raise EmbeddedServerError(
            f"{cluster} holds files but no database: move them away, or choose another ONHAND_DATA."
        )
    if found != VERSION:
        raise EmbeddedServerError(
            f"{cluster} was written by PostgreSQL {found}, and this is {VERSION}: dump it with {found} "
            "and restore it into a new ONHAND_DATA."
        )


def _initdb(programs: Path, cluster: Path, account: Account | None) -> None:
    # The builtin C.UTF-8 sorts alike on every system; the system's own only tells letters apart in searched text, and
    # some have no C.UTF-8.
    for system_locale in ("C.UTF-8", "C"):
        done = subprocess.run(  # noqa: S603
            [
                *(str(programs / "initdb"), "-D", str(cluster), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8"),
                *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={system_locale}"),
                *("--data-checksums", "--no-instructions"),
            ],
            cwd="/",
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
        if done.returncode == 0:
            return
        if "invalid locale" not in done.stderr:
            break
    raise EmbeddedServerError(
        f"The embedded database could not be made. {reason(done.stdout + done.stderr, cluster.parent)}"
    )


def _make_durable(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def write_settings(cluster: Path, account: Account | None) -> None:
    """Lay our settings out for the server to read when it starts."""
    # Written outside and moved in: the cluster is the server's, and root must not follow a link laid out there.
    written = cluster.with_name("postgres.onhand.conf")
    written.write_text(settings(memory_bytes()))
    if account:
        os.chown(written, account.uid, account.gid)
    written.replace(cluster / "onhand.conf")
