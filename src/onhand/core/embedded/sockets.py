"""Where the server's socket lies: in the cluster, or where that path is too long for one, beside temporary files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from onhand.core.embedded.accounts import Account, make_private, may_enter
from onhand.core.embedded.errors import EmbeddedServerError

# Linux allows 107 bytes, macOS 103.
LONGEST_SOCKET_PATH = 103
SOCKET = ".s.PGSQL.5432"


def choose(present: Path, cluster: Path, name: str, account: Account | None) -> Path:
    """The cluster's own folder or, where that path is too long for a socket, a private one for temporary files."""
    # First the present one: the address must stay the same while we live, whatever the environment says by now.
    temporary = [Path(base) / name for base in (tempfile.gettempdir(), "/tmp")]  # noqa: S108 (make_private looks)
    for candidate in (present, cluster, *temporary):
        if _suits_a_socket(candidate) and may_enter(account, candidate.parent):
            make_private(candidate, account)
            for left_behind in (SOCKET, f"{SOCKET}.lock"):
                (candidate / left_behind).unlink(missing_ok=True)
            return candidate
    raise EmbeddedServerError(
        f"There is no folder for the database's socket: {cluster} and {temporary[0]} have too long a path "
        f"(over {LONGEST_SOCKET_PATH} bytes) or are closed to it. Choose a shorter one in ONHAND_DATA or TMPDIR."
    )


def _suits_a_socket(folder: Path) -> bool:
    # PostgreSQL's setting and libpq's address both take a comma for the end of a path.
    return len(os.fsencode(folder / SOCKET)) <= LONGEST_SOCKET_PATH and not set(',"') & set(str(folder))
