"""What an operator may set, all of it from the environment. A wrong or unknown setting stops the start.

=================  ==========================================  ================================================
name               default                                     meaning
=================  ==========================================  ================================================
ONHAND_HOST        127.0.0.1                                   address to serve on
ONHAND_PORT        8000                                        port to serve on
ONHAND_DATA        the user's data directory, ``onhand``       folder of the embedded database
ONHAND_SECRET      made anew at each start                     signs the people's sessions
ONHAND_QUEUE       8192                                        commands that may wait before callers get a 503
DATABASE_URL       the embedded database                       a PostgreSQL server of your own (15 or newer)
=================  ==========================================  ================================================
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import msgspec

KNOWN = {"ONHAND_HOST", "ONHAND_PORT", "ONHAND_DATA", "ONHAND_SECRET", "ONHAND_QUEUE"}


class BadSetting(SystemExit):
    """A setting stops the start; its text says which and why."""


class Settings(msgspec.Struct, frozen=True):
    """The settings, read and checked."""

    host: str
    port: int
    data: Path
    queue: int
    database_url: str | None


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises ``BadSetting`` with a sentence for the first that is wrong."""
    for name in sorted(environment):
        if name.startswith("ONHAND_") and name not in KNOWN:
            raise BadSetting(f"{name} is not a setting of Onhand; the settings are {', '.join(sorted(KNOWN))}.")
    url = environment.get("DATABASE_URL") or None
    if url and not url.startswith(("postgresql://", "postgres://")):
        raise BadSetting("DATABASE_URL must begin with postgresql://, as in postgresql://user@host/onhand.")
    return Settings(
        environment.get("ONHAND_HOST", "127.0.0.1"),
        _number(environment, "ONHAND_PORT", 8000, 1, 65535),
        Path(environment.get("ONHAND_DATA") or _data_home(environment) / "onhand"),
        _number(environment, "ONHAND_QUEUE", 8192, 1, 1_000_000),
        url,
    )


def _data_home(environment: Mapping[str, str]) -> Path:
    return Path(environment.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


def _number(environment: Mapping[str, str], name: str, default: int, least: int, most: int) -> int:
    text = environment.get(name, str(default))
    if not text.isdigit() or not least <= int(text) <= most:
        raise BadSetting(f"{name} must be a whole number from {least} to {most}; it is {text!r}.")
    return int(text)
