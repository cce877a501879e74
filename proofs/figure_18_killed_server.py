"""The serving process is killed at every point of a command's life, again and again, while commands come in.

The points: before a batch is begun; when its positions are locked and read; when all is written and nothing committed;
when it is committed and nobody has been told; and while the process, told to stop, answers those who still wait. After
each death a new process is started on the same port and database, to die at the next point.

Half of the customers place orders, which have a name of their own; the other half report one more piece found, where
only the idempotency key tells the second asking from a second piece. Who hears nothing asks again, with the same name,
until he is answered.

It holds when nothing acknowledged is missing, the number of pieces is exactly the number of findings answered, each
order was placed once, and nobody was left in doubt for more than a minute.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import uvloop

from onhand.core.database import Connection, connect
from proofs.clients import Answer, Callers
from proofs.crashing import POINTS
from proofs.figures import Figure, broken, fresh_database, worst
from proofs.stall import PIECES, Stall, set_up
from serving import free_port, serving, started

TITLE = "kill -9 of the serving process at named points"
PEOPLE, LONGEST_DOUBT = 24, 60.0
# A process dies at the latest at the passing of so many batches.
MOST_PASSINGS = 12
SECONDS_BEFORE_THE_END = 0.7
ROOT = str(Path(__file__).resolve().parents[1])


@dataclass
class Seen:
    """What customers heard, and how often a process died."""

    orders: set[int] = field(default_factory=set)
    findings: set[int] = field(default_factory=set)
    refused: int = 0
    longest: float = 0.0
    deaths: dict[str, int] = field(default_factory=lambda: dict.fromkeys(POINTS, 0))


def prove(short: bool) -> Figure:
    """Ten deaths at each of the five points; in short one."""
    rounds = 1 if short else 10
    seen = Seen()
    with fresh_database() as url:
        stall = set_up(url)
        uvloop.run(_story(stall, url, rounds, seen))
        with connect(url) as db:
            faults = _faults(db, stall, seen) + broken(db)
    deaths, wanted = sum(seen.deaths.values()), rounds * len(POINTS)
    passed = not faults and not seen.refused and deaths == wanted and seen.longest <= LONGEST_DOUBT
    at_points = ", ".join(f"{number} {point}" for point, number in seen.deaths.items())
    said = (
        f"{deaths} of {wanted} deaths ({at_points}); {len(seen.orders):,} orders and {len(seen.findings):,} findings"
        f" acknowledged, {seen.refused} refused;"
        f" longest doubt {seen.longest:.1f} s{worst(faults) or '; 0 lost, 0 done twice, books in order'}"
    )
    return Figure(18, TITLE, passed=passed, figure=said)


async def _story(stall: Stall, url: str, rounds: int, seen: Seen) -> None:
    port, chance = free_port(), Random(18)  # noqa: S311 - a seed is wanted, not a secret
    callers, numbers, closing = Callers(port), count(), asyncio.Event()

    async def customer(*, place: bool) -> None:
        while not closing.is_set():
            number = next(numbers)
            request = stall.order(number) if place else stall.found(number)
            answer = await callers.insist(request, times=1000, patience=5, pause=0.05, most_pause=0.2)
            _note(seen, number, answer, place=place)

    customers = [asyncio.ensure_future(customer(place=person % 2 == 0)) for person in range(PEOPLE)]
    for point in POINTS * rounds:
        last = 1 if point == "while draining" else chance.randint(1, MOST_PASSINGS)
        seen.deaths[point] += await asyncio.to_thread(_live_and_die, point, last, url, port)
    with ExitStack() as stack:
        await asyncio.to_thread(stack.enter_context, serving("serve", url=url, port=port))
        closing.set()
        await asyncio.gather(*customers)
    callers.close()


def _note(seen: Seen, number: int, answer: Answer, *, place: bool) -> None:
    if answer.status != 201:
        seen.refused += 1
    else:
        (seen.orders if place else seen.findings).add(number)
    seen.longest = max(seen.longest, answer.seconds)


def _live_and_die(point: str, last: int, url: str, port: int) -> bool:
    """Serve until the point is passed so often. True when it died there, and of that."""
    command = [sys.executable, "-m", "proofs.crashing", point, str(last)]
    path = os.pathsep.join([ROOT, os.environ.get("PYTHONPATH", "")])
    with started("serve", url=url, port=port, command=command, PYTHONPATH=path) as served:
        if point == "while draining":
            served.until("is running")
            served.client.get("/readyz").raise_for_status()
            time.sleep(SECONDS_BEFORE_THE_END)
            served.process.terminate()
        return served.process.wait(LONGEST_DOUBT) == -signal.SIGKILL


def _faults(db: Connection, stall: Stall, seen: Seen) -> list[str]:
    kept = {int(number[1:]) for (number,) in db.execute("SELECT number FROM orders_order WHERE number LIKE 'N%%'")}
    (twice,) = db.execute(
        "SELECT count(*) FROM (SELECT FROM core_event WHERE kind = 'order.placed' GROUP BY subject HAVING count(*) > 1)"
    ).fetchone() or (0,)
    (pieces,) = db.execute(
        "SELECT on_hand FROM stock_position JOIN catalog_sku AS sku ON sku.id = sku_id WHERE sku.code = %s",
        (stall.skus[0],),
    ).fetchone() or (0,)
    faults = []
    if seen.orders - kept:
        faults.append(f"{len(seen.orders - kept)} acknowledged orders are missing")
    if twice:
        faults.append(f"{twice} orders were placed twice")
    if pieces - PIECES != len(seen.findings):
        faults.append(f"{len(seen.findings)} findings made {pieces - PIECES} pieces")
    return faults
