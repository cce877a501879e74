"""500 callers, 20 connections for questions, and a database that hangs for a while.

For a few seconds 500 callers ask as fast as they are answered. Then somebody locks the tables their questions need,
as a careless migration would: the 20 connections wait for the lock, and everybody else must be told, within a second
and in words, to come back. Then the lock is gone.

It holds when nobody ever hears a 500 or nothing, who is turned away waited a second at most (plus a quarter, for a
machine that is shared with 500 callers) and is told when to come back, and after it at least as many are answered as
nine in ten of before.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from itertools import count
from typing import NamedTuple

import uvloop

from onhand.core.database import connect
from proofs.clients import Answer, Callers, crowd, percentile
from proofs.figures import Figure, fresh_database
from proofs.stall import Stall, set_up
from serving import free_port, serving

TITLE = "pool exhaustion: 500 callers, 20 connections"
PEOPLE, CONNECTIONS = 500, 20
LONGEST_WAIT, ALLOWANCE = 1.0, 0.25


class Part(NamedTuple):
    """What callers heard in one part of the story."""

    answers: list[Answer]

    @property
    def statuses(self) -> Counter[int]:
        """How often each status."""
        return Counter(answer.status for answer in self.answers)

    @property
    def turned_away(self) -> list[Answer]:
        """Those told to come back."""
        return [answer for answer in self.answers if answer.status == 503]

    @property
    def wrong(self) -> list[Answer]:
        """Those who heard what nobody should."""
        return [answer for answer in self.answers if answer.status not in {200, 503}]


def prove(short: bool) -> Figure:
    """Five seconds of each part; in short two, too few to hold one rate to another."""
    seconds = 2.0 if short else 5.0
    with fresh_database() as url:
        stall, port = set_up(url), free_port()
        with serving("serve", url=url, port=port, ONHAND_READERS=str(CONNECTIONS)) as served:
            before, during, after = uvloop.run(_story(port, stall, url, seconds))
            served.stop()
    turned_away = [*before.turned_away, *during.turned_away, *after.turned_away]
    waits = [answer.seconds for answer in turned_away]
    speechless = sum(answer.retry_after is None for answer in turned_away)
    wrong = [*before.wrong, *during.wrong, *after.wrong]
    said = (
        f"{before.statuses[200]:,} answered before, {during.statuses[200]:,} while the database hung ({seconds:.0f} s),"
        f" {after.statuses[200]:,} after; {len(wrong)} neither 200 nor 503;"
        f" {len(waits):,} turned away, after {percentile(waits, 0.5):.2f} s, at most {max(waits, default=0):.2f} s,"
        f" {speechless} without Retry-After"
    )
    bounded = 0 < max(waits, default=0.0) <= LONGEST_WAIT + ALLOWANCE
    recovered = after.statuses[200] >= (0.2 if short else 0.9) * before.statuses[200]
    passed = not wrong and bounded and not speechless and recovered
    return Figure(15, TITLE, passed=passed, figure=said)


async def _story(port: int, stall: Stall, url: str, seconds: float) -> tuple[Part, Part, Part]:
    callers = Callers(port)
    await _ask(callers, stall, 0.5)  # connections are made, statements are planned
    before = await _ask(callers, stall, seconds)
    _, during = await asyncio.gather(_hang(url, seconds), _ask(callers, stall, seconds))
    await _ask(callers, stall, 0.5)  # who waited for the lock is answered
    after = await _ask(callers, stall, seconds)
    callers.close()
    return before, during, after


async def _ask(callers: Callers, stall: Stall, seconds: float) -> Part:
    """Questions of two kinds: such as borrow a connection each, and such as are gathered."""
    part, numbers = Part([]), count()

    async def one() -> None:
        number = next(numbers)
        answer = await callers.ask(stall.availability(number) if number % 2 else stall.orders(), patience=30)
        part.answers.append(answer)
        if answer.status == 503:
            await asyncio.sleep(answer.retry_after or 0)

    await crowd(PEOPLE, seconds, one)
    return part


async def _hang(url: str, seconds: float) -> None:
    """For a while nobody can read orders or positions."""
    with connect(url) as db:
        await asyncio.to_thread(db.execute, "LOCK TABLE orders_order, stock_position IN ACCESS EXCLUSIVE MODE")
        await asyncio.sleep(seconds)
