"""Where the API puts questions to the readers, and bounds how long anybody waits for one.

A thread that waits for a connection is a thread wasted, so who waits, waits here, without one. Two connections stay
out of it: for questions that are gathered, and for asking who somebody is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import anyio
import anyio.to_thread

from onhand.core.database import Connection, Readers
from onhand.core.writer import Overloaded

T = TypeVar("T")


class Questions:
    """Lets in as many at once as there are connections; raises ``Overloaded`` for who would wait too long."""

    def __init__(self, readers: Readers) -> None:
        self._readers = readers
        most = max(1, readers.most - 2)
        self._turns = asyncio.Semaphore(most)
        self._threads = anyio.CapacityLimiter(most)

    async def ask(self, question: Callable[[Connection], T]) -> T:
        """Read something; asked once more when the connection turns out to be dead."""
        return await self._in_turn(partial(self._readers.ask, question))

    def gathered(self, question: Callable[[Connection], T]) -> T:
        """Read something on the connection kept for what is gathered; to be called from the gathering's thread."""
        return self._readers.ask(question)

    async def change(self, deed: Callable[[Connection], T]) -> T:
        """Change something that needs no writer, in a transaction of its own."""
        return await self._in_turn(partial(self._change, deed))

    async def _in_turn(self, work: Callable[[], T]) -> T:
        try:
            async with asyncio.timeout(self._readers.wait_seconds):
                await self._turns.acquire()
        except TimeoutError:
            raise Overloaded from None
        try:
            return await anyio.to_thread.run_sync(work, limiter=self._threads)
        finally:
            self._turns.release()

    def _change(self, deed: Callable[[Connection], T]) -> T:
        with self._readers.borrow() as db, db.transaction():
            return deed(db)
