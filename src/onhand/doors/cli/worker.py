"""One of several serving processes: ``python -m onhand.doors.cli.worker DOORS SOCKET``, started by the supervisor.

It serves on a socket it is handed, which stays its supervisor's, and ends when told to or when its supervisor is gone.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from typing import cast

from onhand.core import logs
from onhand.core import settings as configuration
from onhand.doors.cli import schema, serving


def main(doors: serving.Doors, socket_number: int) -> None:
    """Serve until told to stop."""
    serving.leave_when_told()
    settings = configuration.read()
    logs.begin(settings.log, settings.log_level)
    threading.Thread(target=_outlive_nobody, name="orphan", daemon=True).start()
    if settings.database_url is None:
        raise AssertionError("the supervisor names the database")
    schema.introduce(settings.database_url)
    with serving.writing(settings, settings.database_url) as writer:
        serving.answer(settings, settings.database_url, writer, [socket.socket(fileno=socket_number)], doors)


def _outlive_nobody() -> None:
    """The supervisor holds the other end of the standard input, and says nothing: an end means it was killed."""
    # Not through sys.stdin, whose lock a thread that waits would still hold when the interpreter ends.
    os.read(0, 1)
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main(cast("serving.Doors", sys.argv[1]), int(sys.argv[2]))
