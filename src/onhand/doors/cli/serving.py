"""Serving: the writer, the readers, the doors and the housekeeping of one process, started and stopped in order."""

from __future__ import annotations

import gc
import signal
from typing import Any, cast

import typer
import uvicorn
from a2wsgi import WSGIMiddleware
from django.core.wsgi import get_wsgi_application

from onhand.core.database import Readers, connect
from onhand.core.settings import Settings
from onhand.core.ticker import Ticker
from onhand.core.writer import Writer
from onhand.doors.api import app as api
from onhand.doors.cli.demo import Demo
from onhand.doors.root import Root
from onhand.flows.commands import ExpireCarts, ServeWaiting
from onhand.flows.registry import FLOWS


def serve_forever(settings: Settings, url: str, *, demo: bool) -> None:
    """Serve until told to stop; then drain the writer before the database goes."""
    _collect_seldom()
    writer = Writer(lambda: connect(url), FLOWS, most_waiting=settings.queue)
    readers = Readers(url)
    readers.open()
    writer.start()
    sweepers = [Ticker(1.0, lambda: writer.ask(ExpireCarts())), Ticker(5.0, lambda: writer.ask(ServeWaiting()))]
    for sweeper in sweepers:
        sweeper.start()
    player = Demo(url, writer) if demo else None
    if player:
        player.start()
    people: Any = WSGIMiddleware(cast("Any", get_wsgi_application()), workers=4)
    root = Root(api.create(writer, readers), people)
    # uvicorn hands the signal on once it has closed its door; ours must not end the process before the rest is closed.
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    typer.echo(f"Onhand is running on http://{settings.host}:{settings.port}  (Ctrl-C stops it)")
    try:
        uvicorn.run(root, host=settings.host, port=settings.port, log_level="warning", access_log=False, lifespan="off")
    finally:
        if player:
            player.stop()
        for sweeper in sweepers:
            sweeper.stop()
        writer.stop()
        readers.close()


def _collect_seldom() -> None:
    """A batch makes tens of thousands of small things and drops them; looking for cycles among them is wasted."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _leave(*_: object) -> None:
    raise SystemExit(0)
