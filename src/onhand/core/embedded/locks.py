"""The two locks in the data folder: whose turn it is to start or stop, and who owns the server."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from onhand.core.embedded.errors import EmbeddedServerError
from onhand.core.embedded.patience import START_PATIENCE_SECONDS, came_true


@contextlib.contextmanager
def turn_to_start(folder: Path) -> Iterator[None]:
    """Hold the lock of who looks, starts or stops; waits for whoever has it."""
    with (folder / "postgres.starting").open("ab") as held:
        if not came_true(lambda: locked(held), START_PATIENCE_SECONDS):
            raise EmbeddedServerError(
                f"Another program has been starting the database in {folder} for minutes; end it."
            )
        try:
            yield
        finally:
            unlock(held)  # Closing would not do if a child were forked meanwhile.


def locked(file: BinaryIO) -> bool:
    """Take a lock, if it is free."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def unlock(file: BinaryIO) -> None:
    """Give a lock up."""
    fcntl.flock(file, fcntl.LOCK_UN)
