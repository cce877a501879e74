"""Starting and stopping, as an operator does it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path


def test_a_server_that_is_told_to_stop_closes_everything_behind_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="onhand-serve-") as folder:
        Path(folder).chmod(0o755)
        environment = {**os.environ, "ONHAND_DATA": folder, "ONHAND_PORT": str(port)}
        environment.pop("DATABASE_URL", None)
        command = [sys.executable, "-c", "from onhand.doors.cli import main; main()", "serve"]
        with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as server:
            assert server.stdout is not None
            assert "is running" in server.stdout.readline()

            server.send_signal(signal.SIGTERM)

            assert server.wait(30) == 0
        assert not (Path(folder) / "postgres" / "postmaster.pid").exists()
