"""The table of duties: what the clock asks for, and how often. Each is harmless to do once too often."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from onhand.core import retention
from onhand.core.clock import utc_now
from onhand.core.database import Connection
from onhand.core.settings import Settings
from onhand.core.writer import Writer
from onhand.flows.commands import ExpireCarts, ExpireLots, ServeWaiting

MINUTE = 60.0


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
        Duty("expire carts", 1.0, lambda writer, _: writer.ask(ExpireCarts())),
        Duty("serve who waits", 5.0, lambda writer, _: writer.ask(ServeWaiting())),
        Duty("expire lots", MINUTE, lambda writer, _: writer.ask(ExpireLots())),
        Duty("forget old answers", 10 * MINUTE, lambda _, db: retention.forget_answers(db, utc_now() - answers)),
        Duty("forget old events", 10 * MINUTE, lambda _, db: retention.forget_events(db, utc_now() - events)),
    ]
