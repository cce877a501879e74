"""The table of duties: what the clock asks for, and how often. Each is harmless to do once too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from onhand.core import retention
from onhand.core.asks import Ask, Command
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.settings import Settings
from onhand.core.writer import Writer
from onhand.flows.commands import ExpireCarts, ExpireLots, ServeWaiting

MINUTE = 60.0
SECONDS_TO_SWEEP = 30.0


@dataclass(frozen=True)
class Duty:
    """Something to do every so many seconds, with the writer or on a connection."""

    name: str
    every_seconds: float
    do: Callable[[Writer, Connection], object]


def duties(settings: Settings) -> list[Duty]:
    """Every duty there is."""
    answers, events = timedelta(days=settings.keep_answers_days), timedelta(days=settings.keep_events_days)
    return [
        Duty("expire carts", 1.0, lambda writer, _: _sweep(writer, ExpireCarts())),
        Duty("serve who waits", 5.0, lambda writer, _: _sweep(writer, ServeWaiting())),
        Duty("expire lots", MINUTE, lambda writer, _: _sweep(writer, ExpireLots())),
        Duty("forget old answers", 10 * MINUTE, lambda _, db: retention.forget_answers(db, utc_now() - answers)),
        Duty("forget old events", 10 * MINUTE, lambda _, db: retention.forget_events(db, utc_now() - events)),
    ]


def _sweep(writer: Writer, command: Command) -> object:
    """Ask without a key: to be swept twice is harmless, and nobody will ask for the answer again."""
    return writer.submit([Ask(command)]).result(SECONDS_TO_SWEEP)
