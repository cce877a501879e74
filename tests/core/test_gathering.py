"""Questions asked together are answered together, and none by an answer older than itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Sequence

import pytest

from onhand.core.gathering import Gathering
from onhand.core.writer import Overloaded


class Desk:
    """Doubles numbers, one batch at a time, when it is let."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.open = threading.Event()
        self._begun = threading.Event()

    def answer(self, numbers: Sequence[int]) -> list[int]:
        self.batches.append(list(numbers))
        self._begun.set()
        assert self.open.wait(10)
        if 13 in numbers:
            raise ValueError("thirteen")
        return [2 * number for number in numbers]

    async def begun(self) -> None:
        """Wait until the first batch is being answered."""
        assert await asyncio.to_thread(self._begun.wait, 10)


async def ask(gathering: Gathering[int, int], *numbers: int) -> list[asyncio.Task[int]]:
    """Ask together, and go on once all the questions stand in line."""
    in_line = [asyncio.Event() for _ in numbers]
    asked = [asyncio.create_task(stand(gathering, *each)) for each in zip(numbers, in_line, strict=True)]
    for each in in_line:
        await each.wait()
    return asked


async def stand(gathering: Gathering[int, int], number: int, in_line: asyncio.Event) -> int:
    in_line.set()  # Whoever waits for this has no turn before the question is asked and its answer waited for.
    return await gathering.ask(number)


def test_what_is_asked_while_one_statement_runs_goes_into_the_next() -> None:
    desk = Desk()

    async def story() -> list[int]:
        gathering = Gathering(desk.answer)
        asked = await ask(gathering, 0, 1, 2)
        await desk.begun()
        asked += await ask(gathering, 3, 4, 5)
        desk.open.set()
        return list(await asyncio.gather(*asked))

    assert asyncio.run(story()) == [0, 2, 4, 6, 8, 10]
    first, *later = desk.batches
    assert first
    assert {3, 4, 5}.isdisjoint(first)
    assert [number for batch in later for number in batch if number >= 3] == [3, 4, 5]


def test_a_batch_holds_no_more_than_it_may() -> None:
    desk = Desk()
    desk.open.set()

    async def story() -> None:
        gathering = Gathering(desk.answer, most_together=4)
        await asyncio.gather(*(gathering.ask(number) for number in range(10)))

    asyncio.run(story())
    assert max(len(batch) for batch in desk.batches) == 4


def test_a_fault_is_told_to_those_who_asked_and_the_next_are_answered() -> None:
    desk = Desk()
    desk.open.set()

    async def story() -> int:
        gathering = Gathering(desk.answer)
        with pytest.raises(ValueError, match="thirteen"):
            await gathering.ask(13)
        return await gathering.ask(7)

    assert asyncio.run(story()) == 14


def test_who_stops_waiting_disturbs_nobody() -> None:
    desk = Desk()

    async def story() -> int:
        gathering = Gathering(desk.answer)
        impatient, patient = await ask(gathering, 1, 2)
        await desk.begun()
        impatient.cancel()
        desk.open.set()
        return await patient

    assert asyncio.run(story()) == 4


def test_too_many_questions_are_turned_away() -> None:
    desk = Desk()

    async def story() -> None:
        gathering = Gathering(desk.answer, most_waiting=1)
        (first,) = await ask(gathering, 1)
        await desk.begun()
        (second,) = await ask(gathering, 2)
        with pytest.raises(Overloaded):
            await gathering.ask(3)
        desk.open.set()
        assert [await first, await second] == [2, 4]

    asyncio.run(story())


def test_who_would_wait_too_long_is_turned_away_and_who_comes_later_is_not() -> None:
    desk = Desk()

    async def story() -> None:
        gathering = Gathering(desk.answer, patience=0.05)
        (first,) = await ask(gathering, 1)
        await desk.begun()
        with pytest.raises(Overloaded):
            await gathering.ask(2)
        (later,) = await ask(gathering, 3)
        desk.open.set()
        assert [await first, await later] == [2, 6]

    asyncio.run(story())
