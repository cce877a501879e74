"""Listeners of the live stream, thousands of them, in a process of their own.

Each has a connection and some topics, and does nothing but note when a message came, and when what it tells of was
committed (nearly: an event's time is the beginning of the batch that wrote it, so the batch counts, too).
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from multiprocessing import get_context
from multiprocessing.connection import Connection as Line
from typing import cast
from urllib.parse import quote

import httptools
import uvloop

SECONDS_TO_SEAT = 60.0
SECONDS_TO_END = 30.0
# So many knock at once; a listening socket's queue is not the thing measured.
KNOCKING = 100
_AT = b'"at":"'


@dataclass(frozen=True, slots=True)
class Hall:
    """Where to listen, with which key, and what each listener wants to hear."""

    host: str
    port: int
    key: str
    topics: Sequence[Sequence[str]]


@dataclass(slots=True)
class Hearing:
    """What was heard while it counted."""

    latencies: list[float] = field(default_factory=list)
    lagged: int = 0
    lost: int = 0
    listeners: int = 0
    counts: bool = False

    def heard(self, message: bytes) -> None:
        """Note a message."""
        if not self.counts:
            return
        if message.startswith(b"event: lagged"):
            self.lagged += 1
        start = message.find(_AT)
        if start >= 0:
            start += len(_AT)
            at = datetime.fromisoformat(message[start : message.index(b'"', start)].decode())
            self.latencies.append(time.time() - at.timestamp())


class Listeners:
    """The process with the listeners in it, as seen from outside: begin to count, end, and what was heard."""

    def __init__(self, line: Line) -> None:
        self._line = line

    def begin(self) -> None:
        """From now on it counts."""
        self._line.send("begin")

    def end(self) -> Hearing:
        """What was heard since."""
        self._line.send("end")
        if not self._line.poll(SECONDS_TO_END):
            raise RuntimeError("the listeners did not answer")
        return cast("Hearing", self._line.recv())


@contextmanager
def listening(hall: Hall) -> Iterator[Listeners]:
    """Seat every listener; they listen until the block is left."""
    context = get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_listen, args=[hall, theirs], daemon=True)
    process.start()
    try:
        if not ours.poll(SECONDS_TO_SEAT):
            raise RuntimeError("the listeners could not be seated")
        seated = ours.recv()
        if seated != len(hall.topics):
            raise RuntimeError(f"only {seated} of {len(hall.topics)} listeners were let in")
        yield Listeners(ours)
    finally:
        ours.close()
        process.join(SECONDS_TO_END)


def _listen(hall: Hall, line: Line) -> None:
    uvloop.run(_stay(hall, line))


async def _stay(hall: Hall, line: Line) -> None:
    hearing, loop, knocking = Hearing(), asyncio.get_running_loop(), asyncio.Semaphore(KNOCKING)

    async def enter(topics: Sequence[str]) -> _Ear:
        async with knocking:
            _, ear = await loop.create_connection(lambda: _Ear(hall, topics, hearing), hall.host, hall.port)
            await ear.ready
            return ear

    entering = [asyncio.ensure_future(enter(topics)) for topics in hall.topics]
    ears = [ear for ear in await asyncio.gather(*entering, return_exceptions=True) if isinstance(ear, _Ear)]
    line.send(len(ears))
    try:
        while (told := await loop.run_in_executor(None, line.recv)) != "end":
            hearing.counts = told == "begin"
        hearing.counts, hearing.listeners = False, len(ears)
        line.send(hearing)
        await loop.run_in_executor(None, line.recv)
    except EOFError:
        return
    finally:
        for ear in ears:
            ear.leave()


class _Ear(asyncio.Protocol):
    """One connection that listens."""

    def __init__(self, hall: Hall, topics: Sequence[str], hearing: Hearing) -> None:
        query = "&".join(f"topic={quote(topic)}" for topic in topics)
        self._request = f"GET /live?{query} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {hall.key}\r\n\r\n"
        self._hearing = hearing
        self._parser = httptools.HttpResponseParser(self)
        self._rest = b""
        self._leaving = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(self._request.encode())

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        *whole, self._rest = (self._rest + body).split(b"\n\n")
        for message in whole:
            if message.startswith(b"event: ready") and not self.ready.done():
                self.ready.set_result(None)
            self._hearing.heard(message)

    def connection_lost(self, _: Exception | None) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(self._rest.decode("utf-8", "replace")))
        elif not self._leaving:
            self._hearing.lost += 1

    def leave(self) -> None:
        """Hang up."""
        self._leaving = True
        self._transport.close()
