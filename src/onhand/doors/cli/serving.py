"""Serving: the writer, the readers, the doors and the housekeeping of one process, started and stopped in order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any, cast

import typer
import uvicorn
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from onhand.core.database import Readers, connect
from onhand.core.settings import Settings
from onhand.core.writer import Overloaded, Writer
from onhand.doors.api import app as api
from onhand.doors.cli.demo import Demo
from onhand.doors.root import Root
from onhand.flows.commands import ExpireCarts
from onhand.flows.registry import FLOWS

log = logging.getLogger(__name__)


class Ticker:
    """Does something every so often, on a thread of its own, until stopped."""

    def __init__(self, seconds: float, what: Callable[[], object]) -> None:
        self._seconds = seconds
        self._what = what
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="ticker", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; what is being done is done to its end."""
        self._stop.set()
        self._thread.join(5)

    def _run(self) -> None:
        while not self._stop.wait(self._seconds):
            try:
                self._what()
            except Overloaded:
                log.info("too busy for housekeeping just now")
            except Exception:  # the next tick tries again
                log.exception("housekeeping failed")


def serve_forever(settings: Settings, url: str, *, demo: bool) -> None:
    """Serve until told to stop; then drain the writer before the database goes."""
    writer = Writer(lambda: connect(url), FLOWS, most_waiting=settings.queue)
    readers = Readers(url)
    readers.open()
    writer.start()
    sweeper = Ticker(1.0, lambda: writer.ask(ExpireCarts()))
    sweeper.start()
    player = Demo(url, writer) if demo else None
    if player:
        player.start()
    people: Any = WSGIMiddleware(cast("Any", get_wsgi_application()), workers=4)
    root = Root(api.create(writer, readers), people)
    typer.echo(f"Onhand is running on http://{settings.host}:{settings.port}  (Ctrl-C stops it)")
    try:
        uvicorn.run(root, host=settings.host, port=settings.port, log_level="warning", access_log=False, lifespan="off")
    finally:
        if player:
            player.stop()
        sweeper.stop()
        writer.stop()
        readers.close()
