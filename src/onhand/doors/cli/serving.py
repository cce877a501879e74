"""What one process opens to serve, and closes in the order that loses nothing.

Doors first, so that nothing new comes in and who waits is answered; then what works beside them; then the writer,
which carries out all that still waits; last the database, which belongs to whoever calls this.
"""

from __future__ import annotations

import gc
import logging
import signal
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Literal, cast

import uvicorn

from onhand.core.database import Readers, connect
from onhand.core.settings import Settings
from onhand.core.writer import Writer
from onhand.doors.cli import schema
from onhand.doors.jobs.duties import duties
from onhand.doors.jobs.housekeeper import Housekeeper
from onhand.flows.registry import FLOWS

log = logging.getLogger(__name__)

Doors = Literal["both", "api", "pages"]

# A proxy keeps its connections for a minute; closed from this side first, one might be closed under a request.
KEEP_ALIVE_SECONDS = 75
# Answers take a second at most; what takes longer than this is a stream, and its reader will come again.
GRACE_SECONDS = 10
BACKLOG = 4096


@contextmanager
def writing(settings: Settings, url: str) -> Iterator[Writer]:
    """A writer at work, drained at the end."""
    writer = Writer(lambda: connect(url), FLOWS, most_waiting=settings.queue, patience=settings.patience)
    writer.start()
    try:
        yield writer
    finally:
        if not writer.stop():
            log.error("the writer did not end in time: %s commands were not carried out, nor answered", writer.queued)


@contextmanager
def keeping_house(settings: Settings, url: str, writer: Writer, *, keeps: bool = False) -> Iterator[Housekeeper]:
    """Duties seen to; ``keeps``: by this process and no other, as far as nobody else has them."""
    keeper = Housekeeper(lambda: connect(url, autocommit=True), writer, duties(settings), keeps=keeps)
    keeper.start()
    try:
        yield keeper
    finally:
        keeper.stop()


@contextmanager
def playing(url: str, writer: Writer, *, speed: float) -> Iterator[None]:
    """Real sales coming in, so many times as fast as they happened; none at no speed."""
    from onhand.doors.cli.demo.background import Demo

    if not speed:
        yield
        return
    player = Demo(url, writer, speed=speed)
    player.start()
    try:
        yield
    finally:
        player.stop()


def answer(settings: Settings, url: str, writer: Writer, sockets: Sequence[socket.socket], doors: Doors) -> None:
    """Open the doors on these sockets, until told to stop."""
    readers = Readers(url, most=settings.readers)
    watchers = Readers(url, most=2)
    readers.open()
    watchers.open()
    _collect_seldom()
    try:
        uvicorn.Server(_config(_house(writer, readers, watchers, doors))).run(list(sockets))
    finally:
        watchers.close()
        readers.close()


def _collect_seldom() -> None:
    """A batch makes tens of thousands of small things and drops them; none are in cycles: looking often is wasted."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)


def _house(writer: Writer, readers: Readers, watchers: Readers, doors: Doors) -> Any:
    from a2wsgi import WSGIMiddleware
    from django.core.wsgi import get_wsgi_application

    from onhand.doors.api import app as api
    from onhand.doors.api.porter import Porter
    from onhand.doors.root import Root, shut
    from onhand.doors.traffic import Traffic
    from onhand.doors.vitals import Vitals

    machines: Any = shut if doors == "pages" else Porter(api.create(writer, readers), writer)
    people: Any = shut if doors == "api" else WSGIMiddleware(cast("Any", get_wsgi_application()), workers=4)
    return Traffic(Root(machines, people, Vitals(writer, watchers, schema.missing)))


def _config(app: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


class PortTaken(Exception):
    """Somebody else listens there."""


def listen(host: str, port: int, *, processes: int = 1) -> list[socket.socket]:
    """A listening socket for each process; the system shares new connections out among them.

    Raises ``PortTaken``. A first, lone socket finds out: sockets that share would share with a stranger, too.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family) as lone:
            _bind(lone, host, port)
            if processes == 1:
                lone.listen(BACKLOG)
                return [socket.socket(fileno=lone.detach())]
        return [_shared(family, host, port) for _ in range(processes)]
    except OSError as fault:
        raise PortTaken(f"{host}:{port} cannot be served on ({fault.strerror}).") from fault


def _shared(family: int, host: str, port: int) -> socket.socket:
    one = socket.socket(family)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    _bind(one, host, port)
    one.listen(BACKLOG)
    return one


def _bind(one: socket.socket, host: str, port: int) -> None:
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind((host, port))


def leave_when_told() -> None:
    """Let a signal end this process through its ``finally``s: doors shut, the writer drained, the database closed."""
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)


def _leave(*_: object) -> None:
    raise SystemExit(0)
