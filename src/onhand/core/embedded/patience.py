"""How long the embedded database is waited for, and waiting until something has come about."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable

# Redoing 4 GB of log after a power cut may take minutes; a server that says nothing at all is given up much sooner.
START_PATIENCE_SECONDS = 300.0
SILENCE_PATIENCE_SECONDS = 15.0
# First fast (let nobody in, write what is due), then immediate (recover at the next start), then by force.
STOP_STEPS = ((signal.SIGINT, 60.0), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0))
# A killed server's processes may take a moment to give their memory back after they cannot be seen any more.
MEMORY_PATIENCE_SECONDS = 10.0
GLANCE_SECONDS = 0.02
LOOK_SECONDS = 0.1


def came_true(what: Callable[[], bool], patience_seconds: float) -> bool:
    """Wait until it is so; whether it came to be in time."""
    end = time.monotonic() + patience_seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(GLANCE_SECONDS)
    return True
