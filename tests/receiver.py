"""Somebody who receives webhooks: a server on the loopback that answers as it is told, and keeps what it got."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True)
class Got:
    """A post as it came in, and when."""

    headers: Mapping[str, str]
    body: bytes
    at: float
    path: str = ""

    @property
    def message(self) -> str:
        return self.headers["webhook-id"]

    @property
    def payload(self) -> Any:
        return json.loads(self.body)


Reply = tuple[int, Mapping[str, str], bytes]


@dataclass
class Receiver:
    """What came in, and how it is answered; ``answer`` may take its time."""

    port: int = 0
    answer: Callable[[Got], Reply] = lambda _: (204, {}, b"")
    got: list[Got] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def take(self, got: Got) -> Reply:
        with self.changed:
            self.got.append(got)
            self.changed.notify_all()
        return self.answer(got)

    def until(self, so: Callable[[list[Got]], Any], patience: float = 15.0) -> None:
        with self.changed:
            there = self.changed.wait_for(lambda: so(self.got), patience)
        assert there, f"it did not come about; got {[got.message for got in self.got]}"

    def verified(self, secret: str) -> list[Any]:
        """Every payload, its signature checked by the reference library."""
        return [Webhook(secret).verify(got.body, dict(got.headers)) for got in self.got]


@contextmanager
def receiving(answer: Callable[[Got], Reply] | None = None, *, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()
    if answer:
        receiver.answer = answer

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, extra, said = receiver.take(Got(headers, body, time.monotonic(), self.path))
            self.send_response(status)
            for name, value in {"content-length": str(len(said)), **extra}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            return

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:  # the sender hung up
                self.close_connection = True

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=[0.05], daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
