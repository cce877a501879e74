"""Ten thousand people at once, each with a page open that listens, and a thought of twenty seconds between two acts.

One serving process holds every stream. Each session watches a few SKUs; together they place an order or look something
up as often as so many people would (an open loop: who is slow to be answered does not keep the next from coming). As
many sessions as the files this machine lets a process open, and ten thousand at most.
"""

from __future__ import annotations

import os
import resource
import time
from dataclasses import dataclass, field
from itertools import count

import psutil
import uvloop

from onhand.core.database import connect
from onhand.doors.cli.bench.listeners import Hall, Hearing, listening
from proofs.clients import HOST, Answer, Callers, arrive, percentile
from proofs.figures import Figure, broken, own_server, worst
from proofs.stall import Stall, set_up
from serving import free_port, serving

TITLE = "sessions at once, each listening, with time to think"
SESSIONS, THINKING_SECONDS, SECONDS, WATCHED, SKUS = 10_000, 20.0, 30.0, 3, 1000
# Files a process opens for other things than sessions.
OTHER_FILES = 500
MOST_BYTES, P95_SECONDS = 4 * 1024**3, 1.5


@dataclass
class Seen:
    """What came of it."""

    sessions: int
    bytes: int = 0
    answers: list[Answer] = field(default_factory=list)
    heard: Hearing = field(default_factory=Hearing)

    @property
    def refused(self) -> int:
        """Acts that were not done, streams that broke off, listeners that were told to read again."""
        return sum(answer.status not in {200, 201} for answer in self.answers) + self.heard.lost + self.heard.lagged


def prove(short: bool) -> Figure:
    """Ten thousand for half a minute; in short two hundred for two seconds."""
    sessions = 200 if short else min(SESSIONS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - OTHER_FILES)
    with own_server() as server:
        stall, port = set_up(server.url, skus=50 if short else SKUS), free_port()
        with serving("serve", url=server.url, port=port) as served:
            seen = _story(port, stall, sessions, 2.0 if short else SECONDS, served.process.pid)
            served.stop()
        with connect(server.url) as db:
            faults = broken(db)
    acts, news = [each.seconds for each in seen.answers], seen.heard.latencies
    p95_acts, p95_news = percentile(acts, 0.95), percentile(news, 0.95)
    held = not seen.refused and seen.bytes <= MOST_BYTES and max(p95_acts, p95_news) < P95_SECONDS
    said = (
        f"{seen.sessions:,} sessions on one process, {seen.bytes / 1024**2:,.0f} MB;"
        f" {len(acts):,} acts, p95 {p95_acts:.2f} s; {len(news):,} messages heard, p95 {p95_news:.2f} s after the"
        f" event; {seen.refused} refused, cut off or told to read again"
    )
    return Figure(13, TITLE, passed=held and not faults, figure=said + worst(faults))


def _story(port: int, stall: Stall, sessions: int, seconds: float, pid: int) -> Seen:
    watched = [
        [f"sku:{stall.skus[(each + more) % len(stall.skus)]}" for more in range(WATCHED)] for each in range(sessions)
    ]
    seen = Seen(sessions)
    with listening(Hall(HOST, port, stall.key, watched)) as crowd:
        crowd.begin()
        uvloop.run(_act(port, stall, sessions / THINKING_SECONDS, seconds, seen))
        time.sleep(1.0)  # what was done last is heard, too
        seen.bytes = _resident(pid)
        seen.heard = crowd.end()
    return seen


async def _act(port: int, stall: Stall, rate: float, seconds: float, seen: Seen) -> None:
    """Every other act is an order, the others look something up."""
    callers, numbers = Callers(port), count(os.getpid() * 10**6)

    async def one() -> None:
        number = next(numbers)
        request = stall.order(number) if number % 2 else stall.availability(number)
        seen.answers.append(await callers.ask(request))

    await arrive(rate, seconds, one)
    callers.close()


def _resident(pid: int) -> int:
    root = psutil.Process(pid)
    return sum(each.memory_info().rss for each in [root, *root.children(recursive=True)] if "python" in each.name())
