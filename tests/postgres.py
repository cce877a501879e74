"""Which PostgreSQL the tests run on: the embedded one or, with ``ONHAND_TEST_POSTGRES``, another.

It names a folder of binaries (``/usr/lib/postgresql/15/bin``), of which a cluster is made and thrown away, or the URL
of a server, on which a database is made and dropped.
"""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

from onhand.core.database import connect
from onhand.core.embedded import start

# Not left in the environment: to the product it is no setting.
CHOICE = os.environ.pop("ONHAND_TEST_POSTGRES", None)

# A test run need not survive a power cut, so nothing waits for the disk.
HASTE = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100"


@contextmanager
def postgres(choice: str | None) -> Iterator[str]:
    """The URL of an empty database, for as long as the tests run."""
    if not choice:
        with _embedded() as url:
            yield url
    elif choice.startswith(("postgresql://", "postgres://")):
        with _on_server(choice) as url:
            yield url
    else:
        with _cluster(Path(choice)) as url:
            yield url


@contextmanager
def _embedded() -> Iterator[str]:
    # Not pytest's own folder: when root runs the tests, the server's account must be able to enter.
    with tempfile.TemporaryDirectory(prefix="onhand-tests-") as folder:
        Path(folder).chmod(0o755)
        with start(Path(folder)) as server:
            with connect(server.admin_url, autocommit=True) as admin:
                admin.execute("ALTER SYSTEM SET fsync = off")
                admin.execute("SELECT pg_reload_conf()")
            yield server.url


@contextmanager
def _on_server(url: str) -> Iterator[str]:
    name = f"onhand_tests_{os.getpid()}"
    with connect(url, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def _cluster(binaries: Path) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="onhand-pg-") as folder:
        account = _unprivileged()
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        data, log = f"{folder}/data", f"{folder}/log"
        _run(account, binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale")
        options = f"{HASTE} -c listen_addresses= -c unix_socket_directories={folder}"
        _run(account, binaries / "pg_ctl", "-D", data, "-l", log, "-o", options, "-w", "-t", "60", "start")
        try:
            server = f"postgresql://postgres@/postgres?host={quote(folder, safe='')}"
            with connect(server, autocommit=True) as admin:
                admin.execute("CREATE ROLE onhand LOGIN CREATEDB")
                admin.execute("CREATE DATABASE onhand OWNER onhand")
            yield server.replace("postgres@/postgres", "onhand@/onhand")
        finally:
            _run(account, binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL does not run as root: the account it shall run under instead."""
    if os.geteuid():
        return None
    known = {each.pw_name: each for each in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _run(account: pwd.struct_passwd | None, *words: str | Path) -> None:
    subprocess.run(
        [str(word) for word in words],
        cwd="/",
        check=True,
        timeout=120,
        stdout=subprocess.DEVNULL,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
    )
