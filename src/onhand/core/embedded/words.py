"""Failures in words: what the system or PostgreSQL said, and what to do about it."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg

from onhand.core.embedded.accounts import account_name
from onhand.core.embedded.errors import EmbeddedServerError


@contextlib.contextmanager
def failures_in_words(folder: Path) -> Iterator[None]:
    """Raise what the system or PostgreSQL refuses as an ``EmbeddedServerError``."""
    try:
        yield
    except OSError as fault:
        place = fault.filename or folder
        raise EmbeddedServerError(f"The embedded database cannot run. {reason(str(fault), place)}") from fault
    except psycopg.Error as fault:
        raise EmbeddedServerError(f"The embedded database runs but does not serve us: {fault}") from fault


def reason(words: str, place: Path | str) -> str:
    """What lies behind the words of the system or of PostgreSQL, with the remedy where we know it."""
    said = words.lower()
    quoted = "\n".join(words.strip().splitlines()[-6:])
    if any(os.strerror(code).lower() in said for code in (errno.ENOSPC, errno.EDQUOT)):
        return f"The disk is full at {place}: free some space and start again. ({quoted})"
    if os.strerror(errno.EROFS).lower() in said:
        return f"{place} is read-only: set ONHAND_DATA to a folder that can be written. ({quoted})"
    if any(os.strerror(code).lower() in said for code in (errno.EACCES, errno.EPERM)):
        me = account_name(os.geteuid())
        return f"Access to {place} is denied to {me}: allow it, or set ONHAND_DATA to another folder. ({quoted})"
    if "could not look up effective user" in said:
        return f"The account {os.geteuid()} has no name here: add it to /etc/passwd or use another. ({quoted})"
    return quoted or "It ended without a word."


def last_words(first_words: Path, cluster: Path, logged_before: dict[Path, int]) -> str:
    """What was said in this attempt: in the start's own file, then in the log."""
    said = first_words.read_text(errors="replace")
    for log, size in log_sizes(cluster).items():
        already = logged_before.get(log, 0)
        if size > already:
            said += log.read_bytes()[already:].decode(errors="replace")
    return said


def log_sizes(cluster: Path) -> dict[Path, int]:
    """How much has been said in each of the log's files."""
    return {log: log.stat().st_size for log in sorted((cluster / "log").glob("*.log"))}
