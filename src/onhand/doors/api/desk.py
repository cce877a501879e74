"""Where the API hands commands to the writer and awaits their answers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import msgspec

from onhand.access.permissions import Standing
from onhand.core.answers import Again
from onhand.core.asks import Ask, Command
from onhand.core.refusals import Refused
from onhand.core.writer import Deliveries, Overloaded, Post, Writer, deliver_here
from onhand.flows.permits import asks_the_books, forbidden

_encoder = msgspec.json.Encoder()


async def ask(writer: Writer, asks: Sequence[Ask[Command]]) -> Sequence[Any]:
    """Queue commands of one kind and await one answer each; the exception a lone command met is raised.

    So is ``Overloaded``, which is told to all of a caller's commands or to none.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Sequence[Any]] = loop.create_future()
    writer.tell(asks, partial(_settle, future), _post(loop))
    return await future


async def permitted(state: Any, standing: Standing, asks: Sequence[Ask[Command]]) -> Sequence[Any]:
    """As ``ask``, of the writer in the door's state; what the asker may not have done is refused without asking."""
    if not asks_the_books(asks[0].command, standing):
        return await ask(state.writer, asks)
    refusals = await state.questions.ask(
        lambda db: forbidden([each.command for each in asks], standing, read=lambda: db)
    )
    allowed = [each for each, refusal in zip(asks, refusals, strict=True) if refusal is None]
    answers = iter(await ask(state.writer, allowed) if allowed else ())
    return [next(answers) if refusal is None else refusal for refusal in refusals]


@cache
def _post(loop: asyncio.AbstractEventLoop) -> Post:
    """Wakes the loop once for all the answers of a batch: to wake it for each would cost a system call an order."""

    def post(deliveries: Deliveries) -> None:
        loop.call_soon_threadsafe(deliver_here, deliveries)

    return post


def _settle(future: asyncio.Future[Sequence[Any]], answers: Sequence[Any]) -> None:
    if future.done():
        return
    if isinstance(answers[0], Overloaded) or (len(answers) == 1 and isinstance(answers[0], BaseException)):
        future.set_exception(answers[0])
    else:
        future.set_result(answers)


def as_json(answer: Any) -> bytes:
    """An answer as it goes out: a repeated one exactly as it was the first time."""
    return answer.answer.encode() if isinstance(answer, Again) else _encoder.encode(answer)


def key_missing(kind: str) -> Refused:
    """Every command needs a name by which asking twice is known."""
    detail = f"Send an Idempotency-Key header with {kind}, so that sending it twice does it once."
    return Refused("missing_key", detail, "Idempotency-Key")
