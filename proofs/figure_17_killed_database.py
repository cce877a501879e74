"""The database is killed again and again while orders come in.

``onhand serve`` with its own database; customers who place orders, a new one as soon as the last is acknowledged, and
ask again with the same number when they hear nothing or are told to come back. So often the postmaster is killed with
SIGKILL in the midst of it, and left to the server to bring back.

It holds when every acknowledged order is in the database at the end, the books are in order, and the first order after
each kill is acknowledged within ten seconds of it.
"""

from __future__ import annotations

import asyncio
import os
import signal
import time
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import uvloop

from onhand.core.database import Connection, connect
from onhand.core.embedded import start
from proofs.clients import Callers
from proofs.figures import Figure, broken, own_server, worst
from proofs.stall import Stall, set_up
from serving import free_port, serving

TITLE = "kill -9 of PostgreSQL under load"
PEOPLE, LONGEST_OUTAGE = 32, 10.0
# Orders flow for so long between two kills.
PAUSE_SECONDS = 1.5


@dataclass
class Seen:
    """What customers heard, and how long each outage was."""

    acknowledged: set[int] = field(default_factory=set)
    refused: int = 0
    served: asyncio.Event = field(default_factory=asyncio.Event)
    outages: list[float] = field(default_factory=list)


def prove(short: bool) -> Figure:
    """Twenty kills; in short two."""
    kills = 2 if short else 20
    seen = Seen()
    with own_server() as server:
        folder, stall = server.folder, set_up(server.url)
        server.stop()  # from here on it is the served process's to run
        port = free_port()
        with serving("serve", port=port, ONHAND_DATA=str(folder)) as served:
            uvloop.run(_story(port, stall, folder, kills, seen))
            served.stop()
        with start(folder) as again, connect(again.url) as db:
            lost = seen.acknowledged - _kept(db)
            faults = broken(db)
    longest = max(seen.outages, default=99.0)
    passed = not lost and not faults and not seen.refused and longest <= LONGEST_OUTAGE and len(seen.outages) == kills
    said = (
        f"{kills} kills, {len(seen.acknowledged):,} orders acknowledged, {len(lost)} lost, {seen.refused} refused;"
        f" back after {sorted(seen.outages)[len(seen.outages) // 2]:.1f} s, at most {longest:.1f} s;"
        f" books {'in order' if not faults else 'broken'}{worst(faults)}"
    )
    return Figure(17, TITLE, passed=passed, figure=said)


async def _story(port: int, stall: Stall, folder: Path, kills: int, seen: Seen) -> None:
    callers, numbers, closing = Callers(port), count(), asyncio.Event()

    async def customer() -> None:
        while not closing.is_set():
            number = next(numbers)
            answer = await callers.insist(stall.order(number), times=200, pause=0.05, most_pause=0.2)
            if answer.status == 201:
                seen.acknowledged.add(number)
                seen.served.set()
            else:
                seen.refused += 1

    customers = [asyncio.ensure_future(customer()) for _ in range(PEOPLE)]
    for _ in range(kills):
        await asyncio.sleep(PAUSE_SECONDS)
        await _kill(folder, seen)
    await asyncio.sleep(PAUSE_SECONDS)
    closing.set()
    await asyncio.gather(*customers)
    callers.close()


async def _kill(folder: Path, seen: Seen) -> None:
    """Kill the postmaster, and wait for the first order that is acknowledged afterwards."""
    killed = time.perf_counter()
    os.kill(int((folder / "postgres" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)
    # Answers to what had been committed before are still on their way for a moment.
    await asyncio.sleep(0.1)
    seen.served.clear()
    async with asyncio.timeout(6 * LONGEST_OUTAGE):
        await seen.served.wait()
    seen.outages.append(time.perf_counter() - killed)


def _kept(db: Connection) -> set[int]:
    return {int(number[1:]) for (number,) in db.execute("SELECT number FROM orders_order WHERE number LIKE 'N%'")}
