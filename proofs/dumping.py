"""Databases as whoever steals one has them: dumped by PostgreSQL's own programs, and copied file by file."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from onhand.core.embedded.programs import binaries

SECONDS = 300


def dumped(url: str) -> str:
    """All that a dump holds, as text."""
    return _run("pg_dump", "--no-owner", url).stdout.decode("utf-8", "replace")


def dumped_to(url: str, file: Path) -> None:
    """A dump that can be restored."""
    _run("pg_dump", "--no-owner", "--format=custom", f"--file={file}", url)


def restored(file: Path, url: str) -> None:
    """A dump, restored into an empty database."""
    _run("pg_restore", "--no-owner", "--exit-on-error", f"--dbname={url}", str(file))


def copied(admin_url: str, folder: Path) -> bytes:
    """All files of a base backup with its write-ahead log, one after the other."""
    _run("pg_basebackup", f"--dbname={admin_url}", f"--pgdata={folder}", "--wal-method=stream", "--checkpoint=fast")
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def seen(haystack: str, needles: Iterable[str]) -> list[str]:
    """Which of these texts stand in it, in capitals or not."""
    folded = haystack.casefold()
    return [each for each in needles if each.casefold() in folded]


def seen_digits(haystack: str, numbers: Iterable[str]) -> list[str]:
    """Which of these numbers stand in it, however their digits are grouped."""
    alike = re.sub(r"(?<=[0-9])[ .\-+\u00a0]{1,3}(?=[0-9])", "", haystack)
    return [each for each in numbers if each in alike]


def _run(program: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    done = subprocess.run([str(binaries() / program), *words], capture_output=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise AssertionError(f"{program}: {done.stderr.decode('utf-8', 'replace')[-500:]}")
    return done
