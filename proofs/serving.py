"""A real server in a process of its own, to be asked over HTTP and to be killed."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import msgspec

from onhand.access.keys import create as create_key
from onhand.core.database import connect

_SERVE = "from onhand.doors.cli import main; main()"
SECONDS_TO_START = 60.0


class Served:
    """``onhand serve`` on a database and a free port of the loopback; started, killed and started again at will."""

    def __init__(self, url: str) -> None:
        self.url = url
        with connect(url) as db:
            self.key = create_key(db, "proof", ("read", "orders", "stock", "catalog"))
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, and wait until it answers."""
        environment = {**os.environ, "DATABASE_URL": self.url, "ONHAND_PORT": str(self.port)}
        command = [sys.executable, "-c", _SERVE, "serve"]
        self.process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + SECONDS_TO_START
        while not self._answers():
            if time.monotonic() > deadline or self.process.poll() is not None:
                raise RuntimeError("the server did not start")
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return self.get("/api/v1/sites")[0] == 200
        except OSError:
            return False

    def kill(self) -> None:
        """As ``kill -9`` does."""
        if self.process:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(30)

    def post(self, path: str, body: Any, *, key: str | None = None) -> tuple[int, bytes]:
        """Ask for something to be done; its status and its body. Raises ``OSError`` when nobody answers."""
        named = {"Idempotency-Key": key} if key else {}
        return self._ask("POST", path, msgspec.json.encode(body), named)

    def get(self, path: str) -> tuple[int, bytes]:
        """Ask a question."""
        return self._ask("GET", path, b"", {})

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        always = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        try:
            connection.request(method, path, body, {**always, **headers})
            response = connection.getresponse()
            return response.status, response.read()
        except http.client.HTTPException as fault:
            raise OSError(f"the answer broke off: {fault!r}") from fault
        finally:
            connection.close()
