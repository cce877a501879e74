"""What an operator may set, all of it from the environment. A wrong or unknown setting stops the start.

The table below is the one place where a setting is made: its name, what holds without it, how it is read, and what it
means. ``docs/reference/settings.md`` is written from it (``onhand settings --markdown``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec


class BadSetting(SystemExit):
    """A setting stops the start; its text says which and why."""


class Setting(NamedTuple):
    """One line of the table. ``read`` raises ``ValueError`` with the end of a sentence that begins with the name."""

    name: str
    default: str
    read: Callable[[str], Any]
    meaning: str


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            raise ValueError(f"must be a whole number from {least} to {most}; it is {text!r}")
        return int(text)

    return read


def _seconds(least: float, most: float) -> Callable[[str], float]:
    def read(text: str) -> float:
        try:
            seconds = float(text)
        except ValueError:
            seconds = -1.0
        if not least <= seconds <= most:
            raise ValueError(f"must be a number of seconds from {least:g} to {most:g}; it is {text!r}")
        return seconds

    return read


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text.lower() not in words:
            raise ValueError(f"must be one of {', '.join(words)}; it is {text!r}")
        return text.lower()

    return read


def _address(text: str) -> str | None:
    if text and not text.startswith(("postgresql://", "postgres://")):
        raise ValueError("must begin with postgresql://, as in postgresql://user@host/onhand")
    return text or None


def _folder(text: str) -> Path:
    return Path(text).expanduser()


def _text_or_none(text: str) -> str | None:
    return text or None


SETTINGS: dict[str, Setting] = {
    "database_url": Setting(
        "DATABASE_URL", "", _address, "a PostgreSQL server of your own (15 or newer); without it the embedded one runs"
    ),
    "data": Setting("ONHAND_DATA", "~/.local/share/onhand", _folder, "folder of the embedded database"),
    "host": Setting("ONHAND_HOST", "127.0.0.1", str, "address to serve on"),
    "port": Setting("ONHAND_PORT", "8000", _whole(1, 65535), "port to serve on"),
    "pages_port": Setting("ONHAND_PAGES_PORT", "8001", _whole(1, 65535), "port of the pages under `serve --split`"),
    "processes": Setting("ONHAND_PROCESSES", "1", _whole(1, 64), "processes that serve, each with its own writer"),
    "readers": Setting("ONHAND_READERS", "8", _whole(2, 200), "connections for questions, in each serving process"),
    "queue": Setting(
        "ONHAND_QUEUE", "8192", _whole(1, 1_000_000), "commands of one kind that may wait before callers get a 503"
    ),
    "patience": Setting(
        "ONHAND_PATIENCE",
        "2",
        _seconds(0.05, 60),
        "seconds that the oldest command of a kind may wait for its turn before more get a 503",
    ),
    "secret": Setting("ONHAND_SECRET", "", _text_or_none, "signs the people's sessions; made anew at each start"),
    "log": Setting("ONHAND_LOG", "text", _one_of("text", "json"), "log lines for people (text) or machines (json)"),
    "log_level": Setting(
        "ONHAND_LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error"), "the least that is worth a log line"
    ),
    "keep_answers_days": Setting(
        "ONHAND_KEEP_ANSWERS_DAYS", "30", _whole(1, 36_500), "days for which an idempotency key is remembered"
    ),
    "keep_events_days": Setting(
        "ONHAND_KEEP_EVENTS_DAYS", "1100", _whole(1, 36_500), "days for which events that all followers read are kept"
    ),
}
KNOWN = {setting.name for setting in SETTINGS.values()}


class Settings(msgspec.Struct, frozen=True):
    """The settings, read and checked."""

    database_url: str | None
    data: Path
    host: str
    port: int
    pages_port: int
    processes: int
    readers: int
    queue: int
    patience: float
    secret: str | None
    log: str
    log_level: str
    keep_answers_days: int
    keep_events_days: int


def read(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read the settings; raises ``BadSetting`` with a sentence for the first that is wrong."""
    for name in sorted(environment):
        if name.startswith("ONHAND_") and name not in KNOWN:
            raise BadSetting(f"{name} is not a setting of Onhand; the settings are {', '.join(sorted(KNOWN))}.")
    values = {field: _value(setting, environment) for field, setting in SETTINGS.items()}
    if not environment.get("ONHAND_DATA") and environment.get("XDG_DATA_HOME"):
        values["data"] = Path(environment["XDG_DATA_HOME"]) / "onhand"
    return Settings(**values)


def _value(setting: Setting, environment: Mapping[str, str]) -> Any:
    try:
        return setting.read(environment.get(setting.name) or setting.default)
    except ValueError as fault:
        raise BadSetting(f"{setting.name} {fault}.") from None


def as_markdown() -> str:
    """The reference page of the manual."""
    rows = [
        f"| `{each.name}` | {f'`{each.default}`' if each.default else ''} | {each.meaning} |"
        for each in SETTINGS.values()
    ]
    return "\n".join([_HEAD, *rows, _FOOT])


_HEAD = """\
# Settings

All settings come from the environment. One that is unknown, malformed or out of range stops the start with a sentence
that says which and why. This page is written by `onhand settings --markdown`; `onhand settings` shows what holds now.

| name | without it | meaning |
| --- | --- | --- |"""
_FOOT = """\

* The embedded database's folder follows `XDG_DATA_HOME` where that is set.
* With several serving processes, `ONHAND_QUEUE`, `ONHAND_PATIENCE` and `ONHAND_READERS` hold for each of them. Each
  opens `ONHAND_READERS` + 7 connections at most: its writer, its readers, two for health and metrics, four for pages.
* `ONHAND_SECRET` must be set, to the same text everywhere, when more than one machine serves the pages.
"""
