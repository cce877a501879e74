"""Callers over HTTP, many and cheap: each request goes over a kept connection, on uvloop and httptools.

A caller is as patient as a shop's own software: it gives up waiting after a while, asks again with the same key when
it was not answered or told to come back, and waits longer each time.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from typing import NamedTuple, cast

import httptools
import msgspec

HOST = "127.0.0.1"
# As a proxy has them: who finds none free waits for one.
MOST_LINES = 8192
NOBODY = 0
PATIENCE = 10.0


class Answer(NamedTuple):
    """What came back; status 0 (``NOBODY``) when nothing did."""

    status: int
    seconds: float
    retry_after: float | None = None
    body: bytes = b""

    @property
    def final(self) -> bool:
        """Whether it is settled: done, or refused for good. Else it is worth asking again, with the same key."""
        return self.status not in {NOBODY, 429, 500, 502, 503, 504}


class Line(asyncio.Protocol):
    """A connection: one question at a time."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self._answered: asyncio.Future[tuple[int, float | None, bytes]] | None = None
        self._parser: httptools.HttpResponseParser
        self._retry_after: float | None = None
        self._body: list[bytes] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember the way out."""
        self.transport = cast("asyncio.Transport", transport)

    def ask(self, request: bytes) -> asyncio.Future[tuple[int, float | None, bytes]]:
        """Send a request; the future holds status, Retry-After and body, or ``ConnectionError``."""
        self._answered = asyncio.get_running_loop().create_future()
        self._parser, self._retry_after, self._body = httptools.HttpResponseParser(self), None, []
        if self.transport.is_closing():
            self._answered.set_exception(ConnectionError())
        else:
            self.transport.write(request)
        return self._answered

    def data_received(self, data: bytes) -> None:
        """Read on."""
        self._parser.feed_data(data)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Look for what matters to who was turned away."""
        if name.lower() == b"retry-after":
            self._retry_after = float(value)

    def on_body(self, body: bytes) -> None:
        """Keep a piece of the body."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        if self._answered and not self._answered.done():
            self._answered.set_result((self._parser.get_status_code(), self._retry_after, b"".join(self._body)))

    def connection_lost(self, fault: Exception | None) -> None:
        """Nobody will answer any more."""
        if self._answered and not self._answered.done():
            self._answered.set_exception(ConnectionError(str(fault or "closed")))


class Callers:
    """As many lines as are needed at once; who is done leaves his to the next."""

    def __init__(self, port: int, *, most: int = MOST_LINES) -> None:
        self._port = port
        self._idle: list[Line] = []
        self._free = asyncio.Semaphore(most)

    async def ask(self, request: bytes, *, patience: float = PATIENCE) -> Answer:
        """Ask once."""
        began, line = time.perf_counter(), None
        try:
            async with asyncio.timeout(patience), self._free:
                line = await self._line()
                answered = await line.ask(request)
        except (OSError, TimeoutError):
            if line:
                line.transport.abort()
            return Answer(NOBODY, time.perf_counter() - began)
        self._idle.append(line)
        status, retry_after, body = answered
        return Answer(status, time.perf_counter() - began, retry_after, body)

    async def insist(
        self, request: bytes, *, times: int, patience: float = PATIENCE, pause: float = 0.2, most_pause: float = 10.0
    ) -> Answer:
        """Ask until it is settled, so many times at most; each pause is longer than the last, and than was told.

        The answer's seconds count from the first asking.
        """
        began = time.perf_counter()
        for attempt in range(times):
            answer = await self.ask(request, patience=patience)
            if answer.final or attempt == times - 1:
                break
            least = answer.retry_after or pause
            longer = random.random() * min(most_pause, pause * 2**attempt)  # noqa: S311 - no secret
            await asyncio.sleep(least + longer)
        return answer._replace(seconds=time.perf_counter() - began)

    async def _line(self) -> Line:
        while self._idle:
            line = self._idle.pop()
            if not line.transport.is_closing():
                return line
        _, line = await asyncio.get_running_loop().create_connection(Line, HOST, self._port)
        return line

    def close(self) -> None:
        """Hang up."""
        for line in self._idle:
            line.transport.close()


def post(path: str, key: str, body: object, *, name: str = "") -> bytes:
    """A request that asks for something; ``name`` is its idempotency key."""
    return post_text(path, key, msgspec.json.encode(body).decode(), name=name)


def post_text(path: str, key: str, text: str, *, name: str = "") -> bytes:
    """As ``post``, of a body that is JSON already, and ASCII."""
    named = f"Idempotency-Key: {name}\r\n" if name else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {key}\r\n{named}"
        f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n{text}"
    ).encode()


def get(path: str, key: str) -> bytes:
    """A request that asks a question."""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {key}\r\n\r\n".encode()


async def arrive(rate: float, seconds: float, deed: Callable[[], Awaitable[object]]) -> int:
    """Open loop: so many come each second, however those before them fare. Returns, when all went, how many came."""
    under_way: set[asyncio.Future[object]] = set()
    began, came = time.perf_counter(), 0
    while (elapsed := time.perf_counter() - began) < seconds:
        while came < elapsed * rate:
            one = asyncio.ensure_future(deed())
            under_way.add(one)
            one.add_done_callback(under_way.discard)
            came += 1
        await asyncio.sleep(0.002)
    if under_way:
        await asyncio.wait(under_way)
    return came


async def crowd(people: int, seconds: float, deed: Callable[[], Awaitable[object]]) -> None:
    """Closed loop: so many people, each of whom comes again as soon as he was served."""
    end = time.perf_counter() + seconds

    async def one() -> None:
        while time.perf_counter() < end:
            await deed()

    await asyncio.gather(*(one() for _ in range(people)))


class Served(NamedTuple):
    """Somebody was served: when he asked for the first time, and when that was answered."""

    asked: float
    answered: float

    @property
    def seconds(self) -> float:
        """How long he waited."""
        return self.answered - self.asked


class _Customer(NamedTuple):
    """Somebody of the flood: what he asks for, since when, and how often he was told to come back."""

    request: bytes
    asked: float
    refusals: int


class Flood:
    """An open loop of thousands a second, without a task for each: customers queue for lines, as before a proxy.

    Who is answered with 503, or got no line within ten seconds, comes again after a pause, each time a longer one, so
    often at most. All together they keep a budget: of what goes out, a tenth at most are repetitions. Both numbers are
    those of "Handling Overload" in Google's book on site reliability (three attempts, ten per cent); without a budget,
    three attempts turn three times the peak into eight.
    """

    def __init__(
        self,
        port: int,
        requests: Iterator[bytes],
        *,
        attempts: int,
        budget: float = 0.1,
        lines: int = MOST_LINES,
    ) -> None:
        self.served: list[Served] = []
        self.came = 0
        self.came_again = 0
        self.given_up = 0
        self.wrong = 0
        self._port = port
        self._requests = requests
        self._attempts = attempts
        self._budget = budget
        self._most_lines = lines
        self._idle: list[_FloodLine] = []
        self._waiting: deque[tuple[float, _Customer]] = deque()
        self._gone = asyncio.Event()

    async def open(self) -> None:
        """Make the lines."""
        loop = asyncio.get_running_loop()
        for _ in range(self._most_lines):
            _, line = await loop.create_connection(lambda: _FloodLine(self), HOST, self._port)
            self._idle.append(line)

    async def come(self, rate: float, seconds: float) -> None:
        """Let so many come each second. Returns when the last of them was served or has given up."""
        began = time.perf_counter()
        while (elapsed := time.perf_counter() - began) < seconds:
            self._let_in(int(elapsed * rate) - self.came)
            await asyncio.sleep(0.005)
        while self.came > len(self.served) + self.given_up + self.wrong:
            self._gone.clear()
            await self._gone.wait()
        for line in self._idle:
            line.transport.close()

    def _let_in(self, people: int) -> None:
        now = time.perf_counter()
        for _ in range(people):
            self._ask(_Customer(next(self._requests), now, 0))
        self.came += max(0, people)

    def _ask(self, customer: _Customer) -> None:
        if self._idle:
            self._idle.pop().ask(customer)
        else:
            self._waiting.append((time.perf_counter(), customer))

    def answered(self, line: _FloodLine, customer: _Customer, status: int) -> None:
        """A line is free again, and its customer has his answer."""
        if status == 201:
            self.served.append(Served(customer.asked, time.perf_counter()))
        elif status == 503:
            self._turned_away(customer)
        else:
            self.wrong += 1
        self._gone.set()
        self._next(line)

    def _next(self, line: _FloodLine) -> None:
        since = time.perf_counter() - PATIENCE
        while self._waiting:
            waits_since, customer = self._waiting.popleft()
            if waits_since >= since:
                line.ask(customer)
                return
            self._turned_away(customer)
        self._idle.append(line)

    def _turned_away(self, customer: _Customer) -> None:
        if customer.refusals + 1 >= self._attempts or not self._may_come_again():
            self.given_up += 1
            return
        self.came_again += 1
        again = customer._replace(refusals=customer.refusals + 1)
        pause = 1 + random.random() * 2**customer.refusals  # noqa: S311 - no secret
        asyncio.get_running_loop().call_later(pause, self._ask, again)

    def _may_come_again(self) -> bool:
        return self.came_again < self._budget * (self.came + self.came_again)


class _FloodLine(asyncio.Protocol):
    """A line of the flood, which reads of an answer only what it must."""

    def __init__(self, flood: Flood) -> None:
        self._flood = flood
        self._customer: _Customer | None = None
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def ask(self, customer: _Customer) -> None:
        """Put a customer's question."""
        self._customer, self._read = customer, b""
        self.transport.write(customer.request)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head = self._read.find(b"\r\n\r\n")
        if head < 0 or self._customer is None:
            return
        length = self._read.find(b"content-length: ") + 16
        if len(self._read) < head + 4 + int(self._read[length : self._read.find(b"\r", length)]):
            return
        customer, self._customer = self._customer, None
        self._flood.answered(self, customer, int(self._read[9:12]))

    def connection_lost(self, fault: Exception | None) -> None:  # noqa: ARG002 - so the loop calls it
        if self._customer is not None:
            self._flood.answered(self, self._customer, NOBODY)


def percentile(seconds: list[float], share: float) -> float:
    """The time within which so large a share was served; 0 when nobody was."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0
