"""Three times as much comes as can be done, for a minute, from clients that ask again.

First the peak is sought: the most orders a second the server carries out, and then its latency at half of that. Then
so many orders arrive as three times the peak, however those before them fare (an open loop); who is told to come back
does, twice at most, and of all that goes out a tenth at most are such repetitions. Beside them a trickle of calls that
must get through: steps of orders placed before, each asked once. Then the flood ends, and half the peak goes on.

It holds when during the flood at least 80 % of the peak is still carried out, at least 95 % of the trickle is answered
well and in time, and the latency is back within ten seconds. The server is told nothing in advance: ``onhand serve``
as it comes, with the load generator and the database on the same machine.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import count
from multiprocessing.connection import Connection
from typing import NamedTuple

import uvloop

from onhand.core.database import connect
from proofs.clients import Answer, Callers, Flood, Served, arrive, crowd, percentile
from proofs.elsewhere import elsewhere
from proofs.figures import Figure, broken, own_server, worst
from proofs.stall import Stall, set_up
from serving import free_port, serving

TITLE = "overload: three times the peak for a minute, clients that ask again"
TIMES, ATTEMPTS, TRICKLE = 3, 3, 20
GOODPUT, CRITICAL, SECONDS_TO_RECOVER = 0.80, 0.95, 10
# A call that must get through is of no use later.
SECONDS_FOR_CRITICAL = 5.0
# So far apart are the numbers of the flood's orders from those of the others.
AHEAD = 10_000_000


class Sizes(NamedTuple):
    """How many come at once to find the peak, and how long each part takes."""

    people: tuple[int, ...]
    peak: float
    flood: float
    after: int


FULL = Sizes((128, 256, 512), 8, 60, 15)
SHORT = Sizes((256,), 2, 4, 10)


@dataclass
class Seen:
    """What came of it."""

    peak: float = 0.0
    before: float = 0.0
    goodput: float = 0.0
    arrived: int = 0
    again: int = 0
    wrong: int = 0
    critical: list[Answer] = field(default_factory=list)
    after: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """What of the peak was still carried out."""
        return self.goodput / self.peak if self.peak else 0.0

    @property
    def through(self) -> float:
        """What of the trickle got through."""
        return sum(answer.status == 201 for answer in self.critical) / max(1, len(self.critical))

    @property
    def recovered(self) -> int | None:
        """The first second after the flood whose latency is as before (twice as much, and 20 ms, are the same)."""
        return next((second for second, each in enumerate(self.after, 1) if each <= 2 * self.before + 0.02), None)


def prove(short: bool) -> Figure:
    """A minute of flood. In short a few seconds, which show that nobody drowns, but are too few to hold shares to."""
    with own_server() as server:
        stall, port = set_up(server.url), free_port()
        with serving("serve", url=server.url, port=port) as served:
            seen = uvloop.run(_story(port, stall, SHORT if short else FULL))
            served.stop()
        with connect(server.url) as db:
            faults = broken(db)
    held = (
        seen.wrong == 0
        and seen.share >= GOODPUT
        and seen.through >= CRITICAL
        and (seen.recovered or 99) <= SECONDS_TO_RECOVER
    )
    survived = seen.wrong == 0 and seen.goodput > 0 and seen.through > 0 and seen.recovered is not None
    return Figure(14, TITLE, passed=not faults and (survived if short else held), figure=_said(seen) + worst(faults))


def _said(seen: Seen) -> str:
    waits = [answer.seconds for answer in seen.critical if answer.status == 201]
    return (
        f"peak {seen.peak:,.0f}/s; of {seen.arrived:,} that came, and {seen.again:,} times again,"
        f" {seen.goodput:,.0f}/s carried out ({seen.share:.0%}), {seen.wrong} neither done nor told to come back;"
        f" critical {seen.through:.1%} of {len(seen.critical)} through, p95 {percentile(waits, 0.95):.2f} s;"
        f" p95 {seen.before * 1000:.0f} ms before, back {f'after {seen.recovered} s' if seen.recovered else 'never'}"
    )


async def _story(port: int, stall: Stall, sizes: Sizes) -> Seen:
    seen, callers, numbers = Seen(), Callers(port), count()
    for people in sizes.people:
        placed: list[Served] = []
        began = time.perf_counter()
        await crowd(people, sizes.peak, _placing(callers, stall, numbers, placed))
        seen.peak = max(seen.peak, len(placed) / (time.perf_counter() - began))
    placed = []
    await arrive(seen.peak / 2, sizes.peak, _placing(callers, stall, numbers, placed))
    seen.before = percentile([each.seconds for each in placed], 0.95)
    await _flood(port, stall, numbers, seen, sizes)
    callers.close()
    return seen


def _placing(
    callers: Callers, stall: Stall, numbers: count[int], placed: list[Served], *, times: int = 1
) -> Callable[[], Awaitable[None]]:
    async def place() -> None:
        asked = time.perf_counter()
        answer = await callers.insist(stall.order(next(numbers)), times=times)
        if answer.status == 201:
            placed.append(Served(asked, time.perf_counter()))

    return place


async def _flood(port: int, stall: Stall, numbers: count[int], seen: Seen, sizes: Sizes) -> None:
    """The flood and the trickle; and then, while the last of the flood is still being served, half the peak again."""
    others, steps = Callers(port), count()

    async def critical() -> None:
        step = next(steps)
        seen.critical.append(await others.ask(stall.step(step, f"critical-{step}"), patience=SECONDS_FOR_CRITICAL))

    with elsewhere(_be_the_flood, port, stall, next(numbers), TIMES * seen.peak, sizes.flood) as flood:
        flood.send("begin")
        await arrive(TRICKLE, sizes.flood, critical)
        await _go_on(others, stall, numbers, seen, sizes)
        flooded: Flooded = await asyncio.to_thread(flood.recv)
    seen.goodput = flooded.served / sizes.flood
    seen.arrived, seen.again, seen.wrong = flooded.came, flooded.came_again, flooded.wrong
    others.close()


class Flooded(NamedTuple):
    """What became of a flood: who was served while it lasted, and how many came, came again, and were not answered."""

    served: int
    came: int
    came_again: int
    wrong: int


def _be_the_flood(pipe: Connection, port: int, stall: Stall, first: int, rate: float, seconds: float) -> None:
    async def flooding() -> Flooded:
        flood = Flood(port, map(stall.order, count(first + AHEAD)), attempts=ATTEMPTS)
        await flood.open()
        pipe.send("open")
        pipe.recv()
        end = time.perf_counter() + seconds
        await flood.come(rate, seconds)
        served = sum(each.answered <= end for each in flood.served)
        return Flooded(served, flood.came, flood.came_again, flood.wrong)

    pipe.send(uvloop.run(flooding()))


async def _go_on(callers: Callers, stall: Stall, numbers: count[int], seen: Seen, sizes: Sizes) -> None:
    after: list[Served] = []
    began = time.perf_counter()
    await arrive(seen.peak / 2, sizes.after, _placing(callers, stall, numbers, after, times=ATTEMPTS))
    seconds: dict[int, list[float]] = defaultdict(list)
    for each in after:
        seconds[int(each.asked - began)].append(each.seconds)
    seen.after = [percentile(seconds[second], 0.95) if seconds[second] else 99.0 for second in range(sizes.after)]
