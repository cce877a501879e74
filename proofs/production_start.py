"""What a production start refuses, shown by starting it: a part of figure 41."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from onhand.core.database import connect
from onhand.core.embedded import Server
from proofs.figures import own_server

SECRET = "4f1b2b0b822cd15d6c15b0f00a089f86d081884c7d659a2feaa0c55ad015a3bf"  # noqa: S105 - of a server that lives for a minute
PASSWORD = "77d0c5a1b27be94f"  # noqa: S105 - as above
REMOTE = f"postgresql://shop:{PASSWORD}@db.example/onhand"
SAFE = {
    "ONHAND_SECRET": SECRET,
    "ONHAND_PUBLIC_ADDRESS": "https://shop.example",
    "ONHAND_TRUSTED_PROXIES": "127.0.0.1",
    "ONHAND_FIELD_KEYS": "k24a7e3:rygqnkaD4jL1d5npt61SQZzpn8f6f9EWBeeRz2v56ek=",
}


class Case(NamedTuple):
    """Settings of a start, and what it must say when it refuses; nothing when it must serve."""

    what: str
    settings: dict[str, str]
    says: str


def refused_as_it_should() -> tuple[list[str], int]:
    """Start it in every unsafe way, and in a safe one: what did not go as it should, and how many starts there were."""
    with own_server() as server:
        trusting = server.url
        cases = [*_cases(), Case("trust", {"DATABASE_URL": trusting, **SAFE}, "(trust)")]
        found = [fault for case in cases for fault in _fault(case)]
        safe = Case("what is safe", {"DATABASE_URL": _with_password(server), **SAFE}, "")
        found += _fault(safe)
    return found, len(cases) + 1


def _cases() -> Iterator[Case]:
    yield Case("the embedded server", {**SAFE, "ONHAND_DATA": tempfile.gettempdir()}, "embedded database")
    for mode in ("disable", "allow", "prefer", "require", "verify-ca"):
        remote = {"DATABASE_URL": f"{REMOTE}?sslmode={mode}", **SAFE}
        yield Case(f"a database at sslmode={mode}", remote, "sslmode=verify-full")
    verified = {"DATABASE_URL": f"{REMOTE}?sslmode=verify-full"}
    yield Case("a short secret", {**verified, **SAFE, "ONHAND_SECRET": SECRET[:31]}, "shorter than 32")
    yield Case("a secret to guess", {**verified, **SAFE, "ONHAND_SECRET": "ab" * 40}, "can be guessed")
    yield Case("no TLS", {**verified, **SAFE, "ONHAND_TRUSTED_PROXIES": ""}, "Nobody speaks TLS")
    yield Case("no name", {**verified, **SAFE, "ONHAND_PUBLIC_ADDRESS": ""}, "ONHAND_ALLOWED_HOSTS")
    yield Case("debug", {**verified, **SAFE, "ONHAND_LOG_LEVEL": "debug"}, "ONHAND_LOG_LEVEL")


def _with_password(server: Server) -> str:
    with connect(server.admin_url, autocommit=True) as admin:
        (rules,) = admin.execute("SHOW hba_file").fetchone() or ("",)
        admin.execute(f"ALTER ROLE onhand PASSWORD '{PASSWORD}'")
        Path(rules).write_text("local all onhand scram-sha-256\nlocal all postgres trust\n", encoding="utf-8")
        admin.execute("SELECT pg_reload_conf()")
    return server.url.replace("onhand@", f"onhand:{PASSWORD}@")


def _fault(case: Case) -> list[str]:
    said, served = _start(case.settings)
    if case.says and (served or case.says not in said):
        return [f"{case.what}: {'it served' if served else said[-200:]}"]
    if not case.says and not served:
        return [f"{case.what}: {said[-200:]}"]
    return []


def _start(settings: dict[str, str]) -> tuple[str, bool]:
    """What it says until it serves or ends, and which of the two it did."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ONHAND_", "PG", "DATABASE_"))}
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "onhand", "serve", "--production"],
        env={**kept, **settings, "ONHAND_PORT": str(port)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    said = ""
    try:
        for line in process.stdout or ():
            said += line
            if "is running" in line:
                return said, True
        return said, False
    finally:
        process.terminate()
        process.communicate(timeout=60)
