"""Questions gathered: what is asked while one statement runs is answered together by the next.

The writer's idea, for reading. Many ask the same kind of question at once; each would cost a statement, a thread's
turn and a round trip. Here one statement at a time is under way, and all that has been asked meanwhile goes into the
next. No answer is older than its question: a statement only ever answers what was asked before it began. There is no
timer, and idle, a question costs what it did. Who would wait longer than the gathering's patience, because the
database hangs, is turned away.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, NamedTuple, TypeVar

from onhand.core.writer import Overloaded

Q = TypeVar("Q")
A = TypeVar("A")

MOST_TOGETHER = 128
MOST_WAITING = 8192
PATIENCE_SECONDS = 1.0


class _Asked(NamedTuple, Generic[Q, A]):
    """A question that waits, and since when."""

    question: Q
    future: asyncio.Future[A]
    since: float


class Gathering(Generic[Q, A]):
    """Answers questions of one kind in batches; to be asked from one event loop."""

    def __init__(
        self,
        answer: Callable[[Sequence[Q]], Sequence[A]],
        *,
        most_together: int = MOST_TOGETHER,
        most_waiting: int = MOST_WAITING,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        """``answer`` takes a batch and returns one answer each, in order; it is called from a thread of its own."""
        self._answer = answer
        self._most_together = most_together
        self._most_waiting = most_waiting
        self._patience = patience
        self._waiting: deque[_Asked[Q, A]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gathering")
        self._at_work: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """Wait for the answer; raises what ``answer`` raised, or ``Overloaded`` when too many wait, or for too long."""
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded
        loop = asyncio.get_running_loop()
        future: asyncio.Future[A] = loop.create_future()
        self._waiting.append(_Asked(question, future, loop.time()))
        if self._at_work is None:
            self._at_work = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most_together))]
            try:
                answers = await self._answered([asked.question for asked in batch])
            except Exception as fault:  # noqa: BLE001  told to each who asked
                for asked in batch:
                    if not asked.future.done():
                        asked.future.set_exception(fault)
            else:
                for asked, answer in zip(batch, answers, strict=True):
                    if not asked.future.done():
                        asked.future.set_result(answer)
        self._at_work = None

    async def _answered(self, questions: Sequence[Q]) -> Sequence[A]:
        work = asyncio.get_running_loop().run_in_executor(self._thread, self._answer, questions)
        while not (await asyncio.wait([work], timeout=self._turn_away()))[0]:
            pass
        return await work

    def _turn_away(self) -> float:
        """Who has waited too long for the next statement need not wait on. Returns the seconds until the next has."""
        now = asyncio.get_running_loop().time()
        while self._waiting and self._waiting[0].since <= now - self._patience:
            asked = self._waiting.popleft()
            if not asked.future.done():
                asked.future.set_exception(Overloaded())
        first = self._waiting[0].since if self._waiting else now
        return max(0.001, first + self._patience - now)
