"""Bars for what takes more than two seconds, on the standard error, and only where a person looks on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

PATIENCE_SECONDS = 2.0


@contextmanager
def bar(what: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Lend a function that hears how much is done; the bar appears once two seconds are over."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    shown = Progress(*columns, console=console, transient=True)
    task = shown.add_task(what, total=total)
    since = time.monotonic()

    def hear(done: int) -> None:
        shown.update(task, completed=done)
        if console.is_terminal and not shown.live.is_started and time.monotonic() - since > PATIENCE_SECONDS:
            shown.start()

    try:
        yield hear
    finally:
        shown.stop()
