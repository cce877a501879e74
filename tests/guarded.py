"""A database server that asks for a password, as one in production does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onhand.core.database import connect
from onhand.core.embedded import Server

PASSWORD = "d0c5a1b27be94f36"
SECRET = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
# Only the shop's account is asked: who makes and drops databases for the tests comes in as ever.
RULES = "local all onhand scram-sha-256\nlocal all postgres trust\n"


@contextmanager
def asking(server: Server) -> Iterator[str]:
    """Let the shop's account in by its password only; the address with it."""
    with connect(server.admin_url, autocommit=True) as admin:
        (rules,) = admin.execute("SHOW hba_file").fetchone() or ("",)
        admin.execute(f"ALTER ROLE onhand PASSWORD '{PASSWORD}'")
        Path(rules).write_text(RULES)
        admin.execute("SELECT pg_reload_conf()")
    yield server.url.replace("onhand@", f"onhand:{PASSWORD}@")
