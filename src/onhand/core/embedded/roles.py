"""Who connects to the embedded database: its roles, the one database they share, and their addresses."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from onhand.core.database import connect
from onhand.core.privileges import APPLICATION

DATABASE = "onhand"
SUPERUSER = "postgres"


def as_superuser(url: str) -> str:
    """The address of an embedded server for its administrator, made from the owner's or the application's."""
    for name in (DATABASE, APPLICATION):
        url = url.replace(f"postgresql://{name}@", f"postgresql://{SUPERUSER}@", 1)
    return url


def address(user: str, database: str, socket_folder: Path) -> str:
    """How somebody reaches a database by the socket in a folder."""
    return f"postgresql://{user}@/{database}?host={quote(str(socket_folder), safe='')}&port=5432"


def make_database(socket_folder: Path) -> None:
    """Make the roles and the database that are missing."""
    with connect(address(SUPERUSER, SUPERUSER, socket_folder), autocommit=True) as db:
        if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (DATABASE,)).fetchone():
            db.execute(f"CREATE ROLE {DATABASE} LOGIN CREATEDB IN ROLE pg_monitor, pg_checkpoint")
        if not db.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (APPLICATION,)).fetchone():
            db.execute(f"CREATE ROLE {APPLICATION} LOGIN IN ROLE pg_monitor")
            # Whoever owns the tables may also put away what the application made for a while.
            db.execute(f"GRANT {APPLICATION} TO {DATABASE}")
        if not db.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone():
            db.execute(f"CREATE DATABASE {DATABASE} OWNER {DATABASE}")
