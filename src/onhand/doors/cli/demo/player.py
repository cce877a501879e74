"""Plays happenings through the writer, in order of time, and counts what they come to."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from onhand.connect.online_retail.timetable import Happening
from onhand.core.answers import Again
from onhand.core.asks import Ask, Command
from onhand.core.quantity import ZERO
from onhand.core.refusals import Refused
from onhand.core.writer import Overloaded, Stopping, Writer
from onhand.doors.cli.demo.lanes import Batch, Lanes
from onhand.flows.commands import CancelOrder, PlaceOrder, TakeBack
from onhand.flows.place_order import OrderPlaced

ACTOR = "demo"
SECONDS_TO_ANSWER = 120.0
# At a pace, what happens within this much real time may go together.
TOGETHER_SECONDS = 1.0


_Sent = tuple[Batch, Future[list[Any]]]


class Tally(msgspec.Struct):
    """What a replay came to, in pieces and in the currency of the file."""

    commands: int = 0
    orders: int = 0
    lines: int = 0
    pieces: Decimal = ZERO
    value: Decimal = ZERO
    reserved: Decimal = ZERO
    backordered: Decimal = ZERO
    cancelled: Decimal = ZERO
    returned: Decimal = ZERO
    answered_before: int = 0
    by_command: Counter[str] = msgspec.field(default_factory=Counter)
    refused: Counter[str] = msgspec.field(default_factory=Counter)
    examples: dict[str, str] = msgspec.field(default_factory=dict)
    seconds: float = 0.0

    def count(self, command: Command, answer: Any) -> None:
        """One command was answered."""
        kind = type(command).__name__
        self.commands += 1
        self.by_command[kind] += 1
        if isinstance(answer, Again):
            self.answered_before += 1
        elif isinstance(answer, Refused):
            self._refuse(kind, answer)
        elif isinstance(command, PlaceOrder):
            self._place(command, answer)
        elif isinstance(command, CancelOrder):
            self.cancelled += sum((line.quantity for line in command.lines), ZERO)
        elif isinstance(command, TakeBack):
            self.returned += sum((line.quantity for line in command.lines), ZERO)

    def _refuse(self, kind: str, answer: Refused) -> None:
        reason = f"{kind}: {answer.code}"
        self.refused[reason] += 1
        self.examples.setdefault(reason, answer.detail)

    def _place(self, command: PlaceOrder, answer: OrderPlaced) -> None:
        self.orders += 1
        self.lines += len(command.lines)
        self.pieces += sum((line.quantity for line in command.lines), ZERO)
        self.value += sum((line.quantity * (line.unit_price or ZERO) for line in command.lines), ZERO)
        self.reserved += sum((line.reserved for line in answer.lines), ZERO)
        self.backordered += sum((line.backordered for line in answer.lines), ZERO)


class Player:
    """Plays as fast as it goes or, with a ``speed``, so many times as fast as it happened.

    What was played before, in another run, is answered as it was then; it is passed over without waiting, and the pace
    begins where that run ended.
    """

    def __init__(
        self,
        writer: Writer,
        tally: Tally,
        *,
        speed: float = 0.0,
        stopped: threading.Event | None = None,
        progress: Callable[[datetime], object] | None = None,
    ) -> None:
        self._writer = writer
        self._tally = tally
        self._speed = speed
        self._stopped = stopped or threading.Event()
        self._progress = progress
        self._pace: tuple[float, datetime] | None = None

    def play(self, happenings: Iterable[Happening]) -> None:
        """Play to the end, or until stopped: batch after batch; while one is carried out, the next is gathered."""
        began = time.monotonic()
        sent: _Sent | None = None
        span = timedelta(seconds=self._speed * TOGETHER_SECONDS) if self._speed else None
        try:
            for batch in (batch for batches in Lanes(span).gather(happenings) for batch in batches):
                self._hear(sent)
                if self._stopped.wait(self._early_by(batch[0].at)):
                    return
                sent = (batch, self._submit(batch))
            self._hear(sent)
        finally:
            self._tally.seconds += time.monotonic() - began

    def _early_by(self, at: datetime) -> float:
        """How many seconds are left until a moment of the story."""
        if not self._speed or self._pace is None:
            return 0.0
        began, first = self._pace
        return max(0.0, began + (at - first).total_seconds() / self._speed - time.monotonic())

    def _submit(self, batch: Batch) -> Future[list[Any]]:
        asks: Sequence[Ask[Command]] = [Ask(each.command, ACTOR, f"demo/{each.key}") for each in batch]
        while True:
            try:
                return self._writer.submit(asks)
            except Stopping:
                raise
            except Overloaded as busy:
                self._stopped.wait(busy.retry_after)

    def _hear(self, sent: _Sent | None) -> None:
        """Wait for answers and count them; with the first that is new, the pace begins."""
        if sent is None:
            return
        batch, future = sent
        for each, answer in zip(batch, future.result(SECONDS_TO_ANSWER), strict=True):
            self._tally.count(each.command, answer)
            if self._pace is None and not isinstance(answer, Again):
                self._pace = (time.monotonic(), each.at)
        if self._progress:
            self._progress(batch[-1].at)
