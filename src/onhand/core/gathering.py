"""Questions gathered: what is asked while one statement runs is answered together by the next.

The writer's idea, for reading. Many ask the same kind of question at once; each would cost a statement, a thread's
turn and a round trip. Here one statement at a time is under way, and all that has been asked meanwhile goes into the
next. No answer is older than its question: a statement only ever answers what was asked before it began. There is no
timer, and idle, a question costs what it did.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from onhand.core.writer import Overloaded

Q = TypeVar("Q")
A = TypeVar("A")

MOST_TOGETHER = 128
MOST_WAITING = 8192


class Gathering(Generic[Q, A]):
    """Answers questions of one kind in batches; to be asked from one event loop."""

    def __init__(
        self,
        answer: Callable[[Sequence[Q]], Sequence[A]],
        *,
        most_together: int = MOST_TOGETHER,
        most_waiting: int = MOST_WAITING,
    ) -> None:
        """``answer`` takes a batch and returns one answer each, in order; it is called from a thread of its own."""
        self._answer = answer
        self._most_together = most_together
        self._most_waiting = most_waiting
        self._waiting: deque[tuple[Q, asyncio.Future[A]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="gathering")
        self._at_work: asyncio.Task[None] | None = None

    async def ask(self, question: Q) -> A:
        """Wait for the answer; raises what ``answer`` raised, or ``Overloaded`` when too many wait."""
        if len(self._waiting) >= self._most_waiting:
            raise Overloaded
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.append((question, future))
        if self._at_work is None:
            self._at_work = asyncio.create_task(self._work())
        return await future

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), self._most_together))]
            try:
                answers = await loop.run_in_executor(self._thread, self._answer, [question for question, _ in batch])
            except Exception as fault:  # noqa: BLE001  told to each who asked
                for _, future in batch:
                    if not future.done():
                        future.set_exception(fault)
            else:
                for (_, future), answer in zip(batch, answers, strict=True):
                    if not future.done():
                        future.set_result(answer)
        self._at_work = None
