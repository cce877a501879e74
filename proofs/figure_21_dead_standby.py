"""The synchronous standby dies while orders come in: nothing is acknowledged that only one server has.

A primary, a standby (``synchronous_standby_names``), ``onhand serve`` with two processes, customers who place orders.
The standby is killed. From then on every order is one the standby has not; customers go on to place new ones, and to
ask again for those in doubt. Meanwhile an administrator cancels the waiting commits, again and again: PostgreSQL then
answers that they succeeded, with a warning (a plain driver, asked beside it, takes that for success). Then the standby
comes back, and everybody asks until he is answered.

It holds when no answer to what was asked while the standby was dead is a success, none took longer than five seconds,
each was a 503, questions were answered all the while, and at the end every order acknowledged is on the standby, each
placed once, and the books are in order.
"""

from __future__ import annotations

import asyncio
import threading
import time
from dataclasses import dataclass, field
from itertools import count

import psycopg
import uvloop

from onhand.core.database import connect
from onhand.core.embedded import Server
from proofs.clients import Answer, Callers, get
from proofs.figures import Figure, broken, own_server, worst
from proofs.stall import Stall, set_up
from proofs.standby import Standby, standby_of
from serving import free_port, serving

TITLE = "dead standby: nothing acknowledged that only one server has"
PEOPLE, LONGEST, MOSTLY = 24, 5.0, 0.9
SECONDS_ALIVE = 1.5


@dataclass
class Seen:
    """What customers heard: before, while the standby was dead, and after."""

    acknowledged: set[int] = field(default_factory=set)
    dead: list[Answer] = field(default_factory=list)
    doubtful: set[int] = field(default_factory=set)
    in_doubt_said: int = 0
    cancelled: int = 0
    plain: str = ""
    ready: list[int] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)
    refused: int = 0
    back: float = 99.0


def prove(short: bool) -> Figure:
    """A minute without the standby; in short six seconds."""
    seen = Seen()
    with own_server() as server, standby_of(server) as standby:
        stall, port = set_up(server.url), free_port()
        with serving("serve", "--processes", "2", url=server.url, port=port):
            uvloop.run(_story(port, stall, server, standby, 6.0 if short else 60.0, seen))
        faults = _faults(server, standby, seen)
    late = [each.seconds for each in seen.dead if each.seconds > LONGEST]
    wrong = [each.status for each in seen.dead if each.status != 503]
    passed = not (faults or late or wrong or seen.refused) and seen.cancelled > 0 and seen.in_doubt_said > 0
    # A process that is only kept out by the other's locks takes a batch now and then to see whether it still is.
    unready = seen.ready.count(503) / max(1, len(seen.ready))
    passed = passed and unready >= MOSTLY and set(seen.questions) == {200} and seen.plain == "success"
    slowest = max((each.seconds for each in seen.dead), default=0.0)
    said = (
        f"{len(seen.dead):,} asked while it was dead: {sum(200 <= each < 300 for each in wrong)} acknowledged,"
        f" {len(wrong)} other than 503, the slowest after {slowest:.1f} s; {seen.in_doubt_said} told they are in doubt,"
        f" {seen.cancelled} waits cancelled by hand (a plain driver: {seen.plain}); {len(seen.questions)} questions"
        f" answered, not ready {seen.ready.count(503)} times of {len(seen.ready)};"
        f" back {seen.back:.1f} s after it, {len(seen.acknowledged):,} orders acknowledged, all on the"
        f" standby, each placed once{worst(faults) or ', books in order'}"
    )
    return Figure(21, TITLE, passed=passed, figure=said)


async def _story(port: int, stall: Stall, server: Server, standby: Standby, seconds: float, seen: Seen) -> None:
    callers, numbers = Callers(port), count()
    end = time.perf_counter() + SECONDS_ALIVE

    async def customer() -> None:
        while time.perf_counter() < end:
            number = next(numbers)
            answer = await callers.ask(stall.order(number))
            (seen.acknowledged if answer.status == 201 else seen.doubtful).add(number)

    await asyncio.gather(*(customer() for _ in range(PEOPLE)))
    await asyncio.to_thread(standby.kill)
    await _without(callers, stall, server, seconds, numbers, seen)
    began = time.perf_counter()
    await asyncio.to_thread(standby.start)
    await asyncio.gather(*(_settle(callers, stall, number, seen) for number in sorted(seen.doubtful)))
    seen.back = time.perf_counter() - began
    callers.close()


async def _without(
    callers: Callers, stall: Stall, server: Server, seconds: float, numbers: count[int], seen: Seen
) -> None:
    end, told = time.perf_counter() + seconds, threading.Event()
    interfering = threading.Thread(target=_interfere, args=[server.admin_url, told, seen])
    interfering.start()

    async def customer(place: int) -> None:
        while time.perf_counter() < end:
            # Every other asking is for what he, or somebody, is in doubt about.
            number = min(seen.doubtful) if place % 2 and seen.doubtful else next(numbers)
            answer = await callers.ask(stall.order(number))
            seen.dead.append(answer)
            seen.doubtful.add(number)
            seen.in_doubt_said += b"in_doubt" in answer.body
            await asyncio.sleep(0.1)

    async def watcher() -> None:
        await asyncio.sleep(min(5.0, seconds / 2))
        while time.perf_counter() < end:
            seen.ready.append((await callers.ask(get("/readyz", stall.key))).status)
            seen.questions.append((await callers.ask(stall.availability(1))).status)
            await asyncio.sleep(0.3)

    await asyncio.gather(*(customer(place) for place in range(PEOPLE)), watcher())
    told.set()
    await asyncio.to_thread(interfering.join, 30)


def _interfere(url: str, told: threading.Event, seen: Seen) -> None:
    """Cancel the waits every now and then; and show once what a plain driver makes of it."""
    with psycopg.connect(url, autocommit=True) as admin:
        plain = threading.Thread(target=_ask_plainly, args=[url, seen])
        plain.start()
        while not told.wait(1.0):
            seen.cancelled += admin.execute(
                "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
            ).rowcount
        while plain.is_alive():
            admin.execute("SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
            plain.join(0.1)


def _ask_plainly(url: str, seen: Seen) -> None:
    with psycopg.connect(url) as db:
        db.execute("CREATE TABLE plain AS SELECT 1 AS one")
        db.commit()
        seen.plain = "success"


async def _settle(callers: Callers, stall: Stall, number: int, seen: Seen) -> None:
    answer = await callers.insist(stall.order(number), times=200, pause=0.1, most_pause=0.5)
    if answer.status == 201:
        seen.acknowledged.add(number)
    else:
        seen.refused += 1


def _faults(server: Server, standby: Standby, seen: Seen) -> list[str]:
    with connect(server.url) as db:
        faults = broken(db)
        (twice,) = db.execute(
            "SELECT count(*) FROM (SELECT FROM core_event WHERE kind = 'order.placed' GROUP BY subject"
            " HAVING count(*) > 1) AS twice"
        ).fetchone() or (0,)
    with connect(standby.url, autocommit=True) as db:
        rows = db.execute("SELECT number FROM orders_order WHERE number LIKE 'N%'")
        there = {int(number[1:]) for (number,) in rows}
    if lost := seen.acknowledged - there:
        faults.append(f"{len(lost)} acknowledged orders are not on the standby")
    return [*faults, f"{twice} orders were placed twice"] if twice else faults
