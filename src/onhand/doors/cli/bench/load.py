"""The load generator: connections that ask, wait for the answer, and ask again, for a while.

Left alone, each asks as soon as it was answered. Given a rate, each keeps to its appointments, and an answer's
latency counts from the appointment: a server that stalls cannot hide behind questions nobody came to ask.

It runs in a process of its own on uvloop and httptools, which are compiled, so that it is not the bottleneck: it
spends about a twentieth of what the server spends on a request (the benchmark prints both).
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import count, repeat
from multiprocessing import get_context
from typing import cast

import httptools
import uvloop

# Longer than any answer may take; after it the run is given up.
SECONDS_TO_ANSWER = 30.0

# A connection's own stream of requests, as they go over the wire; ends when the connection has nothing more to ask.
Requests = Callable[[int], Iterator[bytes]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask, over how many connections at once, for how long; the first ``warm_up`` seconds do not count."""

    host: str
    port: int
    connections: int
    seconds: float
    requests: Requests
    warm_up: float = 1.0
    per_second: float | None = None


@dataclass(slots=True)
class Result:
    """What came back within the counted time: latencies in seconds, and how often each status."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    sent_before: int = 0
    cpu_seconds: float = 0.0
    wrong: bytes = b""

    def per_second(self) -> float:
        """Answers in a second."""
        return len(self.latencies) / self.seconds if self.seconds else 0.0


def run_apart(plan: Plan) -> Result:
    """Carry out a plan in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as generator:
        return generator.submit(run, plan).result()


def run(plan: Plan) -> Result:
    """Carry out a plan in this process."""
    return uvloop.run(_run(plan))


async def _run(plan: Plan) -> Result:
    loop = asyncio.get_running_loop()
    result = Result()
    start = time.perf_counter()
    begin = start + plan.warm_up
    window = _Window(result, begin, begin + plan.seconds)
    asking = [_connect(loop, plan, window, number, start) for number in range(plan.connections)]
    cpu = time.process_time()
    async with asyncio.timeout(plan.warm_up + plan.seconds + SECONDS_TO_ANSWER):
        await asyncio.gather(*asking)
    result.cpu_seconds = time.process_time() - cpu
    result.seconds = min(window.last, window.end) - begin
    return result


async def _connect(loop: asyncio.AbstractEventLoop, plan: Plan, window: _Window, number: int, start: float) -> None:
    done = loop.create_future()
    appointments = _appointments(plan, number, start)
    await loop.create_connection(
        lambda: _Asking(loop, plan.requests(number), window, appointments, done), plan.host, plan.port
    )
    await done


def _appointments(plan: Plan, number: int, start: float) -> Iterator[float]:
    """When a connection asks: at its turns of the rate, or (0) at once."""
    if plan.per_second is None:
        return repeat(0.0)
    each = plan.connections / plan.per_second
    return count(start + each * number / plan.connections, each)


@dataclass(slots=True)
class _Window:
    """When to count, and when to stop asking."""

    result: Result
    begin: float
    end: float
    last: float = 0.0

    def answered(self, asked_at: float, status: int) -> bool:
        """Count an answer; False when time is up."""
        now = time.perf_counter()
        if now >= self.end:
            return False
        self.last = now
        if asked_at >= self.begin:
            self.result.latencies.append(now - asked_at)
            self.result.statuses[status] += 1
        else:
            self.result.sent_before += 1
        return True


class _Asking(asyncio.Protocol):
    """One connection: asks, waits for the whole answer, asks again."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        requests: Iterator[bytes],
        window: _Window,
        appointments: Iterator[float],
        done: asyncio.Future[None],
    ) -> None:
        self._loop = loop
        self._requests = requests
        self._window = window
        self._appointments = appointments
        self._done = done
        self._asked_at = 0.0
        self._body = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._ask()

    def _ask(self) -> None:
        due, now = next(self._appointments), time.perf_counter()
        self._asked_at = due or now
        if due > now:
            self._loop.call_later(due - now, self._send)
        else:
            self._send()

    def _send(self) -> None:
        request = next(self._requests, None)
        if request is None or self._transport.is_closing():
            self._transport.close()
            return
        self._parser = httptools.HttpResponseParser(self)
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body = body

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status >= 400 and not self._window.result.wrong:
            self._window.result.wrong = self._body
        if self._window.answered(self._asked_at, status):
            self._ask()
        else:
            self._transport.close()

    def connection_lost(self, _: Exception | None) -> None:
        if not self._done.done():
            self._done.set_result(None)
