"""Processes of a server: how they are started, known for ours, and ended.

A server's first process is noted in its cluster's ``postmaster.pid``, which it leaves behind when it is killed: a
process is believed to be that server by what it is called, never by its number alone.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from onhand.core.embedded.accounts import Account
from onhand.core.embedded.errors import EmbeddedServerError
from onhand.core.embedded.patience import came_true


def spawn(
    command: list[str], words: BinaryIO, account: Account | None, *, taken_for_dead: int | None
) -> subprocess.Popen[bytes]:
    """Start a server that outlives us, under an account; ``taken_for_dead`` is the process an old server noted."""
    # PostgreSQL refuses to start when the process noted in postmaster.pid lives, though its number may be somebody
    # else's by now, or a zombie's that nobody buries. We know better; told that it is an ancestor of ours, it goes on,
    # and still checks that no process holds the old server's memory.
    surroundings = environment()
    if taken_for_dead is not None:
        surroundings["PG_GRANDPARENT_PID"] = str(taken_for_dead)
    return subprocess.Popen(  # noqa: S603
        command,
        cwd="/",
        env=surroundings,
        stdin=subprocess.DEVNULL,
        stdout=words,
        stderr=words,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def environment() -> dict[str, str]:
    """Nothing of ours: no secrets, and none of the PG… variables that change what the programs do."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "LC_ALL": "C", "TZ": "UTC"}


def lives(cluster: Path) -> bool:
    """Whether a server runs on a cluster, whoever started it."""
    note = read_note(cluster)
    return note is not None and "postgres" in command_line(note.pid)


@dataclass(frozen=True)
class Note:
    """What ``postmaster.pid`` says of the server that wrote it, dead or alive."""

    pid: int
    socket_folder: Path


def read_note(cluster: Path) -> Note | None:
    """The note in a cluster, if there is one that can be read."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if not lines or not lines[0].strip().isdigit():
        return None
    # Line 5 is the socket's folder; a server killed early has not written it yet.
    return Note(int(lines[0]), Path(lines[4]) if len(lines) > 4 and lines[4] else cluster)


def command_line(pid: int) -> str:
    """What a process is called; empty when it is dead, even if nobody has taken notice yet (a zombie)."""
    if not Path("/proc/self/cmdline").exists():
        return command_lines().get(pid, "")
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return ""


def command_lines() -> dict[int, str]:
    """What all processes here are called."""
    proc = Path("/proc")
    if (proc / "self/cmdline").exists():
        return {pid: command_line(pid) for pid in (int(each.name) for each in proc.iterdir() if each.name.isdigit())}
    asked = ["/bin/ps", "-axo", "pid=,stat=,command="]
    listed = subprocess.run(asked, capture_output=True, text=True, check=True)  # noqa: S603
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    return {int(row[0]): row[2] for row in rows if len(row) == 3 and not row[1].startswith("Z")}


def strays_of(name: str) -> list[int]:
    """Processes of the cluster of that name although no server is noted: what a killed one left at work."""
    title, option = f"postgres: {name}: ", f"cluster_name={name} "
    return [
        pid
        for pid, words in command_lines().items()
        if words.startswith(title) or (option in f"{words} " and "postgres -D " in words)
    ]


def end(pids: list[int], steps: Sequence[tuple[signal.Signals, float]]) -> None:
    """Ask processes to end, more firmly at each step, and wait until they have."""
    for how, patience_seconds in steps:
        for pid in filter(command_line, pids):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, how)
        if came_true(lambda: not any(map(command_line, pids)), patience_seconds):
            return
    raise EmbeddedServerError(f"The embedded database (process {pids[0]}) cannot be ended; restart the machine.")
