"""One hot SKU, 256 buyers: what the writer's batches are for.

256 buyers each ask for one piece, hear the answer and ask again, all in this process, through one writer: first with
batches as they come, then, as the control, with batches of one. A *decision* is an answer that is durable: a hold of
a cart, which locks the hot position, reserves, and records its event and its answer. Placing whole orders (with their
lines, reservations and events) is measured beside it. The buyers are no threads: an answer puts its buyer back into
one queue, from which one thread asks on, so that 256 threads do not fight over the interpreter.

Percentiles are of the time from asking to hearing. It holds at 10,000 decisions a second with a p99 of 50 ms, and at
twenty times the control, both in the same run.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import count
from queue import SimpleQueue
from typing import Any

from onhand.core.asks import Ask, Command
from onhand.core.database import connect
from onhand.core.refusals import refused
from onhand.core.writer import Writer
from onhand.flows import commands as c
from proofs.figures import Figure, broken, fresh_database, worst, writers
from shop import Shop

TITLE = "hot SKU: decisions in process, 256 buyers"
BUYERS, SECONDS, STOCK = 256, 10.0, 10_000_000
FLOOR, P99_MS, TIMES_CONTROL = 10_000, 50.0, 20
ONE = [c.WantedLine("mug", Decimal(1))]
_numbers = count()


@dataclass(frozen=True, slots=True)
class Run:
    """What one run measured."""

    per_second: float
    p99_ms: float
    cpu_ms: float

    def words(self) -> str:
        """As it is reported."""
        return f"{self.per_second:,.0f}/s (p99 {self.p99_ms:.0f} ms)"


def prove(short: bool) -> Figure:
    """Ten seconds each; in short a fraction of one, which shows only that it works."""
    seconds = 0.3 if short else SECONDS
    with fresh_database() as url, connect(url) as db:
        shop = Shop(db)
        shop.stock("mug", STOCK)
        control = _buy(url, _hold, seconds, most_in_a_batch=1)
        holds = _buy(url, _hold, seconds)
        orders = _buy(url, _order, seconds)
        faults = broken(db)
    ratio = holds.per_second / control.per_second
    fast = holds.per_second >= FLOOR and holds.p99_ms <= P99_MS and ratio >= TIMES_CONTROL
    said = f"{holds.words()}, {ratio:.1f} × the control of batches of one ({control.words()}); writer's CPU "
    said += f"{holds.cpu_ms:.3f} ms a decision; whole orders {orders.words()}{worst(faults)}"
    return Figure(9, TITLE, passed=(fast or short) and not faults, figure=said)


def _hold() -> Command:
    return c.HoldCart(f"cart-{next(_numbers)}", "market", ONE, minutes=1440)


def _order() -> Command:
    return c.PlaceOrder("market", f"N{next(_numbers)}", ONE)


def _buy(url: str, wish: Callable[[], Command], seconds: float, **facts: Any) -> Run:
    """All buyers ask again and again for so long; the first tenth warms up and is not counted."""
    heard: SimpleQueue[tuple[float, bool]] = SimpleQueue()
    with writers(url, 1, **facts) as (writer,):
        for _ in range(BUYERS):
            _ask(writer, wish(), heard)
        _go_on(writer, wish, heard, seconds / 10)
        start, cpu = time.monotonic(), time.process_time()
        times = _go_on(writer, wish, heard, seconds)
        took, cpu = time.monotonic() - start, time.process_time() - cpu
        for _ in range(BUYERS):
            heard.get(timeout=60)
    times.sort()
    return Run(len(times) / took, times[len(times) * 99 // 100] * 1000, cpu * 1000 / len(times))


def _go_on(
    writer: Writer, wish: Callable[[], Command], heard: SimpleQueue[tuple[float, bool]], seconds: float
) -> list[float]:
    end, times = time.monotonic() + seconds, []
    while time.monotonic() < end:
        waited, granted = heard.get(timeout=60)
        if not granted:
            raise AssertionError("a buyer was refused while there was stock")
        times.append(waited)
        _ask(writer, wish(), heard)
    return times


def _ask(writer: Writer, command: Command, heard: SimpleQueue[tuple[float, bool]]) -> None:
    since = time.monotonic()

    def hear(answers: Sequence[Any]) -> None:
        granted = not refused(answers[0]) and not isinstance(answers[0], BaseException)
        heard.put((time.monotonic() - since, granted))

    key = command.natural_key() or getattr(command, "cart", None)
    writer.tell([Ask(command, "buyer", key)], hear)
